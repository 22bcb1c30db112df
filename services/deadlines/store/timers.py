"""The matters that have something due: taken by any number of workers, each by one of them."""

from datetime import datetime
from uuid import UUID

from shared.store.unit_of_work import Transaction

# Only the matter is locked, as by reactions; those that another holds are passed over. What of it is due is read
# afterwards, under the lock: a timer seen here may have fired, or another have come, since the statement began.
_TAKE = """
SELECT m.matter_id
FROM timer t JOIN matter m USING (matter_id)
WHERE t.at <= :now
ORDER BY t.at
LIMIT :limit
FOR UPDATE OF m SKIP LOCKED"""


async def lock_due(tx: Transaction, now: datetime, limit: int) -> list[UUID]:
    """The matters of the earliest due timers that are free; one for each timer, so that the same may come twice."""
    return [row.matter_id for row in await tx.all(_TAKE, now=now, limit=limit)]
