"""The timers worker: any number of processes may run one."""

import asyncio

from services.deadlines import handlers
from shared.store.unit_of_work import Database, is_passing

POLL = 0.1  # seconds of real time; what is due is told by the business clock


async def run(database: Database) -> None:
    """Fire what is due, batch after batch, for ever; what fell due while nobody ran is caught up in its order."""
    while True:
        if await _fire(database) < handlers.TIMERS_AT_ONCE:
            await asyncio.sleep(POLL)


async def _fire(database: Database) -> int:
    try:
        async with database.transaction() as tx:
            return await handlers.fire_due(tx)
    except Exception as error:
        if not is_passing(error):
            raise
        return 0
