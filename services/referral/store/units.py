"""The unit directory."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, select, true

from services.referral.domain.units import Unit, UnitKind
from services.referral.store.tables import UNIT
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert

# UNION, not UNION ALL: lines that point to each other end the walk.
_LINE_OF_SUCCESSORS = """
WITH RECURSIVE line AS (
    SELECT * FROM unit WHERE unit_id = :unit_id
    UNION
    SELECT heir.* FROM unit heir JOIN line ON heir.unit_id = line.successor_id
) SELECT * FROM line"""


async def find(tx: Transaction, unit_id: str) -> Unit | None:
    """One line of the directory."""
    row = await tx.one(select(UNIT).where(UNIT.c.unit_id == unit_id))
    return _unit(row) if row else None


async def with_successors(tx: Transaction, unit_id: str) -> dict[str, Unit]:
    """A unit and everything that came after it."""
    rows = await tx.all(_LINE_OF_SUCCESSORS, unit_id=unit_id)
    return {row.unit_id: _unit(row) for row in rows}


async def locked(tx: Transaction, unit_ids: Collection[str]) -> dict[str, Unit]:
    """These lines, locked in one order everywhere."""
    query = select(UNIT).where(UNIT.c.unit_id.in_(unit_ids)).order_by(UNIT.c.unit_id).with_for_update()
    return {row.unit_id: _unit(row) for row in await tx.all(query)}


async def known(tx: Transaction, unit_ids: Collection[str]) -> set[str]:
    """Which of these ids the directory has."""
    rows = await tx.all(select(UNIT.c.unit_id).where(UNIT.c.unit_id.in_(unit_ids)))
    return {row.unit_id for row in rows}


async def page(tx: Transaction, org_code: str | None, after: str | None, limit: int) -> list[Unit]:
    """The next lines by unit id."""
    wanted: ColumnElement[bool] = true() if org_code is None else UNIT.c.org_code == org_code
    query = select(UNIT).where(wanted).order_by(UNIT.c.unit_id).limit(limit)
    if after is not None:
        query = query.where(UNIT.c.unit_id > after)
    return [_unit(row) for row in await tx.all(query)]


async def save(tx: Transaction, units: Iterable[Unit]) -> None:
    """Write lines, new or locked before."""
    upsert(tx, UNIT, [_columns(unit) for unit in sorted(units, key=lambda unit: unit.id)])


def _columns(unit: Unit) -> dict[str, Any]:
    return {
        "unit_id": unit.id,
        "org_code": unit.org_code,
        "name": unit.name,
        "kind": unit.kind.value,
        "principal_id": unit.principal_id,
        "deputy_ids": list(unit.deputy_ids),
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "successor_id": unit.successor_id,
    }


def _unit(row: Row) -> Unit:
    return Unit(
        id=row.unit_id,
        org_code=row.org_code,
        name=row.name,
        kind=UnitKind(row.kind),
        principal_id=row.principal_id,
        deputy_ids=tuple(row.deputy_ids),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successor_id=row.successor_id,
    )
