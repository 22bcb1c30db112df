"""The consumer: batches of records, one transaction each, every event applied once and in its order.

FastStream brings the records; envelope and bodies are read by us, one by one, so that a bad record spoils only itself.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError
from asyncpg import UniqueViolationError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from prometheus_client import Counter

from shared.bus import header_names, outbox, pace, parking, watermarks
from shared.bus.deciding import Decider, Plan, count, publish
from shared.bus.envelope import Record, Unreadable, headers_to_json, read
from shared.bus.places import Places, out_of_step
from shared.bus.retrying import Retrier
from shared.bus.watermarks import Key, Mark
from shared.settings import Settings
from shared.store.unit_of_work import Database, Transaction, is_passing

BATCH = 500
TOPICS_SEEN = 10  # seconds until topics that were made meanwhile (the broker had lost them) are taken up
RACES = 3  # a row that another consumer made between our look and our insert is there at the next try
TELL = 2.0  # seconds between two commits of offsets at Kafka, which only serve to show the lag
log = structlog.get_logger(__name__)
batches = Counter("bancheng_batches", "Batches taken in, one transaction each", ["service"])
rebalances = Counter("bancheng_consumer_rebalances", "Assignments of partitions to this process", ["service"])


@dataclass(frozen=True, slots=True)
class DeadRecord:
    """A record that is no event at all; kept with its original headers and bytes."""

    topic: str
    partition: int
    offset: int
    headers: Sequence[tuple[str, bytes]]
    value: bytes
    reason: str
    timestamp: int = 0

    def as_outbox(self, service: str, tx: Transaction) -> outbox.Pending:
        """The row that carries it to the dead-letter topic."""
        origin = f"{self.topic}-{self.partition}"
        headers = {
            "original": headers_to_json(self.headers),
            "reason": self.reason,
            "origin": f"{origin}-{self.offset}",
        }
        return outbox.dead_letter(service, origin, self.value, headers, tx.now)


Item = Record | DeadRecord


class Consumer:
    """One service's subscription."""

    def __init__(self, settings: Settings, service: str, database: Database, reactor: Any) -> None:
        self._settings, self._service, self._database, self._reactor = settings, service, database, reactor
        self._decider = Decider(service, reactor)
        self._parked = Retrier(service, database, self._decider)
        self._failures = 0
        self._broker: KafkaBroker | None = None
        self._subscriber: Any = None
        self._beside: asyncio.Task[None] | None = None
        self._taken: dict[TopicPartition, int] = {}
        self._told_at = 0.0
        self._places = Places(service)

    async def start(self) -> None:
        """Join the group and read on from the offsets in our own database; may be called again if it failed."""
        if self._broker is not None:
            await self._broker.stop()
        header_names.tolerate_any()
        self._broker = KafkaBroker(
            self._settings.brokers, apply_types=False, logger=None, metadata_max_age_ms=TOPICS_SEEN * 1000
        )
        self._subscriber = self._broker.subscriber(
            *(f"{self._settings.topic_prefix}.{name}" for name in self._reactor.topics),
            batch=True,
            max_records=BATCH,
            batch_timeout_ms=200,
            group_id=f"{self._settings.topic_prefix}.{self._service}",
            group_instance_id=self._settings.instance,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,  # our own offsets count; those at Kafka are told now and then
            heartbeat_interval_ms=500,
            session_timeout_ms=6000,
            partition_assignment_strategy=(RangePartitionAssignor,),  # one matter's topics reach one process
            listener=_Resume(self),
            parser=self._lenient,
            decoder=_raw,
        )
        self._subscriber(self.on_batch)
        await self._broker.start()
        pace.apply(self._subscriber.consumer)
        self._beside = asyncio.create_task(self._work_beside())

    async def stop(self) -> None:
        """Leave the group."""
        if self._beside:
            self._beside.cancel()
            await asyncio.gather(self._beside, return_exceptions=True)
        if self._broker is not None:
            await self._broker.stop()

    async def lag(self) -> int | None:
        """Records not yet taken in over the assigned partitions; None while nothing is assigned."""
        consumer = self._subscriber.consumer if self._subscriber else None
        if consumer is None or not consumer.assignment():
            return None
        ends = ((partition, consumer.highwater(partition)) for partition in consumer.assignment())
        behind = [end - await consumer.position(partition) for partition, end in ends if end is not None]
        return sum(max(0, int(records)) for records in behind)

    async def on_batch(self, raw: Sequence[Any]) -> None:
        """Take in one batch; on a passing error wait, then have the same batch again."""
        kept, replaced = self._places.proven(self._subscriber and self._subscriber.consumer, raw)
        count(self._service, log_replaced=replaced)
        items = [_readable(record) for record in kept]
        if not items:
            return
        try:
            await self._take(items)
            self._failures = 0
            batches.labels(self._service).inc()
        except Exception as error:
            self._failures += 1
            log.warning("consumer.batch_repeated", error=type(error).__name__, failures=self._failures)
            await asyncio.sleep(min(0.1 * 2 ** min(self._failures, 6), 5.0) * random.uniform(0.5, 1.5))
            if out_of_step(error):
                log.error("consumer.database_set_back")
                await self.assigned(self._subscriber.consumer.assignment())
            else:
                self._read_again(items)
        else:
            self._taken |= {TopicPartition(item.topic, item.partition): item.offset + 1 for item in items}

    def _read_again(self, items: Sequence[Item]) -> None:
        first: dict[TopicPartition, int] = {}
        for item in items:
            first.setdefault(TopicPartition(item.topic, item.partition), item.offset)
        for partition, offset in first.items():
            with contextlib.suppress(IllegalStateError):  # no longer ours: whoever has it reads on from the database
                self._subscriber.consumer.seek(partition, offset)

    async def _take(self, items: Sequence[Item]) -> None:
        """Apply items in one transaction; where loading or saving fails, halve until the culprit stands alone."""
        try:
            await self._apply(items)
        except Exception as error:
            if (
                is_passing(error)
                or out_of_step(error)
                or (isinstance(error, UniqueViolationError) and self._failures < RACES)
            ):
                raise
            if len(items) > 1:
                await self._take(items[: len(items) // 2])
                await self._take(items[len(items) // 2 :])
                return
            log.error("consumer.handler_failed", error=type(error).__name__, exc_info=True)
            await self._apply(items, failing=f"handler failed: {type(error).__name__}")
        if self._parked.anything_parked:
            await self._parked.subjects({item.subject for item in items if isinstance(item, Record)})

    async def _apply(self, items: Sequence[Item], failing: str | None = None) -> None:
        records = [item for item in items if isinstance(item, Record)]
        dead = [item for item in items if isinstance(item, DeadRecord)]
        async with self._database.transaction() as tx:
            marks = await watermarks.lock(tx, (record.key for record in records))
            forks = [_forked(record) for record in records if marks[record.key].is_fork(record)]
            fresh = _fresh(records, marks)
            if failing is None:
                plan = await self._decider.decide(tx, fresh, marks)
            else:
                plan = Plan(left=[(record, failing) for record in fresh])
            await parking.park(tx, marks, plan.left)
            await parking.wake(tx, marks)
            watermarks.save(tx, marks)
            self._places.save(tx, items)
            publish(tx, plan)
            tx.events += [item.as_outbox(self._service, tx) for item in dead + forks]
        self._places.saved(items)
        self._parked.anything_parked |= bool(plan.left)
        count(
            self._service,
            applied=plan.applied,
            parked=len(plan.left),
            dead=len(dead) + len(forks),
            fork=len(forks),
            duplicate=len(records) - len(fresh),
        )

    async def _work_beside(self) -> None:
        """What goes on between batches: parked events whose backoff is over, offsets for the lag."""
        while True:
            await asyncio.sleep(0.5)
            await self._tell_offsets()
            await self._parked.due()

    async def _tell_offsets(self) -> None:
        if self._taken and time.monotonic() > self._told_at + TELL:
            taken, self._taken, self._told_at = self._taken, {}, time.monotonic()
            try:
                await self._subscriber.consumer.commit(taken)
            except (KafkaError, OSError) as error:  # a rebalance, an outage: the next batch tells anew
                log.debug("consumer.offsets_not_told", error=type(error).__name__)

    async def assigned(self, partitions: Collection[TopicPartition]) -> None:
        """Read on from the offsets kept with the effects: a restored database reads on from where it was."""
        consumer = self._subscriber.consumer
        consumer.pause(*partitions)  # no record may flow before the seek
        rebalances.labels(self._service).inc()
        while True:
            try:
                count(self._service, log_replaced=await self._places.take_up(consumer, self._database, partitions))
                return consumer.resume(*partitions)  # type: ignore[no-any-return]
            except Exception as error:
                log.warning("consumer.resume_waits", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _lenient(self, message: Any) -> KafkaAckableMessage:
        """FastStream's own parser decodes headers as UTF-8 and loses the whole batch over one that is not."""
        return KafkaAckableMessage(
            body=b"", headers={}, raw_message=message, message_id="", consumer=self._subscriber.parser._consumer
        )


class _Resume(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        pass

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self._consumer.assigned(assigned)


def _fresh(records: Sequence[Record], marks: Mapping[Key, Mark]) -> list[Record]:
    """Leave out what was taken in before, and what stands twice in this batch."""
    fresh: dict[tuple[str, str, int], Record] = {}
    for record in records:
        if not marks[record.key].is_duplicate(record):
            fresh.setdefault((*record.key, record.sequence), record)
    return list(fresh.values())


def _forked(record: Record) -> DeadRecord:
    """The other event of a history that split: alarmed, and kept whole among the dead letters."""
    log.error("consumer.fork", source=record.source, subject=record.subject, sequence=record.sequence)
    place = record.topic, record.partition, record.offset
    return DeadRecord(*place, record.headers, record.value, "fork", record.timestamp)


def _readable(record: Any) -> Item:
    place = (record.topic, record.partition, record.offset)
    try:
        return read(*place, record.headers, record.value, record.timestamp)
    except Unreadable as error:
        return DeadRecord(*place, record.headers, record.value or b"", str(error), record.timestamp)


async def _raw(message: Any) -> list[Any]:
    return list(message.raw_message)
