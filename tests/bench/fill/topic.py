"""The same events on the broker: whole batches for each partition, in the order of the outbox."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.bus import reading
from shared.bus.topics import PARTITIONS, PUBLISHERS

PREFIX = "bancheng"
BATCH_BYTES = 256 * 1024  # one of each partition in one request must stay below the broker's 100 MB
_ALL = list(range(PARTITIONS))
_partitioner = DefaultPartitioner()
Full = list[tuple[TopicPartition, BatchBuilder]]


class Topics:
    """Collects records into batches; those that are full go out when they are sent."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._open: dict[TopicPartition, BatchBuilder] = {}
        self._full: Full = []

    def add(
        self, topic: str, partition: int, millis: int, key: bytes, value: bytes, headers: list[tuple[str, bytes]]
    ) -> None:  # fmt: skip
        """Add a record."""
        place = TopicPartition(f"{PREFIX}.{topic}", partition)
        batch = self._open.get(place) or self._begin(place)
        if batch.append(timestamp=millis, key=key, value=value, headers=headers) is None:
            self._full.append((place, batch))
            told = self._begin(place).append(timestamp=millis, key=key, value=value, headers=headers)
            assert told is not None, "a record is larger than a batch"

    def taken(self, everything: bool = False) -> Full:
        """The batches that are full, or all of them."""
        full, self._full = self._full, []
        if everything:
            full += self._open.items()
            self._open = {}
        return full

    async def send(self, full: Full) -> None:
        """Send batches and wait until the broker has them."""
        await asyncio.gather(*[
            await self._producer.send_batch(batch, place.topic, partition=place.partition) for place, batch in full
        ])  # fmt: skip

    def _begin(self, place: TopicPartition) -> BatchBuilder:
        self._open[place] = batch = self._producer.create_batch()
        return batch


def producer(bootstrap: str) -> AIOKafkaProducer:
    """A producer of such batches."""
    return AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_batch_size=BATCH_BYTES)


def partition_of(key: bytes) -> int:
    """Where the relay's producer puts a subject."""
    return int(_partitioner(key, _ALL, _ALL))


async def last_records(bootstrap: str) -> list[tuple[str, int, int, int]]:
    """Topic, partition, end and the broker's time of the last record, of every partition that has one."""
    async with reading.reader(bootstrap) as consumer:
        places = await reading.partitions(consumer, [f"{PREFIX}.{name}" for name in (*PUBLISHERS, "operations")])
        spans = await reading.spans(consumer, places)
        wanted = {place: (end - 1, end) for place, (begin, end) in spans.items() if begin < end}
        found: list[tuple[str, int, int, int]] = []
        async for records in reading.read(consumer, wanted):
            found += [_place_of(record) for record in records if record.offset == wanted[_at(record)][0]]
    assert len(found) == len(wanted), "not every partition told its last record"
    return found


def _at(record: Any) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _place_of(record: Any) -> tuple[str, int, int, int]:
    return record.topic, record.partition, record.offset + 1, record.timestamp
