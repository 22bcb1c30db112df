"""The one authority over simulated time: it steps from timer to timer, and only when the whole system has settled.

Part of the one-machine runtime; it reads the services' databases directly, which nothing in production may do.
"""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from bancheng.local.stack import SERVICES, Stack
from shared.bus.topics import PARTITIONS
from shared.workdays import ZONE

PATIENCE = 60.0  # seconds of real time for the system to settle


class Unsettled(RuntimeError):
    """Time cannot go on: names the parts that have not finished."""


@dataclass(frozen=True)
class Reading:
    """What one look at the system found: work still under way, and how much has been done so far."""

    pending: tuple[str, ...]
    done: tuple[int, ...]


_LOOK = """
SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,
       (SELECT count(*) FROM parked) AS parked,
       (SELECT coalesce(sum(value), 0)::bigint FROM subject_sequence) AS written,
       (SELECT coalesce(json_object_agg(topic || '-' || partition, next_offset), '{}')::text
        FROM consumer_offset) AS offsets"""


class Authority:
    """Moves the clock of one running stack."""

    def __init__(self, stack: Stack, readers: dict[str, Any], broker: AIOKafkaConsumer) -> None:
        assert stack.clock is not None
        self._clock, self._readers, self._broker = stack.clock, readers, broker
        self._topics = {name: {f"bancheng.{topic}" for topic in _subscribed(name)} for name in SERVICES}
        read = sorted(set().union(*self._topics.values()))
        self._partitions = [TopicPartition(topic, number) for topic in read for number in range(PARTITIONS)]

    def now(self) -> datetime:
        """The simulated time."""
        return self._clock.now()

    async def advance(self, to: datetime, settle: bool = True) -> None:
        """Go to a moment by way of every timer in between; `settle=False` moves time regardless, for outages."""
        if not settle:
            return self._clock.set(to)
        while True:
            await self.settle()
            timer = await self._next_timer()
            if timer is None or timer >= to:
                break
            self._clock.set(max(timer, self._clock.now()))
        if to > self._clock.now():
            self._clock.set(to)
            await self.settle()

    async def settle(self, within: float = PATIENCE) -> None:
        """Wait until two readings in a row agree that nothing is under way."""
        last: Reading | None = None
        try:
            async with asyncio.timeout(within):
                while True:
                    reading = await self._read()
                    if not reading.pending and reading == last:
                        return
                    last = reading
                    await asyncio.sleep(0.01)
        except TimeoutError:
            waiting = "; ".join(last.pending) if last else "the databases do not answer"
            raise Unsettled(f"not settled after {within:.0f} s: {waiting}") from None

    async def _read(self) -> Reading:
        """What is under way; the broker, which costs most, is asked only when the databases have nothing left to do."""
        try:
            rows = dict(zip(SERVICES, await asyncio.gather(*map(self._look, SERVICES)), strict=True))
            pending = [line for service, row in rows.items() for line in _left_in(service, row)]
            timer = await self._next_timer()
            if timer is not None and timer <= self._clock.now():
                pending.append("deadlines: timers due")
            if not pending:
                ends = await self._broker.end_offsets(self._partitions)
                pending = [line for service, row in rows.items() for line in self._behind(service, row, ends)]
        except (KafkaError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return Reading((type(error).__name__,), ())
        return Reading(tuple(pending), tuple(row["written"] for row in rows.values()))

    def _behind(self, service: str, row: Any, ends: Mapping[TopicPartition, int]) -> Iterator[str]:
        offsets = json.loads(row["offsets"])
        behind = sum(
            max(0, end - offsets.get(f"{partition.topic}-{partition.partition}", 0))
            for partition, end in ends.items()
            if partition.topic in self._topics[service]
        )
        if behind:
            yield f"{service}: {behind} events behind"

    async def _look(self, service: str) -> Any:
        return await self._readers[service].fetchrow(_LOOK)

    async def _next_timer(self) -> datetime | None:
        found = await self._readers["deadlines"].fetchval("SELECT min(at) FROM timer")
        return found.astimezone(ZONE) if found else None


@asynccontextmanager
async def authority(stack: Stack) -> AsyncIterator[Authority]:
    """The authority over a running stack with a simulated clock."""
    async with AsyncExitStack() as closing:
        readers = {}
        for service in SERVICES:
            readers[service] = pool = await asyncpg.create_pool(stack.database_url(service), min_size=1, max_size=2)
            closing.push_async_callback(pool.close)
        broker = AIOKafkaConsumer(bootstrap_servers=stack.kafka.bootstrap, enable_auto_commit=False)
        await broker.start()
        closing.push_async_callback(broker.stop)
        yield Authority(stack, readers, broker)


def _left_in(service: str, row: Any) -> Iterator[str]:
    if row["unpublished"]:
        yield f"{service}: {row['unpublished']} events not yet on the bus"
    if row["parked"]:
        yield f"{service}: {row['parked']} parked"


def _subscribed(service: str) -> tuple[str, ...]:
    """The topics a service reacts to, as its own subscription says."""
    return tuple(importlib.import_module(f"services.{service}.messaging").Reactor.topics)
