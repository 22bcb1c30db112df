"""交接: signatures, the list they stand under, and notes."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.intake.domain.handover import Handover, Signature
from services.intake.store.tables import HANDOVER
from shared.contracts.duty import DutyPeriod
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction


async def locked(tx: Transaction, period: DutyPeriod, following: DutyPeriod, due_day: date) -> Handover:
    """The handover between two periods as far as it is signed, locked."""
    row = await tx.one(select(HANDOVER).where(HANDOVER.c.period_id == period.period_id).with_for_update())
    return of_row(row, period, following, due_day)


async def rows_of(tx: Transaction, period_ids: Iterable[str]) -> dict[str, Row]:
    """What is kept of the handovers at the ends of these periods."""
    rows = await tx.all(select(HANDOVER).where(among(HANDOVER.c.period_id, list(period_ids))))
    return {row.period_id: row for row in rows}


def of_row(row: Row | None, period: DutyPeriod, following: DutyPeriod, due_day: date) -> Handover:
    """The handover; the day it was signed for stands, whatever the calendar says later."""
    if row is None:
        return Handover(period, following, due_day)
    outgoing = _signature(row.outgoing_signed_by or period.leader_id, row.outgoing_signed_at)
    incoming = _signature(row.incoming_signed_by or following.leader_id, row.incoming_signed_at)
    return Handover(period, following, row.due_day or due_day, outgoing, incoming, row.open_matters)


async def save(tx: Transaction, given: Handover, sealed_notes: bytes | None) -> None:
    """Keep the signatures; notes are those of whoever wrote them last."""
    row: dict[str, Any] = {
        "period_id": given.period.period_id, "next_period_id": given.following.period_id, "due_day": given.due_day,
        "open_matters": {state: list(numbers) for state, numbers in (given.open_matters or {}).items()},
    }  # fmt: skip
    for name, signature in (("outgoing", given.outgoing), ("incoming", given.incoming)):
        row[f"{name}_signed_by"] = signature.by if signature else None
        row[f"{name}_signed_at"] = signature.at if signature else None
    if sealed_notes is not None:
        row["sealed_notes"] = sealed_notes
    await tx.run(insert(HANDOVER).values(row).on_conflict_do_update(index_elements=["period_id"], set_=row))


def _signature(by: str, at: datetime | None) -> Signature | None:
    return Signature(by, at) if at else None
