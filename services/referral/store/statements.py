"""Cannot-do statements: one an order, with a keyed hash of the reasons by which a copy is found."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import exists, select

from services.referral.domain.statements import Decision, Draft, Statement, StatementText
from services.referral.store.tables import STATEMENT, STATEMENT_DRAFT
from services.referral.store.words import Words
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.workdays import ZONE

_ORDER_REF = ("matter_id", "org_code", "window_id", "order_id", "unit_id", "round")
_WATCHING = """
WITH told AS (
    SELECT statement_id FROM statement WHERE watched_policy_ids @> ARRAY[CAST(:policy AS uuid)]
    ORDER BY statement_id FOR UPDATE
)
UPDATE statement s SET watched_policy_ids = array_remove(s.watched_policy_ids, CAST(:policy AS uuid))
FROM told, orders o WHERE s.statement_id = told.statement_id AND o.order_id = s.order_id
RETURNING s.statement_id, o.matter_id, o.org_code, o.window_id, o.order_id, o.unit_id, o.round"""


@dataclass(frozen=True, slots=True)
class StatementWords:
    """What the unit wrote and how the leader decided."""

    text: StatementText
    decision: Decision | None
    signed_at: datetime | None = None
    signature_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class DraftWords:
    """What is being written."""

    text: StatementText


class Watching(NamedTuple):
    """An upheld statement with the order that it ended, whose policy is under watch."""

    statement_id: UUID
    matter_id: UUID
    order: Mapping[str, Any]


DRAFT_WORDS = TypeAdapter(DraftWords)
WORDS = TypeAdapter(StatementWords)


async def of_order(tx: Transaction, words: Words, order_id: UUID) -> Statement | None:
    """The statement of an order."""
    row = await tx.one(select(STATEMENT).where(STATEMENT.c.order_id == order_id))
    if row is None:
        return None
    written = words.open(WORDS, row.statement_id, row.words)
    return Statement(
        row.statement_id, order_id, written.text, row.text_sha256, row.signer_id, row.filed_at, written.decision,
        written.signed_at, tuple(row.watched_policy_ids), written.signature_sha256,
    )  # fmt: skip


async def draft_of(tx: Transaction, words: Words, order_id: UUID) -> Draft | None:
    """The statement being written for an order."""
    row = await tx.one(select(STATEMENT_DRAFT).where(STATEMENT_DRAFT.c.order_id == order_id))
    if row is None:
        return None
    text = words.open(DRAFT_WORDS, order_id, row.words).text
    return Draft(order_id, text, row.text_sha256, row.written_by, row.written_at.astimezone(ZONE))


def save_draft(tx: Transaction, words: Words, draft: Draft) -> None:
    """Put a draft in the place of the one before."""
    upsert(tx, STATEMENT_DRAFT, [{
        "order_id": draft.order_id, "text_sha256": draft.text_sha256, "written_by": draft.written_by,
        "written_at": draft.written_at, "words": words.seal(DRAFT_WORDS, draft.order_id, DraftWords(draft.text)),
    }])  # fmt: skip


def drop_draft(tx: Transaction, order_id: UUID) -> None:
    """Filed: what was written for it is in the statement."""
    tx.write("DELETE FROM statement_draft WHERE order_id = :order", {"order": order_id})


async def no_longer_watching(tx: Transaction, policy_id: UUID) -> list[Watching]:
    """The upheld statements that rest on a policy and watch it; told of once, they watch it no more."""
    rows = await tx.all(_WATCHING, policy=policy_id)
    return [Watching(row.statement_id, row.matter_id, {name: row[name] for name in _ORDER_REF}) for row in rows]


async def is_copy(tx: Transaction, words: Words, text: StatementText) -> bool:
    """Whether these reasons stood word for word in an earlier statement, of whatever order (8.19)."""
    row = await tx.one(select(exists().where(STATEMENT.c.reasons_mark == _mark(words, text))))
    return bool(row and row[0])


async def save(tx: Transaction, words: Words, statement: Statement) -> None:
    """Write a statement, new or decided."""
    decision = statement.decision
    written = StatementWords(statement.text, decision, statement.signed_at, statement.signature_sha256)
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
                "watched_policy_ids": list(statement.watched_policy_ids),
                "words": words.seal(WORDS, statement.id, written),
            }
        ],
    )


def _mark(words: Words, text: StatementText) -> bytes:
    # Blanks and width do not make another text out of a copy.
    return words.vault.blind("".join(unicodedata.normalize("NFKC", text.reasons).split()))
