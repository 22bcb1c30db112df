"""What the whole system amounts to after the play: events in the log, what is parked, what is dead."""

from dataclasses import dataclass

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from bancheng.audit import Verdict, verify
from bancheng.local.stack import SERVICES, Stack


@dataclass(frozen=True)
class Tally:
    """Counts over all services, and the verdict on the log; `telling`: events that name a reporter."""

    published: int
    telling: int
    parked: int
    dead: int
    log: Verdict

    @property
    def right(self) -> bool:
        """Everything was applied, nothing names a reporter, and every event published stands in a sound log."""
        sound = self.log.sound and self.log.size == self.published
        return sound and not (self.telling or self.parked or self.dead)


async def tally(stack: Stack) -> Tally:
    """Count; the system must have settled."""
    published = telling = parked = 0
    for service in SERVICES:
        connection = await asyncpg.connect(stack.database_url(service))
        try:
            published += await connection.fetchval(f"SELECT count(*) {_EVENTS}")
            telling += await connection.fetchval(f"SELECT count(*) {_EVENTS} AND {_TELLS}")
            parked += await connection.fetchval("SELECT count(*) FROM parked")
        finally:
            await connection.close()
    log = await verify(stack.database_url("audit"))
    return Tally(published, telling, parked, await _dead_letters(stack.kafka.bootstrap), log)


_EVENTS = "FROM outbox WHERE aggregatetype NOT LIKE '%.dlq'"  # a dead letter is no event
_TELLS = "convert_from(payload, 'UTF8') ~ '某|13800000'"  # every invented name has the one, every phone the other


async def _dead_letters(bootstrap: str) -> int:
    topics = [TopicPartition(f"bancheng.{service}.dlq", 0) for service in SERVICES]
    broker = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await broker.start()
    try:
        return sum((await broker.end_offsets(topics)).values())
    finally:
        await broker.stop()
