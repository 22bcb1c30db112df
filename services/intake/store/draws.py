"""The draw of call-backs: the day's matters that were settled on the spot, and which of them were drawn."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select

from services.intake.store.tables import DRAW
from shared.store.unit_of_work import Transaction
from shared.workdays import ZONE

_SETTLED = """
SELECT m.matter_id FROM matter m
WHERE m.window_id = :window AND m.registered_at >= :from AND m.registered_at < :to
  AND m.outcome = 'ON_THE_SPOT' AND m.state = 'CLOSED' AND m.erased_at IS NULL
ORDER BY m.matter_id
FOR UPDATE OF m"""
_MARK = """
UPDATE matter SET sample = CAST(:sample AS jsonb), version = version + 1
WHERE matter_id = ANY(CAST(:ids AS uuid[]))"""
# Whoever comes second finds the first draw.
_KEEP = """
INSERT INTO callback_draw (window_id, day, seed, population, matter_ids, drawn_by, drawn_at)
VALUES (:window_id, :day, :seed, :population, :matter_ids, :drawn_by, :drawn_at)
ON CONFLICT (window_id, day) DO NOTHING RETURNING 1"""


class Draw(NamedTuple):
    """抽查 of one window and day."""

    window_id: str
    day: date
    seed: UUID
    population: int
    matter_ids: Sequence[UUID]
    drawn_by: str
    drawn_at: datetime


async def settled_on(tx: Transaction, window_id: str, day: date) -> list[UUID]:
    """The matters that the window settled on the spot and registered on a day, held until they are marked."""
    begin = datetime.combine(day, time(), ZONE)
    limits = {"window": window_id, "from": begin, "to": begin + timedelta(days=1)}
    return [row.matter_id for row in await tx.run(_SETTLED, limits)]


async def find(tx: Transaction, window_id: str, day: date) -> Draw | None:
    """The draw of a day."""
    row = await tx.one(select(DRAW).where(DRAW.c.window_id == window_id, DRAW.c.day == day))
    return Draw(**{**row, "drawn_at": row.drawn_at.astimezone(ZONE)}) if row else None


async def keep(tx: Transaction, draw: Draw) -> bool:
    """Keep a draw and mark its matters, unless the day has one."""
    if not await tx.run(_KEEP, draw._asdict()):
        return False
    await _mark(tx, draw.matter_ids, draw.drawn_at)
    return True


async def _mark(tx: Transaction, matters: Collection[UUID], at: datetime) -> None:
    sample = orjson.dumps({"drawn_at": at.isoformat(), "result": None}).decode()
    await tx.run(_MARK, {"sample": sample, "ids": list(matters)})
