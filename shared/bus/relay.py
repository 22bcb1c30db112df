"""The relay: sends committed outbox rows to the broker in order, and marks them only after its acknowledgement.

Duplicates are allowed, gaps are not: after any passing error or lost connection it rebuilds producer and connection and
starts again from the first row not marked. Before it sends anything it looks whether the topic tells the same history
as the database (shared/bus/history.py).
"""

import asyncio
import base64
import random
import time
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, ProducerClosed, RecordListTooLargeError
from prometheus_client import Counter

from shared.bus.envelope import source_of, write_headers
from shared.bus.gate import Gate
from shared.bus.history import Finding, State, compare
from shared.bus.line import until_cut
from shared.bus.progress import Telling
from shared.bus.topics import PUBLISHERS, is_there
from shared.settings import Settings
from shared.store.statements import SERVER

BATCH = 500
GATHER = 0.02  # seconds from one look to the next under load; after a pause a row goes at once
POLL = 0.1  # seconds; the safety net behind the wake-up in process, and what serves a relay in its own process
PATIENCE = 30.0  # seconds for the broker's acks: the producer's futures wait without limit while it is away
LONGEST = 2.0  # seconds between two tries: every restart of the broker ends a session
HELD = 2.0  # seconds between two looks while a history that differs holds everything back
REFUSED_FOR_GOOD = (MessageSizeTooLargeError, RecordListTooLargeError)  # rights and topics can be mended
LOCK = 0x62616E6368656E67  # "bancheng": one relay per database

# A row refused for good holds back the later ones of its subject, so that consumers see a gap, never a wrong order.
_ROWS = """
SELECT position, id, aggregatetype, aggregateid, type, payload, sequence, occurred_at, correlation_id, causation_id,
       actor, actor_role, traceparent, raw_headers
FROM outbox o
WHERE failed_reason IS NULL AND {which}
  AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.failed_reason IS NOT NULL AND f.type <> 'dead-letter'
                  AND f.aggregateid = o.aggregateid AND f.position < o.position)
ORDER BY position LIMIT {limit}"""
_NEXT = _ROWS.format(which="published_at IS NULL AND aggregatetype <> ALL($1::text[])", limit=BATCH)
_AGAIN = _ROWS.format(which="position BETWEEN $1 AND $2", limit=BATCH)
_MARK = "UPDATE outbox SET published_at = now() WHERE position = ANY($1::bigint[]) AND published_at IS NULL"

published = Counter("bancheng_events_published", "Outbox rows acknowledged by the broker", ["service"])
log = structlog.get_logger(__name__)


class HeldBack(Exception):
    """Topic and database tell different histories: nothing is sent until an operator has decided."""


class LogReplaced(Exception):
    """The broker numbers records anew: it has lost what it had."""


class Acked(NamedTuple):
    """What became of one batch: rows acknowledged in the order of their subjects, and the first thing that broke."""

    positions: list[int]
    broken: BaseException | None


