"""What was heard of the sources' progress: until when nothing older can still be on its way to a consumer."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus import reading
from shared.bus.envelope import source_of
from shared.bus.progress import TOPIC, Progress
from shared.settings import Settings
from shared.store.unit_of_work import Transaction

MOST = 1000  # words of one source kept while the consumer is behind them
Places = Mapping[TopicPartition, int]
log = structlog.get_logger(__name__)


class Heard:
    """The words of every source that a consumer listens to, and up to where they are proven by its own places.

    A word counts once the consumer has taken in all that lies before the word's offsets. Nothing is stored: the topic
    is compacted, and is read from its beginning at every start.
    """

    def __init__(self, settings: Settings, services: Iterable[str]) -> None:
        self._kafka, self._prefix = settings.kafka, settings.topic_prefix
        self._topics = {source_of(settings.region, name): f"{self._prefix}.{name}" for name in services}
        self._waiting: dict[str, list[Progress]] = {source: [] for source in self._topics}
        self._last: dict[str, Progress] = {}  # the latest word of each that was proven
        self._news = asyncio.Event()

    @property
    def upto(self) -> datetime | None:
        """Everything dated before this has been taken in; None until every source was heard."""
        return min(self.proven.values()) if len(self._last) == len(self._topics) else None

    @property
    def proven(self) -> Mapping[str, datetime]:
        """The same for each source that was heard."""
        return {source: word.upto for source, word in self._last.items()}

    @property
    def held(self) -> list[str]:
        """Subjects with an event that the broker refused: theirs is not all out."""
        return sorted({subject for word in self._last.values() for subject in word.held})

    @property
    def anything_new(self) -> bool:
        """Whether there are words to be proven."""
        return any(self._waiting.values())

    def take(self, word: Progress) -> None:
        """Take in a word; those of others than the sources wanted are passed over."""
        if word.source in self._waiting:
            self._waiting[word.source] = [*self._waiting[word.source][1 - MOST :], word]
            self._news.set()

    def prove(self, places: Places) -> None:
        """Compare with how far the consumer stands, as a transaction that begins now sees it."""
        for source, words in self._waiting.items():
            for number in reversed(range(len(words))):
                if self._is_proven(words[number], places):
                    self._last[source] = words[number]
                    del words[: number + 1]
                    break

    def still_holds(self, places: Places) -> bool:
        """Whether what was proven still is: a database that was set back has its consumer behind the words again."""
        return all(self._is_proven(word, places) for word in self._last.values())

    def _is_proven(self, word: Progress, places: Places) -> bool:
        topic = self._topics[word.source]
        return all(places.get(TopicPartition(topic, each), 0) >= end for each, end in word.offsets.items())

    async def news(self, within: float) -> None:
        """Wait for the next word, but not for long."""
        self._news.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), within)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hear words as long as the body lasts, through every outage of the broker."""
        listener = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                async with reading.reader(self._kafka) as consumer:
                    await self._hear(consumer)
            except (Exception, asyncio.CancelledError) as error:
                task = asyncio.current_task()
                if task and task.cancelling():
                    raise
                log.warning("progress.not_heard", error=type(error).__name__)
            await asyncio.sleep(1)

    async def _hear(self, consumer: AIOKafkaConsumer) -> None:
        place = TopicPartition(f"{self._prefix}.{TOPIC}", 0)
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        while True:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                for record in records:
                    self._read(record.value)

    def _read(self, value: bytes | None) -> None:
        try:
            self.take(Progress.from_json(value or b""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("progress.unreadable", error=type(error).__name__)


async def places(tx: Transaction) -> Places:
    """How far the consumer of this database has taken each partition in."""
    rows = await tx.all("SELECT topic, partition, next_offset FROM consumer_offset")
    return {TopicPartition(row.topic, row.partition): row.next_offset for row in rows}


__all__ = ["Heard", "places"]
