"""The index of words: which matters may hold all that is asked for, newest first."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, select

from services.intake.store.tables import MATTER, REPORTER
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction

_ADD = """
INSERT INTO search (matter_id, marks)
SELECT matter_id, marks FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(matter_id uuid, marks int[])
ON CONFLICT (matter_id) DO UPDATE SET marks = excluded.marks"""
_REACH = """
SELECT (SELECT matter_id FROM search ORDER BY matter_id LIMIT 1) AS oldest,
       (SELECT matter_id FROM search ORDER BY matter_id DESC LIMIT 1) AS newest"""

# Spans in their order, each walked only if those before it did not have enough. OFFSET keeps the planner to the index
# of marks alone: it would walk the matters by their id, or read the half of that index that lies before.
_HOLDING = """
SELECT found.matter_id
FROM jsonb_to_recordset(CAST(:wanted AS jsonb)) AS wanted(marks int[]) CROSS JOIN LATERAL (
    SELECT matter_id FROM (SELECT matter_id FROM search WHERE marks @> wanted.marks OFFSET 0) AS holding
    WHERE matter_id < :before ORDER BY matter_id DESC LIMIT :most
) AS found
LIMIT :most"""
_SHOWN = select(
    MATTER.c.matter_id, MATTER.c.register_no, MATTER.c.state, MATTER.c.registered_at, MATTER.c.sealed_title,
    MATTER.c.sealed_content, REPORTER.c.data_key,
).join(REPORTER, REPORTER.c.reporter_id == MATTER.c.reporter_id)  # fmt: skip


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


async def holding(tx: Transaction, wanted: Sequence[Collection[int]], before: UUID, most: int) -> list[UUID]:
    """Matters that have all the marks of one of the spans; those of the first span come first, each newest first."""
    spans = orjson.dumps([{"marks": list(marks)} for marks in wanted]).decode()
    return [row.matter_id for row in await tx.all(_HOLDING, wanted=spans, before=before, most=most)]


async def opened(tx: Transaction, matter_ids: Collection[UUID], visible: ColumnElement[bool]) -> Sequence[Row]:
    """What is needed to look into these matters, newest first."""
    chosen = visible, among(MATTER.c.matter_id, matter_ids)
    return await tx.all(_SHOWN.where(*chosen).order_by(MATTER.c.matter_id.desc()))


async def numbered(tx: Transaction, register_nos: Collection[str], visible: ColumnElement[bool]) -> Sequence[Row]:
    """Matters by their register numbers."""
    chosen = visible, among(MATTER.c.register_no, register_nos)
    return await tx.all(_SHOWN.where(*chosen).order_by(MATTER.c.matter_id.desc()))