class Relay:
    """One service's relay; run several and all but one stand by on the advisory lock."""

    def __init__(self, settings: Settings, service: str, committed: asyncio.Event, gate: Gate | None = None) -> None:
        self._settings, self._service, self._committed = settings, service, committed
        self._source = source_of(settings.region, service)
        self._gate = gate or Gate(service)
        self._ends: dict[TopicPartition, int] = {}
        self._telling = Telling(settings, service, self._source) if service in PUBLISHERS else None
        self._missing: dict[str, float] = {}  # topics that are not there, and when to look again
        self.active = False

    async def run(self) -> None:
        """Relay until cancelled, whatever breaks on the way."""
        pause = 0.1
        while True:
            try:
                await self._session()
                pause = 0.1
            except HeldBack:
                pause = HELD
            except (Exception, asyncio.CancelledError) as error:
                if _asked_to_end():
                    raise
                if self.active:
                    pause = 0.1  # it had worked until now
                log.warning("relay.interrupted", error=type(error).__name__, retry_in=round(pause, 2))
            finally:
                self.active = False
                self._gate.looked.set()  # commands go on while the broker is away
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, LONGEST)

    async def _session(self) -> None:
        """One life of connection and producer: the connection that holds the lock is the one that reads and marks."""
        connection = await asyncpg.connect(
            self._settings.postgres_url, timeout=10, command_timeout=30, server_settings=SERVER
        )
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                self._gate.looked.set()  # another relay has looked
                await asyncio.sleep(1)
            await self._look(connection)
            producer = AIOKafkaProducer(
                bootstrap_servers=self._settings.kafka, acks="all", enable_idempotence=True, linger_ms=0
            )
            try:
                await asyncio.wait_for(producer.start(), PATIENCE)
                self.active = True
                await until_cut(producer.client, self._relay(connection, producer))
            finally:
                await _close(producer)
        finally:
            await _quietly(connection.close(timeout=2))

    async def _look(self, connection: Any) -> None:
        """Compare the histories; hold back if they differ, unless what the topic lacks is about to be sent again."""
        finding = await compare(self._settings, self._service, connection)
        if finding.state is State.BEHIND and await self._to_resend(connection):
            finding = Finding(State.SAME, None, finding.ends)
        await self._gate.tell(connection, finding)
        self._gate.looked.set()
        if finding.state is not State.SAME:
            raise HeldBack
        self._ends = dict(finding.ends)

    async def _relay(self, connection: Any, producer: AIOKafkaProducer) -> None:
        asked = 0.0
        while True:
            began = time.monotonic()
            self._committed.clear()
            if began - asked > 1.0:
                while span := await self._to_resend(connection):
                    await self._resend(connection, producer, *span)
                    if self._telling:
                        self._telling.be_silent()
                asked = began
            rows = await connection.fetch(_NEXT, self._not_there())
            rows = await self._without_missing(producer, rows)
            if rows:
                acked = await self._send(connection, producer, rows)
                await self._mark(connection, acked.positions)
                if acked.broken:
                    raise acked.broken
            if self._telling:
                await self._telling.look(connection, producer, self._ends)
            if len(rows) < BATCH:
                await asyncio.sleep(began + GATHER - time.monotonic())
                await self._wait()

    async def _to_resend(self, connection: Any) -> tuple[int, int] | None:
        row = await connection.fetchrow("SELECT resend_from, resend_upto FROM relay_state")
        return (row["resend_from"], row["resend_upto"]) if row and row["resend_from"] is not None else None

    async def _resend(self, connection: Any, producer: AIOKafkaProducer, first: int, last: int) -> None:
        """Send a batch of what the topic lost, and note how far it is; a crash in between sends it twice."""
        rows = await connection.fetch(_AGAIN, first, last)
        if rows:
            for topic in {self._topic(row) for row in rows}:
                await asyncio.wait_for(producer.partitions_for(topic), PATIENCE)
            acked = await self._send(connection, producer, rows)
            if acked.broken:
                raise acked.broken
            await self._mark(connection, acked.positions)
        ahead = rows[-1]["position"] + 1 if rows else None
        await connection.execute(
            "UPDATE relay_state SET resend_from = $1, resend_upto = CASE WHEN $1::bigint IS NULL THEN NULL"
            " ELSE resend_upto END WHERE resend_from = $2",
            ahead, first,
        )  # fmt: skip

    async def _send(self, connection: Any, producer: AIOKafkaProducer, rows: Sequence[Mapping[str, Any]]) -> Acked:
        sends, broken = await self._enqueue_all(producer, rows)
        refused, positions = [], []
        stuck: set[str] = set()  # subjects with a row that was not acknowledged: what follows it is sent again after it
        for row, sent in zip(rows, sends, strict=False):
            error = _error_of(sent)
            if isinstance(error, REFUSED_FOR_GOOD):
                refused.append((row["position"], type(error).__name__))
            elif error is not None:
                broken = broken or error
                stuck.add(row["aggregateid"])
            else:
                self._watch_the_log(sent.result())
                if row["aggregateid"] not in stuck:
                    positions.append(row["position"])
        if refused:
            await connection.executemany("UPDATE outbox SET failed_reason = $2 WHERE position = $1", refused)
            log.error("relay.refused_for_good", rows=len(refused), reasons=sorted({reason for _, reason in refused}))
        return Acked(positions, broken)

    async def _enqueue_all(
        self, producer: AIOKafkaProducer, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[list["asyncio.Future[Any]"], BaseException | None]:
        """Put the rows on their way and wait for their acks, as far as the broker takes them."""
        sends: list[asyncio.Future[Any]] = []
        broken: BaseException | None = None
        try:
            try:
                async with asyncio.timeout(PATIENCE):
                    for row in rows:
                        sends.append(await _enqueue(producer, self._record(row)))
            except (TimeoutError, KafkaError) as error:
                broken = error
            if sends:
                await asyncio.wait(sends, timeout=PATIENCE)
        except asyncio.CancelledError:
            for sent in sends:
                sent.cancel()  # nobody waits for it any more
            raise
        return sends, broken

    async def _mark(self, connection: Any, positions: list[int]) -> None:
        if not positions:
            return
        await connection.execute(_MARK, positions)
        published.labels(self._service).inc(len(positions))

    def _watch_the_log(self, sent: Any) -> None:
        """A record that lands before the end that we know shows a broker that lost its disk under our feet."""
        place = TopicPartition(sent.topic, sent.partition)
        if sent.offset < self._ends.get(place, 0):
            raise LogReplaced(f"{sent.topic}-{sent.partition}")
        self._ends[place] = sent.offset + 1

    async def _without_missing(
        self, producer: AIOKafkaProducer, rows: Sequence[Mapping[str, Any]]
    ) -> Sequence[Mapping[str, Any]]:
        """Leave out the rows of topics that are not there (yet), for now."""
        for name in {row["aggregatetype"] for row in rows}:
            topic = f"{self._settings.topic_prefix}.{name}"
            if not await is_there(producer, topic):
                log.warning("relay.topic_missing", topic=topic)
                self._missing[name] = time.monotonic() + 5
        return [row for row in rows if row["aggregatetype"] not in self._missing] if self._missing else rows

    def _not_there(self) -> list[str]:
        now = time.monotonic()
        self._missing = {name: until for name, until in self._missing.items() if until > now}
        return list(self._missing)

    def _topic(self, row: Mapping[str, Any]) -> str:
        return f"{self._settings.topic_prefix}.{row['aggregatetype']}"

    def _record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        headers = write_headers(row, self._source)
        if row["raw_headers"]:  # a dead letter carries the headers it came with
            kept = orjson.loads(row["raw_headers"])
            headers = [(name, base64.b64decode(value)) for name, value in kept["original"]]
            headers += [(f"dlq_{name}", str(value).encode()) for name, value in kept.items() if name != "original"]
        return {
            "topic": self._topic(row),
            "key": row["aggregateid"].encode(),
            "value": row["payload"],
            "headers": headers,
        }

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._committed.wait(), min(POLL, self._telling.poll) if self._telling else POLL)
        except TimeoutError:
            return


