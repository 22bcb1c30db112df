"""Windows, register numbers, the duty roster with its handovers, and the calendar."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert

from services.intake.domain.roster import Handover, Period, Window
from services.intake.store.tables import CALENDAR_YEAR, DUTY, HANDOVER, WINDOW
from shared.contracts.codes import WindowLevel
from shared.roster import DutyPeriod
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.workdays import Calendar, builtin_calendar, parse_year

# The counter's row stays locked until the registration commits: a number is neither skipped nor given twice.
_DRAW = """
WITH drawn AS (
    INSERT INTO register_counter AS c (window_id, year, value)
    SELECT window_id, :year, 1 FROM service_window WHERE window_id = :window
    ON CONFLICT (window_id, year) DO UPDATE SET value = c.value + 1
    RETURNING value
)
SELECT w.org_code, w.level, w.register_mark, drawn.value, d.period_id, d.start_date, d.end_date, d.leader_id,
       d.staff_ids
FROM service_window w CROSS JOIN drawn
LEFT JOIN duty_period d ON d.window_id = w.window_id AND :today BETWEEN d.start_date AND d.end_date
WHERE w.window_id = :window"""

# The same without a number, for a page of paper that has its own.
_STAND = """
SELECT w.org_code, w.level, w.register_mark, d.period_id, d.start_date, d.end_date, d.leader_id, d.staff_ids
FROM service_window w
LEFT JOIN duty_period d ON d.window_id = w.window_id AND :today BETWEEN d.start_date AND d.end_date
WHERE w.window_id = :window"""

_PASS_OVER = """
INSERT INTO register_counter AS c (window_id, year, value) VALUES (:window, :year, :number)
ON CONFLICT (window_id, year) DO UPDATE SET value = greatest(c.value, excluded.value)"""


class Drawn(NamedTuple):
    """A register number with the window it belongs to and who is on duty there today."""

    window_id: str
    org_code: str
    level: WindowLevel
    register_mark: str
    number: int
    period: DutyPeriod | None


async def draw_number(tx: Transaction, window_id: str | None) -> Drawn | None:
    """The next register number of a window this year; given back if the transaction does not commit."""
    row = await tx.one(_DRAW, window=window_id, year=tx.now.year, today=tx.now.date())
    return _drawn(row, window_id, row.value) if row and window_id else None


async def stand_at(tx: Transaction, window_id: str | None, number: int) -> Drawn | None:
    """The window and who is on duty there today, for a number that was drawn before."""
    row = await tx.one(_STAND, window=window_id, today=tx.now.date())
    return _drawn(row, window_id, number) if row and window_id else None


def _drawn(row: Row, window_id: str, number: int) -> Drawn:
    period = row.period_id and DutyPeriod(
        row.period_id, window_id, row.org_code, row.start_date, row.end_date, row.leader_id, tuple(row.staff_ids)
    )
    return Drawn(window_id, row.org_code, WindowLevel(row.level), row.register_mark, number, period or None)


async def pass_over_numbers(tx: Transaction, given: Mapping[tuple[str, int], int]) -> None:
    """Go on behind numbers that were given (window and year → number) though their matters are not here any more."""
    for (window_id, year), number in sorted(given.items()):
        await tx.run(_PASS_OVER, {"window": window_id, "year": year, "number": number})


async def window(tx: Transaction, window_id: str | None, lock: bool = False) -> Window | None:
    """One window of the registry."""
    query = select(WINDOW).where(WINDOW.c.window_id == window_id)
    row = await tx.one(query.with_for_update() if lock else query)
    return _window(row) if row else None


async def windows(tx: Transaction, chosen: ColumnElement[bool]) -> Sequence[Window]:
    """Windows by their ids."""
    return [_window(row) for row in await tx.all(select(WINDOW).where(chosen).order_by(WINDOW.c.window_id))]


async def mark_taken(tx: Transaction, mark: str, window_id: str) -> bool:
    """Whether another window's register numbers begin with this mark."""
    query = select(WINDOW.c.window_id).where(WINDOW.c.register_mark == mark, WINDOW.c.window_id != window_id)
    return await tx.one(query) is not None


async def save_window(tx: Transaction, given: Window) -> None:
    """Enter or change a window."""
    row = {
        "window_id": given.window_id, "org_code": given.org_code, "level": given.level.value, "name": given.name,
        "register_mark": given.register_mark, "morning_from": given.morning[0], "morning_to": given.morning[1],
        "afternoon_from": given.afternoon[0], "afternoon_to": given.afternoon[1],
    }  # fmt: skip
    statement = insert(WINDOW).values(row)
    await tx.run(statement.on_conflict_do_update(index_elements=["window_id"], set_=row))


async def periods(tx: Transaction, *chosen: ColumnElement[bool]) -> Sequence[Period]:
    """Duty periods, oldest first."""
    query = select(DUTY).where(*chosen).order_by(DUTY.c.start_date, DUTY.c.window_id)
    return [_period(row) for row in await tx.all(query)]


async def handover(tx: Transaction, period: Period, following: Period) -> Handover:
    """The handover between two periods as far as it is signed, locked."""
    row = await tx.one(select(HANDOVER).where(HANDOVER.c.period_id == period.period_id).with_for_update())
    return Handover(period, following, *((row.outgoing_signed_at, row.incoming_signed_at) if row else ()))


async def save_handover(tx: Transaction, given: Handover, sealed_notes: bytes | None) -> None:
    """Keep the signatures; notes are those of whoever wrote them last."""
    row: dict[str, datetime | str | bytes | None] = {
        "period_id": given.period.period_id,
        "next_period_id": given.following.period_id,
        "outgoing_signed_at": given.outgoing_signed_at,
        "incoming_signed_at": given.incoming_signed_at,
    }
    if sealed_notes is not None:
        row["sealed_notes"] = sealed_notes
    await tx.run(insert(HANDOVER).values(row).on_conflict_do_update(index_elements=["period_id"], set_=row))


async def calendar(tx: Transaction) -> Calendar:
    """The built-in calendar with every year that deadlines has loaded since."""
    loaded = builtin_calendar()
    for row in await tx.all(select(CALENDAR_YEAR.c.content)):
        loaded = loaded.with_year(parse_year(row.content))
    return loaded


async def save_calendar_years(tx: Transaction, years: Mapping[int, dict[str, Any]]) -> None:
    """Keep the latest of each year."""
    rows: Iterable[dict[str, Any]] = [{"year": year, "content": content} for year, content in sorted(years.items())]
    if not rows:
        return
    statement = insert(CALENDAR_YEAR).values(list(rows))
    changed = {"content": statement.excluded.content}
    await tx.run(statement.on_conflict_do_update(index_elements=["year"], set_=changed))


def _window(row: Row) -> Window:
    return Window(
        row.window_id, row.org_code, WindowLevel(row.level), row.name, row.register_mark,
        (row.morning_from, row.morning_to), (row.afternoon_from, row.afternoon_to),
    )  # fmt: skip


def _period(row: Row) -> Period:
    return Period(
        row.period_id, row.window_id, row.org_code, row.start_date, row.end_date, row.leader_id, tuple(row.staff_ids)
    )
