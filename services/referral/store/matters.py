"""Matters as referral keeps them: always locked before anything that belongs to them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.referral.domain.matters import Matter
from services.referral.store.tables import MATTER, MEETING, RECUSAL
from services.referral.store.words import Words
from shared.contracts.codes import Disclosure
from shared.recusals import is_recused
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.store.vault import Vault


@dataclass(frozen=True)
class Kept:
    """A matter with the means to read and write its words."""

    matter: Matter
    words: Words
    is_recused: bool = False  # who asks declared an interest in it


_RECUSED = is_recused(RECUSAL, MATTER.c.matter_id).label("is_recused")


async def locked(tx: Transaction, vault: Vault, matter_ids: Collection[UUID]) -> dict[UUID, Kept]:
    """These matters, locked in one order everywhere."""
    return await _locked(tx, vault, among(MATTER.c.matter_id, matter_ids)) if matter_ids else {}


async def locked_of_meeting(tx: Transaction, vault: Vault, meeting_id: UUID) -> Kept | None:
    """The matter of a meeting, locked; a meeting never changes its matter."""
    of = select(MEETING.c.matter_id).where(MEETING.c.meeting_id == meeting_id).scalar_subquery()
    return next(iter((await _locked(tx, vault, MATTER.c.matter_id == of)).values()), None)


async def save(tx: Transaction, kept: Iterable[Kept]) -> None:
    """Write matters, new or locked before."""
    upsert(tx, MATTER, [_columns(one) for one in sorted(kept, key=lambda one: one.matter.id)])


def matter_of(row: Row, prefix: str = "") -> Matter:
    """A matter from a row that has its columns, perhaps under names with a prefix."""
    return Matter(
        id=row[f"{prefix}matter_id"],
        org_code=row[f"{prefix}org_code"],
        window_id=row[f"{prefix}window_id"],
        register_no=row[f"{prefix}register_no"],
        disclosure=Disclosure(row[f"{prefix}disclosure"]),
        group_size=row[f"{prefix}group_size"],
        round=row[f"{prefix}round"],
        final=row[f"{prefix}final"],
    )


async def _locked(tx: Transaction, vault: Vault, which: ColumnElement[bool]) -> dict[UUID, Kept]:
    query = select(MATTER, _RECUSED).where(which).order_by(MATTER.c.matter_id).with_for_update(of=MATTER)
    rows = await tx.all(query, account=tx.actor.id)
    return {row.matter_id: Kept(matter_of(row), Words(vault, row.data_key), row.is_recused) for row in rows}


def _columns(kept: Kept) -> dict[str, Any]:
    matter = kept.matter
    return {
        "matter_id": matter.id,
        "org_code": matter.org_code,
        "window_id": matter.window_id,
        "register_no": matter.register_no,
        "disclosure": matter.disclosure.value,
        "group_size": matter.group_size,
        "round": matter.round,
        "final": matter.final,
        "data_key": kept.words.key,
    }
