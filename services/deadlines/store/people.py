"""Copies of who answers for a unit and who is on duty, to whom papers go."""

from collections.abc import Collection, Iterable
from datetime import date

from services.deadlines.domain.sending import People, Unit
from services.deadlines.store.tables import UNIT
from shared.contracts.referral import UnitRegistered
from shared.contracts.regions import city_of
from shared.roster import DutyPeriod, period_of_row
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert

FIELDS = {
    "unit_id", "principal_id", "principal_since", "deputy_ids", "liaison_ids", "valid_to", "successor_id",
    "supervision_office_id",
}  # fmt: skip

# An abolished unit's successors come with it.
_UNITS = """
WITH RECURSIVE wanted AS (
    SELECT u.*, 1 AS hop FROM unit u WHERE u.unit_id = ANY(CAST(:ids AS text[]))
    UNION ALL
    SELECT u.*, w.hop + 1 FROM wanted w JOIN unit u ON u.unit_id = w.successor_id WHERE w.hop < 5
)
SELECT * FROM wanted"""
_WINDOWS = """
SELECT window_id, org_code FROM office_hours WHERE org_code = ANY(CAST(:cities AS text[])) ORDER BY window_id"""
_PERIODS = """
SELECT * FROM duty_period
WHERE window_id = ANY(CAST(:windows AS text[])) AND end_date >= :day
ORDER BY start_date"""


async def on(
    tx: Transaction, day: date, unit_ids: Collection[str], window_ids: Collection[str], raised_from: Collection[str]
) -> People:
    """The people of these units and windows on a day, and of the cities' windows that reds are raised to."""
    units = {row.unit_id: _unit(row) for row in await tx.all(_UNITS, ids=sorted(unit_ids))} if unit_ids else {}
    cities: dict[str, list[str]] = {}
    if raised_from:
        for row in await tx.all(_WINDOWS, cities=sorted(map(city_of, raised_from))):
            cities.setdefault(row.org_code, []).append(row.window_id)
    windows = {*window_ids, *(window for found in cities.values() for window in found)}
    periods: dict[str, list[DutyPeriod]] = {}
    for row in await tx.all(_PERIODS, windows=sorted(windows), day=day):
        periods.setdefault(row.window_id, []).append(period_of_row(row))
    return People(day, units, periods, cities)


def save_units(tx: Transaction, events: Iterable[UnitRegistered]) -> None:
    """Keep the latest line of each unit."""
    upsert(tx, UNIT, [event.model_dump(include=FIELDS) for event in events])


def _unit(row: object) -> Unit:
    given = {name: getattr(row, name) for name in FIELDS}
    return Unit(**given | {"deputy_ids": tuple(given["deputy_ids"]), "liaison_ids": tuple(given["liaison_ids"])})
