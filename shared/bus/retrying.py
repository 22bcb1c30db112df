"""Trying parked events again: a key's first one, in a transaction of its own, until none moves any more."""

from collections.abc import Iterable

import structlog

from shared.bus import parking, watermarks
from shared.bus.deciding import Decider, count, publish
from shared.bus.watermarks import Key
from shared.store.unit_of_work import Database, is_passing

log = structlog.get_logger(__name__)


class Retrier:
    """One service's parked events."""

    def __init__(self, service: str, database: Database, decider: Decider) -> None:
        self._service, self._database, self._decider = service, database, decider
        self.anything_parked = True  # until a look into the table says otherwise

    async def subjects(self, subjects: Iterable[str]) -> None:
        """Try the parked heads of these subjects; one that goes through may free another, so until none moves."""
        async with self._database.reading() as tx:
            keys = await parking.keys_of(tx, subjects)
        moved = bool(keys)
        while moved:
            moved = False
            for key in keys:
                while await self._retry_head(key):
                    moved = True

    async def _retry_head(self, key: Key) -> bool:
        """Try the first parked event of a key in a transaction of its own; whether it is gone."""
        try:
            return await self._retry_once(key)
        except Exception as error:
            if is_passing(error):
                raise
            log.error("consumer.retry_failed", error=type(error).__name__, exc_info=True)
            async with self._database.transaction() as tx:
                await watermarks.lock(tx, [key])
                if parked := await parking.head(tx, key):
                    await parking.failed_again(tx, parked, f"handler failed: {type(error).__name__}")
            return False

    async def _retry_once(self, key: Key) -> bool:
        async with self._database.transaction() as tx:
            marks = await watermarks.lock(tx, [key])
            mark, parked = marks[key], await parking.head(tx, key)
            if parked is None:
                return False
            if parked.record.sequence > mark.sequence + 1:
                await parking.wait_for_gap(tx, parked)
                return False
            mark.parked_from = None  # the head itself is the next one
            if not mark.is_duplicate(parked.record):
                plan = await self._decider.decide(tx, [parked.record], marks)
                if plan.left:
                    await parking.failed_again(tx, parked, plan.left[0][1])
                    return False
                publish(tx, plan)
            await parking.forget(tx, mark, parked.record)
            watermarks.save(tx, marks)
        count(self._service, retried=1)
        return True

    async def due(self) -> None:
        """Try those whose backoff is over."""
        try:
            self.anything_parked = False  # before the look: a batch that parks meanwhile sets it again
            async with self._database.reading() as tx:
                due = await parking.due_keys(tx)
                self.anything_parked |= bool(due) or await tx.one("SELECT 1 FROM parked LIMIT 1") is not None
            for key in due:
                await self.subjects([key[1]])
        except Exception as error:
            log.warning("consumer.retry_interrupted", error=type(error).__name__)
