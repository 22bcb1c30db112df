"""One-time notices of orders, all versions kept."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert, select

from services.referral.domain.notices import UNSAID, Material, Notice, Procedure
from services.referral.store.tables import NOTICE
from services.referral.store.words import Words
from shared.store.unit_of_work import Transaction


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What the unit listed."""

    materials: tuple[Material, ...]
    added: tuple[str, ...]
    procedure: Procedure = UNSAID


WORDS = TypeAdapter(NoticeWords)


async def of_order(tx: Transaction, words: Words, order_id: UUID) -> list[Notice]:
    """Every version of an order's notice, the first one first."""
    rows = await tx.all(select(NOTICE).where(NOTICE.c.order_id == order_id).order_by(NOTICE.c.version))
    found = []
    for row in rows:
        listed = words.open(WORDS, row.notice_id, row.words)
        found.append(
            Notice(
                row.notice_id,
                order_id,
                row.version,
                listed.materials,
                listed.added,
                row.given_by,
                row.given_at,
                listed.procedure,
            )
        )
    return found


async def add(tx: Transaction, words: Words, notice: Notice) -> None:
    """Keep a new version."""
    await tx.run(
        insert(NOTICE).values(
            notice_id=notice.id,
            order_id=notice.order_id,
            version=notice.version,
            given_by=notice.given_by,
            given_at=notice.given_at,
            words=words.seal(WORDS, notice.id, NoticeWords(notice.materials, notice.added, notice.procedure)),
        )
    )
