"""A clock as pages show it: what it is for, when it is due, and whether it has passed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.console import words
from services.console.domain import highest
from shared.store.statements import Row
from shared.web import Answer


class ClockView(Answer):
    """One clock; `unconfirmed` while something that was done in time may still be on its way."""

    deadline_id: UUID
    name: str
    rule: str
    unit_name: str
    order_id: UUID | None
    limit: str
    started_at: datetime | None
    due_at: datetime | None
    provisional: bool
    stopped_at: datetime | None
    overdue: bool
    past_due: bool
    unconfirmed: bool
    resumes_at: datetime | None
    level: str | None


def clock_of(row: Row, unit_name: str, now: datetime) -> ClockView:
    """One clock from a row of `store.clocks`."""
    running = row.stopped_at is None
    past_due = running and not row.standing and row.due_at is not None and row.due_at < now
    return ClockView(
        **{name: row[name] for name in ("deadline_id", "rule", "order_id", "started_at", "due_at", "stopped_at")},
        name=words.rule(row.rule),
        unit_name=unit_name,
        limit=words.limit(row.limit_code) if row.limit_code else "",
        provisional=bool(row.provisional),
        overdue=bool(row.overdue),
        past_due=past_due,
        unconfirmed=past_due and not row.confirmed,
        resumes_at=row.resumes_at if running and row.paused_now else None,
        level=highest(row.levels or ()),
    )


def clocks_of(rows: Sequence[Row], now: datetime) -> dict[UUID, list[ClockView]]:
    """The running clocks of orders, by order."""
    found: dict[UUID, list[ClockView]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(clock_of(row, "", now))
    return found
