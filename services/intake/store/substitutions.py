"""替班 as proposed and decided; what is approved stands in the period's own row as well."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update

from services.intake.domain.substitutions import Asked
from services.intake.store.tables import SUBSTITUTION
from shared.contracts.codes import SubstitutionReason
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction


class Kept(NamedTuple):
    """A substitution with the window it belongs to and its reason, sealed."""

    asked: Asked
    window_id: str
    sealed_reason: bytes


async def add(tx: Transaction, kept: Kept) -> None:
    """Enter a proposal."""
    asked = kept.asked
    row = {
        "substitution_id": asked.id, "period_id": asked.period_id, "window_id": kept.window_id,
        "replaced_id": asked.replaced_id, "substitute_id": asked.substitute_id, "from_day": asked.from_day,
        "to_day": asked.to_day, "reason": asked.reason.value, "sealed_reason": kept.sealed_reason,
        "proposed_by": asked.proposed_by, "proposed_at": asked.proposed_at,
    }  # fmt: skip
    await tx.run(insert(SUBSTITUTION).values(row))


async def locked(tx: Transaction, substitution_id: UUID) -> Kept | None:
    """One of them for a decision."""
    query = select(SUBSTITUTION).where(SUBSTITUTION.c.substitution_id == substitution_id)
    row = await tx.one(query.with_for_update())
    return _kept(row) if row else None


async def decide(tx: Transaction, asked: Asked) -> None:
    """Keep who decided."""
    decided = {"decided_by": asked.decided_by, "decided_at": asked.decided_at, "approved": asked.approved}
    chosen = SUBSTITUTION.c.substitution_id == asked.id
    await tx.run(update(SUBSTITUTION).where(chosen).values(decided))


async def of_window(tx: Transaction, window: ColumnElement[bool], since: date) -> Sequence[Kept]:
    """Those of a window that reach to a day or beyond, oldest first."""
    query = select(SUBSTITUTION).where(window, SUBSTITUTION.c.to_day >= since)
    rows = await tx.all(query.order_by(SUBSTITUTION.c.from_day, SUBSTITUTION.c.substitution_id))
    return [_kept(row) for row in rows]


def _kept(row: Row) -> Kept:
    asked = Asked(
        row.substitution_id, row.period_id, row.replaced_id, row.substitute_id, row.from_day, row.to_day,
        SubstitutionReason(row.reason), row.proposed_by, row.proposed_at, row.decided_by, row.decided_at, row.approved,
    )  # fmt: skip
    return Kept(asked, row.window_id, row.sealed_reason)
