"""Where a consumer stands in each partition: kept in its own database with the effects, never trusted blindly.

Two things may have been set back under it. The broker: it lost its disk, and a new log of the same name counts from 0;
so the last record taken in is read once more, and must be there with the broker's time of then. The database: it was
restored while the process ran on; so each batch must start where the row stands, or it is refused.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from asyncpg import CheckViolationError

from shared.store.unit_of_work import Database, Transaction

PATIENCE = 5.0  # seconds for the broker to say where its partitions end
IN_STEP = "ck_consumer_offset_in_step"
log = structlog.get_logger(__name__)

_LOAD = "SELECT topic, partition, next_offset, last_time FROM consumer_offset"
_SAVE = """
INSERT INTO consumer_offset AS o (topic, partition, next_offset, last_time, read_from)
SELECT topic, partition, next_offset, last_time, read_from
FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]), CAST(:times AS bigint[]),
            CAST(:froms AS bigint[])) AS s(topic, partition, next_offset, last_time, read_from)
ORDER BY topic, partition
ON CONFLICT (topic, partition) DO UPDATE SET
    next_offset = CASE WHEN excluded.read_from IS NULL OR excluded.read_from = o.next_offset
                       THEN excluded.next_offset ELSE -1 END,
    last_time = excluded.last_time, read_from = excluded.read_from"""


class Placed(Protocol):
    """Anything that came from a place of a log."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...


class Last(NamedTuple):
    """The last record that was taken in: its offset and the time it has at the broker."""

    offset: int
    time: int


class Places:
    """Where this process stands."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._stands: dict[TopicPartition, int] = {}  # as this process knows the row in the database
        self._unproven: dict[TopicPartition, Last] = {}

    async def take_up(self, consumer: Any, database: Database, assigned: Collection[TopicPartition]) -> int:
        """Seek to where the database stands; how many partitions turned out to be another log already."""
        async with database.reading() as tx:
            kept = {TopicPartition(row.topic, row.partition): row for row in await tx.all(_LOAD)}
        ends, replaced = await _ends(consumer, assigned), 0
        for place in assigned:
            row, last = kept.get(place), None
            self._stands[place] = at = row.next_offset if row else 0  # what Kafka's own offsets say does not count
            if row and row.last_time is not None and at:
                last = Last(at - 1, row.last_time)
            if at > ends.get(place, at):
                self._alarm(place, at)
                at, last, replaced = 0, None, replaced + 1
            self._unproven.pop(place, None)
            if last:
                self._unproven[place] = last
            consumer.seek(place, last.offset if last else at)
        return replaced

    def proven(self, consumer: Any, records: Sequence[Any]) -> tuple[Sequence[Any], int]:
        """The records to take in; where the last one known is not what it was, back to the beginning of that log."""
        if not self._unproven:
            return records, 0
        kept, rewound, replaced = list[Any](), set[TopicPartition](), 0
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            last = self._unproven.pop(place, None)
            if last is None:
                if place not in rewound:
                    kept.append(record)
            elif (record.offset, record.timestamp) != last:
                if record.offset <= last.offset:
                    self._alarm(place, last.offset + 1)
                    replaced += 1
                elif record.offset > last.offset + 1:
                    log.error("consumer.records_gone", at=_name(place), first=last.offset + 1, next=record.offset)
                if record.offset == last.offset:  # a shorter log has been read from its beginning anyway
                    consumer.seek(place, 0)
                    rewound.add(place)
                else:
                    kept.append(record)
        return kept, replaced

    def save(self, tx: Transaction, items: Iterable[Placed]) -> None:
        """Have the places behind these items written with their effects."""
        last = {(item.topic, item.partition): item for item in items}
        if last:
            params = {
                "topics": [topic for topic, _ in last],
                "partitions": [partition for _, partition in last],
                "offsets": [item.offset + 1 for item in last.values()],
                "times": [item.timestamp for item in last.values()],
                "froms": [self._stands.get(TopicPartition(*place)) for place in last],
            }
            tx.write(_SAVE, params)

    def saved(self, items: Iterable[Placed]) -> None:
        """The transaction has committed."""
        self._stands |= {TopicPartition(item.topic, item.partition): item.offset + 1 for item in items}

    def _alarm(self, place: TopicPartition, stood: int) -> None:
        log.error("consumer.log_replaced", at=_name(place), stood_at=stood, then="reading from its beginning")


def out_of_step(error: BaseException) -> bool:
    """Whether a batch was refused because the database stands elsewhere than this process left it."""
    return isinstance(error, CheckViolationError) and error.constraint_name == IN_STEP


async def _ends(consumer: Any, assigned: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    try:
        return dict(await asyncio.wait_for(consumer.end_offsets(list(assigned)), PATIENCE))
    except (KafkaError, TimeoutError) as error:  # the last record known tells as well, only later
        log.debug("consumer.ends_unknown", error=type(error).__name__)
        return {}


def _name(place: TopicPartition) -> str:
    return f"{place.topic}-{place.partition}"


__all__ = ["Last", "Places", "out_of_step"]
