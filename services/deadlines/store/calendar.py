"""The calendar's years and the windows' office hours, as the dates of clocks are counted by them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import orjson

from shared.contracts.deadlines import CalendarYearLoaded
from shared.contracts.intake import WindowOpened
from shared.store.unit_of_work import Transaction
from shared.workdays import Calendar, OfficeHours, Year, builtin_calendar, parse_year

_YEARS = "SELECT year, status, doc_no, days::text AS days, loaded_at FROM calendar_year ORDER BY year"
_SEED = """
INSERT INTO calendar_year (year, status, doc_no, days, loaded_at)
SELECT year, status, doc_no, CAST(days AS jsonb), :at
FROM unnest(CAST(:years AS int[]), CAST(:states AS text[]), CAST(:numbers AS text[]), CAST(:days AS text[]))
     AS s(year, status, doc_no, days)
ORDER BY year
ON CONFLICT DO NOTHING
RETURNING year"""
_HOURS = """
SELECT window_id, morning_from, morning_to, afternoon_from, afternoon_to
FROM office_hours WHERE window_id = ANY(:ids)"""
_SAVE_HOURS = """
INSERT INTO office_hours (window_id, morning_from, morning_to, afternoon_from, afternoon_to)
SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:a AS time[]), CAST(:b AS time[]), CAST(:c AS time[]),
                     CAST(:d AS time[]))
ORDER BY 1
ON CONFLICT (window_id) DO UPDATE SET morning_from = excluded.morning_from, morning_to = excluded.morning_to,
    afternoon_from = excluded.afternoon_from, afternoon_to = excluded.afternoon_to"""


class StoredYear(NamedTuple):
    """A year as it is stored; its text is what the calendar is made of."""

    year: int
    status: str
    doc_no: str | None
    days: str
    loaded_at: datetime


async def years(tx: Transaction) -> Sequence[StoredYear]:
    """Every year loaded."""
    return [StoredYear(**row) for row in await tx.all(_YEARS)]


async def current(tx: Transaction) -> Calendar:
    """The calendar of the years loaded; built once for the same years."""
    return _calendar(tuple(await years(tx)))


async def seed(tx: Transaction, given: Calendar) -> None:
    """Load the years that are not there yet and publish each; those gone by come with every release, stored nowhere."""
    made = {year: year_as_event(given.years[year]) for year in sorted({*given.years} - {*_gone_by()})}
    rows = await tx.run(
        _SEED,
        {
            "at": tx.now,
            "years": list(made),
            "states": [event.status for event in made.values()],
            "numbers": [event.doc_no for event in made.values()],
            "days": [orjson.dumps(event.days).decode() for event in made.values()],
        },
    )
    tx.publish(*(made[year] for year in sorted(row.year for row in rows)))


def year_as_event(year: Year) -> CalendarYearLoaded:
    """A year as others are told of it."""
    return CalendarYearLoaded(**year.to_json())


async def office_hours(tx: Transaction, window_ids: Collection[str]) -> dict[str, OfficeHours]:
    """The hours of these windows, as far as they are known."""
    rows = await tx.all(_HOURS, ids=list(window_ids))
    return {
        row.window_id: OfficeHours((row.morning_from, row.morning_to), (row.afternoon_from, row.afternoon_to))
        for row in rows
    }


async def save_office_hours(tx: Transaction, windows: Iterable[WindowOpened]) -> None:
    """Keep the latest hours of each window."""
    rows = [(window.window_id, *window.morning, *window.afternoon) for window in windows]
    if rows:
        columns = map(list, zip(*rows, strict=True))
        tx.write(_SAVE_HOURS, dict(zip(("ids", "a", "b", "c", "d"), columns, strict=True)))


@lru_cache(maxsize=4)
def _calendar(stored: tuple[StoredYear, ...]) -> Calendar:
    parsed = [parse_year(year._asdict() | {"days": orjson.loads(year.days)}) for year in stored]
    return Calendar(_gone_by() | {year.year: year for year in parsed})


def _gone_by() -> dict[int, Year]:
    return {year.year: year for year in builtin_calendar().years.values() if year.status == "historical"}
