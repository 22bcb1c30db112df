"""Cannot-do statements: one an order, with a keyed hash of the reasons by which a copy is found."""

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import exists, select

from services.referral.domain.statements import Decision, Statement, StatementText
from services.referral.store.tables import STATEMENT
from services.referral.store.words import Words
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class StatementWords:
    """What the unit wrote and how the leader decided."""

    text: StatementText
    decision: Decision | None


WORDS = TypeAdapter(StatementWords)


async def of_order(tx: Transaction, words: Words, order_id: UUID) -> Statement | None:
    """The statement of an order."""
    row = await tx.one(select(STATEMENT).where(STATEMENT.c.order_id == order_id))
    if row is None:
        return None
    written = words.open(WORDS, row.statement_id, row.words)
    return Statement(
        row.statement_id, order_id, written.text, row.text_sha256, row.signer_id, row.filed_at, written.decision
    )


async def is_copy(tx: Transaction, words: Words, text: StatementText) -> bool:
    """Whether these reasons stood word for word in an earlier statement, of whatever order (8.19)."""
    row = await tx.one(select(exists().where(STATEMENT.c.reasons_mark == _mark(words, text))))
    return bool(row and row[0])


async def save(tx: Transaction, words: Words, statement: Statement) -> None:
    """Write a statement, new or decided."""
    decision = statement.decision
    upsert(
        tx,
        STATEMENT,
        [
            {
                "statement_id": statement.id,
                "order_id": statement.order_id,
                "text_sha256": statement.text_sha256,
                "reasons_mark": _mark(words, statement.text),
                "signer_id": statement.signer_id,
                "filed_at": statement.filed_at,
                "decision": decision.decision.value if decision else None,
                "comparison_id": decision.comparison_id if decision else None,
                "words": words.seal(WORDS, statement.id, StatementWords(statement.text, decision)),
            }
        ],
    )


def _mark(words: Words, text: StatementText) -> bytes:
    # Blanks and width do not make another text out of a copy.
    return words.vault.blind("".join(unicodedata.normalize("NFKC", text.reasons).split()))
