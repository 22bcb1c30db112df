"""What the whole system amounts to after the play: events in the log, what is parked, what is dead."""

from dataclasses import dataclass

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from bancheng.audit import Verdict, verify
from bancheng.local.stack import SERVICES, Stack


@dataclass(frozen=True)
class Tally:
    """Counts over all services, and the verdict on the log."""

    published: int
    parked: int
    dead: int
    log: Verdict

    @property
    def right(self) -> bool:
        """Everything was applied, and every event published stands in a sound log."""
        return self.log.sound and self.log.size == self.published and not self.parked and not self.dead


async def tally(stack: Stack) -> Tally:
    """Count; the system must have settled."""
    published = parked = 0
    for service in SERVICES:
        connection = await asyncpg.connect(stack.database_url(service))
        try:
            published += await connection.fetchval(_PUBLISHED)
            parked += await connection.fetchval("SELECT count(*) FROM parked")
        finally:
            await connection.close()
    log = await verify(stack.database_url("audit"))
    return Tally(published, parked, await _dead_letters(stack.kafka.bootstrap), log)


# Checkpoints are audit's own and not for the log; a dead letter is no event.
_PUBLISHED = """
SELECT count(*) FROM outbox WHERE aggregatetype NOT LIKE '%.dlq' AND aggregatetype NOT LIKE 'audit.%'"""


async def _dead_letters(bootstrap: str) -> int:
    topics = [TopicPartition(f"bancheng.{service}.dlq", 0) for service in SERVICES]
    broker = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await broker.start()
    try:
        return sum((await broker.end_offsets(topics)).values())
    finally:
        await broker.stop()
