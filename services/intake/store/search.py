"""The index of words: which matters may hold all that is asked for, newest first."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Integer, bindparam, cast, column, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.intake.store.tables import MATTER, REPORTER, SEARCH
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction

_ADD = """
INSERT INTO search (matter_id, marks)
SELECT matter_id, marks FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(matter_id uuid, marks int[])
ON CONFLICT (matter_id) DO UPDATE SET marks = excluded.marks"""
_REACH = """
SELECT (SELECT matter_id FROM search ORDER BY matter_id LIMIT 1) AS oldest,
       (SELECT matter_id FROM search ORDER BY matter_id DESC LIMIT 1) AS newest"""

_SHOWN = (
    MATTER.c.matter_id, MATTER.c.register_no, MATTER.c.state, MATTER.c.registered_at, MATTER.c.sealed_title,
    MATTER.c.sealed_content, REPORTER.c.data_key,
)  # fmt: skip
_WANTED = (
    func.jsonb_to_recordset(cast(bindparam("wanted"), JSONB))
    .table_valued(column("marks", ARRAY(Integer)), name="wanted")
    .render_derived(with_types=True)
)
# OFFSET keeps the index of marks in use: walking the matters in their order looks cheaper to the planner.
_HOLDING = (
    select(SEARCH.c.matter_id)
    .where(SEARCH.c.marks.contains(_WANTED.c.marks), SEARCH.c.matter_id < bindparam("before"))
    .order_by(SEARCH.c.matter_id.desc())
    .offset(0)
    .correlate(_WANTED)
    .subquery()
)


def add(tx: Transaction, given: Mapping[UUID, Collection[int]]) -> None:
    """Enter matters, or enter them anew."""
    rows = [{"matter_id": str(matter_id), "marks": sorted(marks)} for matter_id, marks in given.items()]
    tx.write(_ADD, {"given": orjson.dumps(rows).decode()})


async def remove(tx: Transaction, matter_id: UUID) -> None:
    """Nobody finds the matter by its words any more."""
    await tx.run("DELETE FROM search WHERE matter_id = :matter", {"matter": matter_id})


async def reach(tx: Transaction) -> tuple[UUID, UUID] | None:
    """The oldest and the newest matter in the index."""
    row = await tx.one(_REACH)
    return (row.oldest, row.newest) if row and row.oldest else None


async def candidates(
    tx: Transaction, wanted: Sequence[Collection[int]], visible: ColumnElement[bool], before: UUID, most: int
) -> Sequence[Row]:
    """Matters that have all the marks of one of the spans; those of the first span come first, each newest first."""
    found = (
        select(*_SHOWN)
        .select_from(_HOLDING.join(MATTER, MATTER.c.matter_id == _HOLDING.c.matter_id).join(
            REPORTER, REPORTER.c.reporter_id == MATTER.c.reporter_id
        ))
        .where(visible)
        .order_by(_HOLDING.c.matter_id.desc())
        .limit(most)
        .lateral()
    )  # fmt: skip
    spans = orjson.dumps([{"marks": list(marks)} for marks in wanted]).decode()
    query = select(*found.c).select_from(_WANTED.join(found, true())).limit(most)
    return await tx.all(query, wanted=spans, before=before)


async def numbered(tx: Transaction, register_nos: Collection[str], visible: ColumnElement[bool]) -> Sequence[Row]:
    """Matters by their register numbers."""
    joined = MATTER.join(REPORTER, REPORTER.c.reporter_id == MATTER.c.reporter_id)
    return await tx.all(
        select(*_SHOWN).select_from(joined).where(visible, among(MATTER.c.register_no, register_nos))
        .order_by(MATTER.c.matter_id.desc())
    )  # fmt: skip
