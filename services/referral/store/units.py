"""The unit directory with its terms of office."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from services.referral.domain.terms import Post, Term, in_order
from services.referral.domain.units import Unit, UnitKind, UnitLevel
from services.referral.store.tables import TERM, UNIT
from shared.store.statements import Row, among, fixed
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert


async def find(tx: Transaction, unit_id: str) -> Unit | None:
    """One line of the directory."""
    row = await tx.one(_FIND, unit_id=unit_id)
    return _unit(row) if row else None


async def with_successors(tx: Transaction, unit_id: str) -> dict[str, Unit]:
    """A unit and everything that came after it."""
    return {row.unit_id: _unit(row) for row in await tx.all(_LINE_OF_SUCCESSORS, unit_id=unit_id)}


async def named(tx: Transaction, unit_ids: Collection[str]) -> dict[str, Unit]:
    """These lines, as far as they are there."""
    return {row.unit_id: _unit(row) for row in await tx.all(_shown().where(among(UNIT.c.unit_id, unit_ids)))}


async def parents(tx: Transaction, unit_ids: Collection[str]) -> dict[str, str | None]:
    """These units and all above them, as far as they are there, each with its parent."""
    return {row.unit_id: row.parent_id for row in await tx.all(_LINES_OF_PARENTS, unit_ids=list(unit_ids))}


async def page(
    tx: Transaction,
    org_code: str | None,
    kind: UnitKind | None,
    valid_on: date | None,
    after: str | None,
    limit: int,
) -> list[Unit]:
    """The next lines by unit id, of one body, one kind, those that exist on one day."""
    query = _shown().order_by(UNIT.c.unit_id).limit(limit)
    if org_code is not None:
        query = query.where(UNIT.c.org_code == org_code)
    if kind is not None:
        query = query.where(UNIT.c.kind == kind.value)
    if valid_on is not None:
        query = query.where(UNIT.c.valid_from <= valid_on, func.coalesce(UNIT.c.valid_to, valid_on) >= valid_on)
    if after is not None:
        query = query.where(UNIT.c.unit_id > after)
    return [_unit(row) for row in await tx.all(query)]


async def lock(tx: Transaction) -> None:
    """One import after another: whether units stand in a circle is seen only by looking at all of them."""
    await tx.run("LOCK TABLE unit IN SHARE ROW EXCLUSIVE MODE")


async def save(tx: Transaction, units: Collection[Unit]) -> None:
    """Write lines with their terms of office, under the lock."""
    # Terms are replaced and not updated: a former principal's end and the next one's begin meet in a unique index.
    await tx.run("DELETE FROM unit_term WHERE unit_id = ANY(:ids)", {"ids": [unit.id for unit in units]})
    upsert(tx, UNIT, [_columns(unit) for unit in units])
    upsert(tx, TERM, [row for unit in units for row in _terms(unit)])


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
        "level": unit.level and unit.level.value,
        "parent_id": unit.parent_id,
        "supervision_office_id": unit.supervision_office_id,
        "liaison_ids": list(unit.liaison_ids),
    }


def _terms(unit: Unit) -> Iterable[dict[str, Any]]:
    for term in unit.terms:
        yield {"unit_id": unit.id, "post": term.post.value, "account_id": term.account_id,
               "since": term.since, "until": term.until}  # fmt: skip


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
        level=UnitLevel(row.level) if row.level else None,
        parent_id=row.parent_id,
        supervision_office_id=row.supervision_office_id,
        liaison_ids=tuple(row.liaison_ids),
        terms=in_order(_term(*term) for term in row.terms),
    )


def _term(account_id: str, post: str, since: str, until: str | None) -> Term:
    return Term(account_id, Post(post), date.fromisoformat(since), date.fromisoformat(until) if until else None)


def _shown() -> Select[Any]:
    row = func.jsonb_build_array(TERM.c.account_id, TERM.c.post, TERM.c.since, TERM.c.until)
    terms = select(func.coalesce(func.jsonb_agg(row), func.jsonb_build_array())).where(TERM.c.unit_id == UNIT.c.unit_id)
    return select(UNIT, terms.scalar_subquery().label("terms"))


_FIND = fixed(_shown().where(UNIT.c.unit_id == bindparam("unit_id")))

# UNION, not UNION ALL: lines that point to each other end the walk.
_LINE_OF_SUCCESSORS = (
    """
WITH RECURSIVE line AS (
    SELECT unit_id, successor_id FROM unit WHERE unit_id = :unit_id
    UNION
    SELECT heir.unit_id, heir.successor_id FROM unit heir JOIN line ON heir.unit_id = line.successor_id
) """
    + fixed(_shown())
    + " WHERE unit.unit_id IN (SELECT unit_id FROM line)"
)
_LINES_OF_PARENTS = """
WITH RECURSIVE line AS (
    SELECT unit_id, parent_id FROM unit WHERE unit_id = ANY(:unit_ids)
    UNION
    SELECT above.unit_id, above.parent_id FROM unit above JOIN line ON above.unit_id = line.parent_id
) SELECT * FROM line"""