def _asked_to_end() -> bool:
    """Whether this task itself was cancelled; a CancelledError that a part of aiokafka ended with is only an error."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _error_of(sent: "asyncio.Future[Any]") -> BaseException | None:
    if not sent.done():
        sent.cancel()  # nobody waits for it any more
        return TimeoutError("no acknowledgement")
    return sent.exception()


async def _enqueue(producer: AIOKafkaProducer, record: dict[str, Any]) -> "asyncio.Future[Any]":
    """Put a record on its way; one that the producer itself refuses fails like one the broker refuses."""
    try:
        return await producer.send(**record)  # type: ignore[no-any-return]
    except REFUSED_FOR_GOOD as error:
        refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        refused.set_exception(error)
        return refused


async def _close(producer: AIOKafkaProducer) -> None:
    """Stop the producer. Left alone, it waits for acks without limit: its sender would outlive it while the broker is
    away. So that ends first, and what it still held is given up: the rows are not marked and go out again.
    """
    task = producer._sender.sender_task
    if task and not task.done():
        task.cancel()
    await _quietly(producer.client.close())
    producer._message_accumulator.fail_all(ProducerClosed())
    await _quietly(producer.stop())


async def _quietly(closing: Coroutine[Any, Any, Any]) -> None:
    """A part that is broken may refuse to close; the next session does not depend on it.

    In a task of its own: aiokafka's sender, cancelled twice while the broker hangs, ends its stop with CancelledError.
    """
    task = asyncio.create_task(closing)
    try:
        await asyncio.wait([task], timeout=5)
    finally:
        task.cancel()
    if task.cancelled() or not task.done() or task.exception():
        log.debug("relay.close_failed", error=repr(task))
