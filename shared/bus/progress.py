"""Progress: up to which business time all of a service's events are out, told by its relay beside the events.

`bancheng.progress` is no topic of events: one partition, compacted, the last word of each source counts.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from shared import clock
from shared.bus import fence, reading
from shared.bus.topics import is_there
from shared.settings import Settings

TOPIC = "progress"
EVERY = 10.0  # seconds between two words; a clock that stands still has one at each step
AGAIN = 1.0  # seconds until the fence is tried again, or a topic that is not there
PATIENCE = 30.0  # seconds for the broker
REPLACED = 60.0  # seconds of silence after a log was filled anew: consumers find out meanwhile that it is another
log = structlog.get_logger(__name__)

# A row refused for good holds back the later ones of its subject: these are told as held instead.
_BEHIND = "SELECT coalesce(max(position), 0) FROM outbox"
_UNSENT = """
SELECT EXISTS (
    SELECT 1 FROM outbox o
    WHERE published_at IS NULL AND failed_reason IS NULL AND aggregatetype = $1 AND position <= $2
    AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.failed_reason IS NOT NULL AND f.type <> 'dead-letter'
                    AND f.aggregateid = o.aggregateid AND f.position < o.position))"""
_HELD = """
SELECT DISTINCT aggregateid FROM outbox
WHERE failed_reason IS NOT NULL AND type <> 'dead-letter' AND aggregatetype = $1"""


class Progress(NamedTuple):
    """One word: every event of `source` dated before `upto` lies before these offsets, but for those of `held`."""

    source: str
    upto: datetime
    offsets: Mapping[int, int]
    held: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """The record's value."""
        offsets = {str(partition): offset for partition, offset in sorted(self.offsets.items())}
        return orjson.dumps({"source": self.source, "upto": self.upto, "offsets": offsets, "held": list(self.held)})

    @classmethod
    def from_json(cls, value: bytes) -> "Progress":
        """The inverse; raises ValueError, KeyError or TypeError for anything else."""
        told = orjson.loads(value)
        upto = datetime.fromisoformat(told["upto"])
        if upto.tzinfo is None:
            raise ValueError("a naive time")
        offsets = {int(partition): int(offset) for partition, offset in told["offsets"].items()}
        return cls(str(told["source"]), upto, offsets, tuple(map(str, told["held"])))


class Telling:
    """One relay's side of it."""

    def __init__(self, settings: Settings, service: str, source: str) -> None:
        self._topic, self._events = f"{settings.topic_prefix}.{TOPIC}", f"{settings.topic_prefix}.{service}"
        self._service, self._source, self._kafka = service, source, settings.kafka
        self._known = 0  # partitions there are
        self._told: datetime | None = None
        self._coming: tuple[datetime, int] | None = None  # fenced, and the row up to which all must be out first
        self._next = self._not_before = 0.0

    @property
    def poll(self) -> float:
        """How long the relay may sleep at most: a standing clock is looked at often."""
        return 0.01 if clock.stands_still() else EVERY

    def be_silent(self) -> None:
        """The log was lost and is filled anew: a consumer that does not know it yet stands beyond its end."""
        self._not_before = time.monotonic() + REPLACED

    async def look(self, connection: Any, producer: AIOKafkaProducer, ends: Mapping[TopicPartition, int]) -> None:
        """Put up the fence when it is time, and say so once everything before it is out."""
        if time.monotonic() < self._not_before:
            return
        if self._coming is None and self._is_time():
            self._coming = await self._fenced(connection)
        if self._coming is None or await connection.fetchval(_UNSENT, self._service, self._coming[1]):
            return
        held = [row["aggregateid"] for row in await connection.fetch(_HELD, self._service)]
        offsets = {place.partition: end for place, end in ends.items() if place.topic == self._events}
        if await self._say(producer, Progress(self._source, self._coming[0], offsets, tuple(held))):
            self._told, self._coming, self._next = self._coming[0], None, time.monotonic() + EVERY
        else:
            self._not_before = time.monotonic() + AGAIN

    def _is_time(self) -> bool:
        return time.monotonic() >= self._next or (clock.stands_still() and clock.now() != self._told)

    async def _fenced(self, connection: Any) -> tuple[datetime, int] | None:
        upto = clock.settled(await connection.fetchval("SELECT clock_timestamp()"))
        if await fence.put(connection, upto):
            return upto, await connection.fetchval(_BEHIND)
        self._not_before = time.monotonic() + AGAIN
        return None

    async def _say(self, producer: AIOKafkaProducer, word: Progress) -> bool:
        """Whether it could be said; the word names the end of every partition."""
        if not (await is_there(producer, self._events) and await is_there(producer, self._topic)):
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                word = word._replace(offsets={**await self._other_ends(word), **word.offsets})
                await producer.send_and_wait(self._topic, word.to_json(), key=self._source.encode())
        except KafkaError as error:
            log.warning("progress.not_told", error=type(error).__name__)
            return False
        return True

    async def _other_ends(self, word: Progress) -> Mapping[int, int]:
        """Where partitions end to which this session sent nothing and which it could not see when it began."""
        if len(word.offsets) == self._known:
            return {}
        async with reading.reader(self._kafka) as consumer:
            places = await reading.partitions(consumer, [self._events])
            self._known = len(places)
            spans = await reading.spans(consumer, places)
        return {place.partition: end for place, (_, end) in spans.items()}
