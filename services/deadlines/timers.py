"""The timers worker: any number of processes may run one."""

import asyncio
import time
from uuid import UUID

import structlog
from prometheus_client import Gauge

from services.deadlines import handlers
from services.deadlines.store import timers
from shared.contracts.errors import DomainError
from shared.store.unit_of_work import Database, is_passing

POLL = 0.1  # seconds of real time; what is due is told by the business clock
RETRY = 1.0  # seconds of real time between two looks at the matters that are held

held_gauge = Gauge("bancheng_timers_held", "Matters whose timers fail; `bancheng parked list deadlines` says why")
log = structlog.get_logger(__name__)


async def run(database: Database) -> None:
    """Fire what is due, batch after batch, for ever; what fell due while nobody ran is caught up in its order."""
    retry_at = 0.0
    while True:
        if time.monotonic() >= retry_at:
            retry_at = time.monotonic() + RETRY
            await _retry_held(database)
        if await _fire(database) < handlers.TIMERS_AT_ONCE:
            await asyncio.sleep(POLL)


async def _fire(database: Database) -> int:
    due: list[UUID] = []
    try:
        async with database.transaction() as tx:
            return await handlers.fire_due(tx, due)
    except Exception as error:
        if is_passing(error):
            return 0
        log.warning("timers.batch_failed", error=type(error).__name__, exc_info=True)
    for matter_id in dict.fromkeys(due):  # one of them spoils the rest
        await _fire_alone(database, matter_id)
    return len(due)


async def _retry_held(database: Database) -> None:
    try:
        async with database.reading() as tx:
            number, again = await timers.held(tx)
    except Exception as error:
        if not is_passing(error):
            raise
        return
    held_gauge.set(number)
    for matter_id in again:
        await _fire_alone(database, matter_id)


async def _fire_alone(database: Database, matter_id: UUID) -> None:
    try:
        async with database.transaction() as tx:
            await handlers.fire_due_of(tx, [matter_id])
            await timers.release(tx, matter_id)
    except Exception as error:
        if is_passing(error):
            return
        log.error("timers.matter_held", matter=str(matter_id), error=type(error).__name__, exc_info=True)
        why = f"{error.code}: {error.message}" if isinstance(error, DomainError) else type(error).__name__
        async with database.transaction() as tx:
            await timers.hold(tx, matter_id, f"timer failed: {why}")
