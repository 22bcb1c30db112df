"""Numbers of the register set aside for pages of paper."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.intake.store.tables import RESERVED
from shared.store.unit_of_work import Transaction

_RESERVE = """
WITH drawn AS (
    INSERT INTO register_counter AS c (window_id, year, value) VALUES (:window, :year, :count)
    ON CONFLICT (window_id, year) DO UPDATE SET value = c.value + excluded.value
    RETURNING value
)
INSERT INTO reserved_number (window_id, year, number, reserved_by, reserved_at)
SELECT :window, :year, number, :by, :at FROM drawn, generate_series(drawn.value - :count + 1, drawn.value) AS number
RETURNING number"""
_PUT_BACK = """
INSERT INTO reserved_number (window_id, year, number, reserved_by, reserved_at)
SELECT :window, :year, number, :by, :at FROM unnest(CAST(:numbers AS integer[])) AS g(number) ON CONFLICT DO NOTHING"""
_TAKE = """
UPDATE reserved_number SET matter_id = :matter
WHERE window_id = :window AND year = :year AND number = :number AND num_nonnulls(matter_id, sealed_void_reason) = 0
RETURNING reserved_at"""
_VOID = """
UPDATE reserved_number SET sealed_void_reason = :reason
WHERE window_id = :window AND year = :year AND number = :number AND num_nonnulls(matter_id, sealed_void_reason) = 0
RETURNING 1"""


class Reserved(NamedTuple):
    """A number, and what became of it."""

    year: int
    number: int
    reserved_at: datetime
    matter_id: UUID | None
    is_void: bool


async def reserve(tx: Transaction, window_id: str, year: int, count: int) -> tuple[int, int]:
    """Set the next numbers of the year aside; the first and the last of them."""
    given = {"window": window_id, "year": year, "count": count, "by": tx.actor.id, "at": tx.now}
    numbers = sorted(row.number for row in await tx.run(_RESERVE, given))
    return numbers[0], numbers[-1]


async def put_back(tx: Transaction, window_id: str, year: int, numbers: Sequence[int], by: str, at: datetime) -> None:
    """Set numbers aside again after a recovery."""
    await tx.run(_PUT_BACK, {"window": window_id, "year": year, "numbers": list(numbers), "by": by, "at": at})


async def take(tx: Transaction, window_id: str, year: int, number: int, matter_id: UUID) -> datetime | None:
    """Use a number for a matter; when it was set aside, or none if it is not open."""
    row = await tx.one(_TAKE, window=window_id, year=year, number=number, matter=matter_id)
    return row.reserved_at if row else None


async def void(tx: Transaction, window_id: str, year: int, number: int, sealed_reason: bytes) -> bool:
    """Give a number up, if it is open."""
    return await tx.one(_VOID, window=window_id, year=year, number=number, reason=sealed_reason) is not None


async def of_year(tx: Transaction, window_id: str, year: int) -> Sequence[Reserved]:
    """Every number set aside in a year, in order."""
    query = select(RESERVED).where(RESERVED.c.window_id == window_id, RESERVED.c.year == year)
    rows = await tx.all(query.order_by(RESERVED.c.number))
    return [Reserved(r.year, r.number, r.reserved_at, r.matter_id, r.sealed_void_reason is not None) for r in rows]
