"""The timers worker: any number of processes may run one.

A step is judged by the business time of acts, not by when they arrive: it waits until nothing older is on its way.
"""

import time
from uuid import UUID

import structlog
from prometheus_client import Gauge

from services.deadlines import handlers
from services.deadlines.store import timers
from shared import clock
from shared.bus.heard import Heard, places
from shared.contracts.errors import DomainError
from shared.store.unit_of_work import Database, is_passing

POLL = 0.1  # seconds of real time; what is due is told by the business clock
RETRY = 1.0  # seconds of real time between two looks at the matters that are held

behind_gauge = Gauge("bancheng_progress_behind_seconds", "Business time since all of a source was taken in", ["source"])
held_gauge = Gauge("bancheng_timers_held", "Matters whose timers fail; `bancheng parked list deadlines` says why")
log = structlog.get_logger(__name__)


async def run(database: Database, heard: Heard) -> None:
    """Fire what is due, batch after batch, for ever; what fell due while nobody ran is caught up in its order."""
    retry_at = 0.0
    async with heard.listening():
        while True:
            if heard.anything_new:
                await _prove(database, heard)
            if time.monotonic() >= retry_at:
                retry_at = time.monotonic() + RETRY
                _tell_behind(heard)
                await _retry_held(database, heard)
            if await _fire(database, heard) < handlers.TIMERS_AT_ONCE:
                await heard.news(within=POLL)


async def _prove(database: Database, heard: Heard) -> None:
    try:
        async with database.reading() as tx:
            heard.prove(await places(tx))
    except Exception as error:
        if not is_passing(error):
            raise


def _tell_behind(heard: Heard) -> None:
    now = clock.now()
    for source, upto in heard.proven.items():
        behind_gauge.labels(source).set((now - upto).total_seconds())


async def _fire(database: Database, heard: Heard) -> int:
    if heard.upto is None:
        return 0
    due: list[UUID] = []
    try:
        async with database.transaction() as tx:
            return await handlers.fire_due(tx, due, min(tx.now, heard.upto), heard)
    except Exception as error:
        if is_passing(error):
            return 0
        log.warning("timers.batch_failed", error=type(error).__name__, exc_info=True)
    for matter_id in dict.fromkeys(due):  # one of them spoils the rest
        await _fire_alone(database, matter_id, heard)
    return len(due)


async def _retry_held(database: Database, heard: Heard) -> None:
    try:
        async with database.reading() as tx:
            number, again = await timers.held(tx)
    except Exception as error:
        if not is_passing(error):
            raise
        return
    held_gauge.set(number)
    for matter_id in again:
        if str(matter_id) not in heard.held:
            await _fire_alone(database, matter_id, heard)


async def _fire_alone(database: Database, matter_id: UUID, heard: Heard) -> None:
    if heard.upto is None:
        return
    try:
        async with database.transaction() as tx:
            if heard.still_holds(await places(tx)):
                await handlers.fire_due_of(tx, [matter_id], min(tx.now, heard.upto))
                await timers.release(tx, matter_id)
    except Exception as error:
        if is_passing(error):
            return
        log.error("timers.matter_held", matter=str(matter_id), error=type(error).__name__, exc_info=True)
        why = f"{error.code}: {error.message}" if isinstance(error, DomainError) else type(error).__name__
        async with database.transaction() as tx:
            await timers.hold(tx, matter_id, f"timer failed: {why}")
