"""Windows as intake tells of them, and what their order numbers begin with."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from services.referral.store.tables import CALENDAR_YEAR, WINDOW
from shared.calendar_copy import calendar
from shared.contracts.intake import WindowOpened
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.workdays import DEFAULT_HOURS, Limit, OfficeHours, due

_HOURS = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")


def save(tx: Transaction, windows: Iterable[WindowOpened]) -> None:
    """Keep the latest of each window."""
    upsert(tx, WINDOW, [_columns(window) for window in windows])


async def last_moment(tx: Transaction, window_id: str, since: datetime, limit: str) -> datetime:
    """When a limit that runs from a moment ends, by the hours of the window."""
    row = await tx.one(select(WINDOW).where(WINDOW.c.window_id == window_id))
    hours = _hours(row) if row else DEFAULT_HOURS
    return due(since, Limit.parse(limit), await calendar(tx, CALENDAR_YEAR), hours).at


async def locked(tx: Transaction, window_id: str) -> Row | None:
    """A window for a change of its prefix."""
    return await tx.one(select(WINDOW).where(WINDOW.c.window_id == window_id).with_for_update())


async def holder_of_prefix(tx: Transaction, prefix: str) -> str | None:
    """Which window has this prefix."""
    row = await tx.one(select(WINDOW.c.window_id).where(WINDOW.c.order_prefix == prefix))
    return row.window_id if row else None


async def set_prefix(tx: Transaction, window_id: str, prefix: str) -> None:
    """Number its orders like this from now on."""
    statement = WINDOW.update().where(WINDOW.c.window_id == window_id).values(order_prefix=prefix)
    await tx.run(statement)


def _columns(window: WindowOpened) -> dict[str, Any]:
    hours: dict[str, time] = dict(zip(_HOURS, (*window.morning, *window.afternoon), strict=True))
    return {"window_id": window.window_id, "name": window.name, **hours}


def _hours(row: Row) -> OfficeHours:
    if row.morning_from is None:  # told of before its hours were kept here
        return DEFAULT_HOURS
    return OfficeHours((row.morning_from, row.morning_to), (row.afternoon_from, row.afternoon_to))
