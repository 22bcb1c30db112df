"""Reading a topic outside of any group: from where to where, and no further; for comparing, never for effects."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

Span = tuple[int, int]
Spans = Mapping[TopicPartition, Span]
PATIENCE = 10.0  # seconds without a single record before the partitions left count as out of reach


@asynccontextmanager
async def reader(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer that belongs to no group and commits nothing."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", request_timeout_ms=10_000
    )
    try:
        await asyncio.wait_for(consumer.start(), PATIENCE)
        yield consumer
    finally:
        await consumer.stop()


async def partitions(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> list[TopicPartition]:
    """The partitions of those topics that exist."""
    cluster = await consumer._client.fetch_all_metadata()  # topics() would keep the partitions to itself
    return [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(cluster.partitions_for_topic(topic) or ())
    ]


async def spans(consumer: AIOKafkaConsumer, wanted: Sequence[TopicPartition]) -> dict[TopicPartition, Span]:
    """First and next offset of each partition."""
    if not wanted:
        return {}
    begins, ends = await consumer.beginning_offsets(wanted), await consumer.end_offsets(wanted)
    return {partition: (begins[partition], ends[partition]) for partition in wanted}


async def read(consumer: AIOKafkaConsumer, wanted: Spans) -> AsyncIterator[Sequence[Any]]:
    """The records of these spans, in order within each partition; raises TimeoutError where a partition stays mute."""
    left = {partition: end for partition, (begin, end) in wanted.items() if begin < end}
    consumer.assign(list(left))
    for partition in left:
        consumer.seek(partition, wanted[partition][0])
    while left:
        async with asyncio.timeout(PATIENCE):
            while not (found := await consumer.getmany(timeout_ms=500, max_records=2000)):
                pass
        for partition, records in found.items():
            end = left.get(partition, 0)
            yield [record for record in records if record.offset < end]
            if records[-1].offset + 1 >= end:
                left.pop(partition, None)
                consumer.pause(partition)


__all__ = ["Span", "Spans", "partitions", "read", "reader", "spans"]
