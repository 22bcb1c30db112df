"""Windows, register numbers and the duty roster."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert

from services.intake.domain.roster import Window
from services.intake.store.tables import DUTY, WINDOW
from shared.contracts.codes import WindowLevel
from shared.contracts.duty import DutyPeriod, OnDuty
from shared.roster import duty_of_row, period_of_row
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

_ON_DUTY = ", ".join(f"d.{column.name} AS on_duty_{column.name}" for column in DUTY.c)
# The counter's row stays locked until the registration commits: a number is neither skipped nor given twice.
_DRAW = f"""
WITH drawn AS (
    INSERT INTO register_counter AS c (window_id, year, value)
    SELECT window_id, :year, 1 FROM service_window WHERE window_id = :window
    ON CONFLICT (window_id, year) DO UPDATE SET value = c.value + 1
    RETURNING value
)
SELECT w.org_code, w.level, w.register_mark, drawn.value, {_ON_DUTY}
FROM service_window w CROSS JOIN drawn
LEFT JOIN duty_period d ON d.window_id = w.window_id AND :today BETWEEN d.start_date AND d.end_date
WHERE w.window_id = :window"""

# The same without a number, for a page of paper that has its own.
_STAND = f"""
SELECT w.org_code, w.level, w.register_mark, {_ON_DUTY}
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
    duty: OnDuty | None


async def draw_number(tx: Transaction, window_id: str | None) -> Drawn | None:
    """The next register number of a window this year; given back if the transaction does not commit."""
    today = tx.now.date()
    row = await tx.one(_DRAW, window=window_id, year=tx.now.year, today=today)
    return _drawn(row, window_id, row.value, today) if row and window_id else None


async def stand_at(tx: Transaction, window_id: str | None, number: int) -> Drawn | None:
    """The window and who is on duty there today, for a number that was drawn before."""
    today = tx.now.date()
    row = await tx.one(_STAND, window=window_id, today=today)
    return _drawn(row, window_id, number, today) if row and window_id else None


def _drawn(row: Row, window_id: str, number: int, today: date) -> Drawn:
    duty = duty_of_row(row, today)
    return Drawn(window_id, row.org_code, WindowLevel(row.level), row.register_mark, number, duty)


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


async def periods(tx: Transaction, *chosen: ColumnElement[bool]) -> Sequence[DutyPeriod]:
    """Duty periods, oldest first."""
    query = select(DUTY).where(*chosen).order_by(DUTY.c.start_date, DUTY.c.window_id)
    return [period_of_row(row) for row in await tx.all(query)]


async def lock_roster(tx: Transaction) -> None:
    """One change of the roster at a time: two at once could put somebody at two windows."""
    await tx.one("SELECT pg_advisory_xact_lock(hashtext('intake.roster'))")


def _window(row: Row) -> Window:
    return Window(
        row.window_id, row.org_code, WindowLevel(row.level), row.name, row.register_mark,
        (row.morning_from, row.morning_to), (row.afternoon_from, row.afternoon_to),
    )  # fmt: skip
