"""The years of the calendar as they are stored, with the versions that others have replaced."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import orjson

from shared.contracts.deadlines import CalendarYearLoaded
from shared.store.unit_of_work import Transaction
from shared.workdays import Calendar, Year, builtin_calendar, parse_year

# "calendar": held shared by whoever counts dates, from before years and rules are read until the commit; a load and an
# amendment hold it alone, so that nobody counts by the old ones once it has committed.
LOCK = 0x63616C656E646172
_COLUMNS = "year, status, doc_no, title, issued, days::text AS days, loaded_at, reason"
_YEARS = f"SELECT {_COLUMNS} FROM calendar_year ORDER BY year"
_PAST = f"SELECT {_COLUMNS} FROM calendar_year_past ORDER BY id"
_PUT_AWAY = """
INSERT INTO calendar_year_past (year, sha256, status, doc_no, title, issued, days, loaded_at, loaded_by, reason)
SELECT year, :sha256, status, doc_no, title, issued, days, loaded_at, loaded_by, reason
FROM calendar_year WHERE year = :year"""
_REPLACE = """
INSERT INTO calendar_year (year, status, doc_no, title, issued, days, loaded_at, loaded_by, reason)
VALUES (:year, :status, :doc_no, :title, :issued, CAST(:days AS jsonb), :at, :by, :reason)
ON CONFLICT (year) DO UPDATE SET status = excluded.status, doc_no = excluded.doc_no, title = excluded.title,
    issued = excluded.issued, days = excluded.days, loaded_at = excluded.loaded_at, loaded_by = excluded.loaded_by,
    reason = excluded.reason"""


class StoredYear(NamedTuple):
    """A version of a year as it is stored; its text is what the calendar is made of."""

    year: int
    status: str
    doc_no: str | None
    title: str | None
    issued: date | None
    days: str
    loaded_at: datetime
    reason: str | None


async def hold(tx: Transaction) -> None:
    """Let no year and no rule change until the commit; to be taken before anything that a load may wait for."""
    await tx.run("SELECT pg_advisory_xact_lock_shared(:lock)", {"lock": LOCK})


async def hold_alone(tx: Transaction) -> None:
    """Let nobody count dates until the commit."""
    await tx.run("SELECT pg_advisory_xact_lock(:lock)", {"lock": LOCK})


async def stored(tx: Transaction) -> Sequence[StoredYear]:
    """Every year that was loaded; those gone by come with every release and are stored nowhere."""
    return [StoredYear(**row) for row in await tx.all(_YEARS)]


async def current(tx: Transaction) -> Calendar:
    """The calendar that dates are counted by; built once for the same years."""
    return calendar_of(tuple(await stored(tx)))


async def as_of(tx: Transaction, version: str) -> Sequence[StoredYear] | None:
    """The years as they were when the calendar had this version."""
    versions = [StoredYear(**row) for row in await tx.all(_PAST)] + [*await stored(tx)]
    then = dict[int, StoredYear]()
    for each in sorted(versions, key=lambda each: each.loaded_at):
        then[each.year] = each
        years = tuple(then[year] for year in sorted(then))
        if version in (calendar_of(years).version, _before_history(years).version):
            return years
    return None


async def replace(tx: Transaction, known: Year | None, year: Year, reason: str | None) -> None:
    """Store a year and publish it; the version before it is kept."""
    if known:
        await tx.run(_PUT_AWAY, {"year": year.year, "sha256": known.sha256})
    await tx.run(
        _REPLACE,
        {
            "year": year.year, "status": year.status, "doc_no": year.doc_no, "title": year.title,
            "issued": year.issued, "days": _days(year), "at": tx.now, "by": tx.actor.id, "reason": reason,
        },
    )  # fmt: skip
    tx.publish(as_event(year))


def as_event(year: Year) -> CalendarYearLoaded:
    """A year as others are told of it."""
    return CalendarYearLoaded(**year.to_json(), sha256=year.sha256)


def gone_by() -> Mapping[int, Year]:
    """The years that are final."""
    return {year.year: year for year in builtin_calendar().years.values() if year.status == "historical"}


@lru_cache(maxsize=8)
def calendar_of(years: tuple[StoredYear, ...]) -> Calendar:
    """The calendar of these years and those gone by."""
    return Calendar({**gone_by(), **_before_history(years).years})


def _before_history(years: Sequence[StoredYear]) -> Calendar:
    """As releases had it that did not know the years gone by: dates counted by them name its version."""
    parsed = [parse_year(year._asdict() | {"days": orjson.loads(year.days), "issued": None}) for year in years]
    return Calendar({year.year: year for year in parsed})


def _days(year: Year) -> str:
    return orjson.dumps(year.to_json()["days"]).decode()
