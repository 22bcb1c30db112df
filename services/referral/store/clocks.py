"""Clocks of orders as deadlines tells of them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from services.referral.domain.extensions import Running
from services.referral.domain.limits import binds_work
from services.referral.store.tables import CLOCK
from shared.contracts.deadlines import DeadlineMoved, DeadlineResumed, DeadlineStarted, DeadlineStopped
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.workdays import ZONE

ClockNews = DeadlineStarted | DeadlineMoved | DeadlineResumed | DeadlineStopped


async def running(tx: Transaction, order_id: UUID) -> Running | None:
    """The clock under which the unit works on the order now; none until deadlines has told of it."""
    rows = await tx.all(select(CLOCK).where(CLOCK.c.order_id == order_id, CLOCK.c.is_open))
    found = [Running(row.rule, row.due_at.astimezone(ZONE)) for row in rows if binds_work(row.rule)]
    return max(found, key=lambda clock: clock.due_at, default=None)


def save(tx: Transaction, news: Iterable[ClockNews]) -> None:
    """Keep the latest of each clock."""
    latest = {event.deadline_id: event for event in news}
    upsert(tx, CLOCK, [_columns(event) for event in latest.values()])


def _columns(event: ClockNews) -> dict[str, object]:
    return {
        "deadline_id": event.deadline_id, "order_id": event.order_id, "rule": event.rule,
        "due_at": event.due_at, "is_open": not isinstance(event, DeadlineStopped),
    }  # fmt: skip
