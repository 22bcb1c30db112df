"""Live updates: each browser hears which matters of its sight changed, and fetches the rest itself.

Every process looks into the shared projection, so it does not matter which process took an event in.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from services.console.access import Sight
from services.console.store import views
from shared.store.unit_of_work import Database

LOOK = 0.2  # seconds between two looks, only while somebody listens
HEARTBEAT = 15.0
LIFE = 300.0  # then the browser comes again with its last id, and is authenticated anew
CHUNK = 200
log = structlog.get_logger(__name__)


class Pulse:
    """One look at the newest revision for all listeners of this process."""

    def __init__(self) -> None:
        self._listeners = 0
        self._looking: asyncio.Task[None] | None = None
        self._newest = 0
        self._moved = asyncio.Condition()

    @asynccontextmanager
    async def listening(self, database: Database) -> AsyncIterator[None]:
        """Keep looking while at least one listener is inside."""
        self._listeners += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(database))
        try:
            yield
        finally:
            self._listeners -= 1
            if self._listeners == 0 and self._looking:
                self._looking.cancel()
                self._looking = None

    async def beyond(self, revision: int, within: float) -> bool:
        """Wait until something is newer than `revision`, at most so long."""
        try:
            async with asyncio.timeout(within), self._moved:
                await self._moved.wait_for(lambda: self._newest > revision)
            return True
        except TimeoutError:
            return False

    async def _look(self, database: Database) -> None:
        while True:
            try:
                async with database.reading() as tx:
                    newest = await views.newest_revision(tx)
                if newest != self._newest:
                    async with self._moved:
                        self._newest = newest
                        self._moved.notify_all()
            except Exception as error:  # the database is away: the browsers keep listening
                log.warning("live.waits", error=type(error).__name__)
            await asyncio.sleep(LOOK)


async def changes(pulse: Pulse, database: Database, sight: Sight, after: int | None) -> AsyncIterator[bytes]:
    """Server-sent events from a revision on (from now, if none): matter id and revision, nothing else."""
    ends = time.monotonic() + LIFE
    async with pulse.listening(database):
        if after is None:
            async with database.reading() as tx:
                after = await views.newest_revision(tx)
        yield b"retry: 1000\n: \n\n"
        seen = after
        while time.monotonic() < ends:
            if not await pulse.beyond(seen, HEARTBEAT):
                yield b": \n\n"
                continue
            async with database.reading() as tx:
                newest = await views.newest_revision(tx)
                rows = await views.changed(tx, sight, after, CHUNK)
            for row in rows:
                yield b'id: %d\nevent: matter\ndata: {"matter_id":"%s","revision":%d}\n\n' % (
                    row.revision, str(row.matter_id).encode(), row.revision,
                )  # fmt: skip
            # What is not in sight is passed over too, or every look would start from the same place again.
            after = rows[-1].revision if len(rows) == CHUNK else max(newest, after)
            seen = after
