"""The matters that have something due: taken by any number of workers, each by one of them.

A matter whose timers fail is held: it waits alone and longer each time, in real time, and the others go on.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from shared.store.unit_of_work import Transaction

LONGEST = 300.0  # seconds between two attempts

# Only the matter is locked, as by reactions; those that another holds are passed over. What of it is due is read
# afterwards, under the lock: a timer seen here may have fired, or another have come, since the statement began. Locking
# in a subquery keeps the plan at the timers: joined, a plan made while there were none begins at the matters, all of
# them.
TAKE = """
SELECT free.matter_id
FROM timer t CROSS JOIN LATERAL (
    SELECT m.matter_id FROM matter m
    WHERE m.matter_id = t.matter_id AND CAST(m.matter_id AS text) <> ALL(CAST(:unheard AS text[]))
      AND NOT EXISTS (SELECT 1 FROM held_matter h WHERE h.matter_id = m.matter_id)
      AND NOT EXISTS (SELECT 1 FROM parked p WHERE p.subject = CAST(m.matter_id AS text))
    FOR UPDATE OF m SKIP LOCKED
) free
WHERE t.at <= :upto
ORDER BY t.at
LIMIT :limit"""

_HOLD = """
INSERT INTO held_matter AS h (matter_id, reason, attempts, held_since, next_attempt_at)
VALUES (:id, :reason, 1, :now, :now)
ON CONFLICT (matter_id) DO UPDATE SET reason = excluded.reason, attempts = h.attempts + 1
RETURNING attempts"""
_HELD = """
SELECT matter_id, next_attempt_at FROM held_matter h
WHERE NOT EXISTS (SELECT 1 FROM parked p WHERE p.subject = CAST(h.matter_id AS text))
ORDER BY next_attempt_at LIMIT 10000"""


async def lock_due(tx: Transaction, upto: datetime, unheard: Collection[str], limit: int) -> list[UUID]:
    """The matters of the earliest due timers that are free; one for each timer, so that the same may come twice.

    A matter waits while an event of it is parked here or refused by the broker: that may be the act that stops a clock.
    """
    return [row.matter_id for row in await tx.all(TAKE, upto=upto, unheard=list(unheard), limit=limit)]


async def hold(tx: Transaction, matter_id: UUID, reason: str) -> None:
    """Let a matter wait before its timers are tried again."""
    now = tx.technical_now()
    row = await tx.one(_HOLD, id=matter_id, reason=reason, now=now)
    assert row is not None
    wait = timedelta(seconds=min(0.5 * 2 ** min(row.attempts, 12), LONGEST))
    again = "UPDATE held_matter SET next_attempt_at = :at WHERE matter_id = :id"
    await tx.run(again, {"at": now + wait, "id": matter_id})


async def release(tx: Transaction, matter_id: UUID) -> None:
    """Its timers could be fired."""
    await tx.run("DELETE FROM held_matter WHERE matter_id = :id", {"id": matter_id})


async def held(tx: Transaction) -> tuple[int, Sequence[UUID]]:
    """How many matters are held, and which of them are to be tried again now."""
    rows = await tx.all(_HELD)
    now = tx.technical_now()
    return len(rows), [row.matter_id for row in rows if row.next_attempt_at <= now]
