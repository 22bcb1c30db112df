"""The relay: sends committed outbox rows to the broker in order, and marks them only after its acknowledgement.

Duplicates are allowed, gaps are not: after any passing error it rebuilds producer and connection and starts again
from the first row not marked.
"""

import asyncio
import base64
import random
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError
from prometheus_client import Counter

from shared.bus.envelope import source_of, write_headers
from shared.settings import Settings
from shared.store.statements import SERVER

BATCH = 500
GATHER = 0.02  # seconds from one look to the next under load; after a pause a row goes at once
POLL = 0.1  # seconds; the safety net behind the wake-up in process, and what serves a relay in its own process
PATIENCE = 30.0  # seconds for the broker's acks: the producer's futures wait without limit while it is away
REFUSED_FOR_GOOD = (MessageSizeTooLargeError, RecordListTooLargeError)  # rights and topics can be mended
LOCK = 0x62616E6368656E67  # "bancheng": one relay per database

# A row refused for good holds back the later ones of its subject, so that consumers see a gap, never a wrong order.
_NEXT = f"""
SELECT position, id, aggregatetype, aggregateid, type, payload, sequence, occurred_at, correlation_id, causation_id,
       actor, actor_role, traceparent, raw_headers
FROM outbox o
WHERE published_at IS NULL AND failed_reason IS NULL
  AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.failed_reason IS NOT NULL AND f.type <> 'dead-letter'
                  AND f.aggregateid = o.aggregateid AND f.position < o.position)
ORDER BY position LIMIT {BATCH}"""

published = Counter("bancheng_events_published", "Outbox rows acknowledged by the broker", ["service"])
log = structlog.get_logger(__name__)


class Relay:
    """One service's relay; run several and all but one stand by on the advisory lock."""

    def __init__(self, settings: Settings, service: str, committed: asyncio.Event) -> None:
        self._settings, self._service, self._committed = settings, service, committed
        self._source = source_of(settings.region, service)
        self.active = False

    async def run(self) -> None:
        """Relay until cancelled, whatever breaks on the way."""
        pause = 0.1
        while True:
            try:
                await self._session()
                pause = 0.1
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("relay.interrupted", error=type(error).__name__, retry_in=round(pause, 2))
            finally:
                self.active = False
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, 5.0)

    async def _session(self) -> None:
        """One life of connection and producer: the connection that holds the lock is the one that reads and marks."""
        connection = await asyncpg.connect(
            self._settings.postgres_url, timeout=10, command_timeout=30, server_settings=SERVER
        )
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka, acks="all", enable_idempotence=True, linger_ms=0
        )
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                await asyncio.sleep(1)
            await asyncio.wait_for(producer.start(), PATIENCE)
            self.active = True
            while True:
                began = asyncio.get_running_loop().time()
                self._committed.clear()
                rows = await connection.fetch(_NEXT)
                if rows:
                    await self._send(connection, producer, rows)
                if len(rows) < BATCH:
                    await asyncio.sleep(began + GATHER - asyncio.get_running_loop().time())
                    await self._wait()
        finally:
            await _quietly(producer.stop())
            await _quietly(connection.close(timeout=2))

    async def _send(self, connection: Any, producer: AIOKafkaProducer, rows: Sequence[Mapping[str, Any]]) -> None:
        async with asyncio.timeout(PATIENCE):
            sends = [await _enqueue(producer, self._record(row)) for row in rows]
            results = await asyncio.gather(*sends, return_exceptions=True)
        refused = [
            (row["position"], type(result).__name__)
            for row, result in zip(rows, results, strict=True)
            if isinstance(result, REFUSED_FOR_GOOD)
        ]
        if refused:
            await connection.executemany("UPDATE outbox SET failed_reason = $2 WHERE position = $1", refused)
            log.error("relay.refused_for_good", rows=len(refused), reasons=sorted({reason for _, reason in refused}))
        failures = [r for r in results if isinstance(r, BaseException) and not isinstance(r, REFUSED_FOR_GOOD)]
        if failures:
            raise failures[0]
        sent = [row["position"] for row, result in zip(rows, results, strict=True) if not isinstance(result, Exception)]
        await connection.execute("UPDATE outbox SET published_at = now() WHERE position = ANY($1::bigint[])", sent)
        published.labels(self._service).inc(len(sent))

    def _record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        headers = write_headers(row, self._source)
        if row["raw_headers"]:  # a dead letter carries the headers it came with
            kept = orjson.loads(row["raw_headers"])
            headers = [(name, base64.b64decode(value)) for name, value in kept["original"]]
            headers += [(f"dlq_{name}", str(value).encode()) for name, value in kept.items() if name != "original"]
        return {
            "topic": f"{self._settings.topic_prefix}.{row['aggregatetype']}",
            "key": row["aggregateid"].encode(),
            "value": row["payload"],
            "headers": headers,
        }

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._committed.wait(), POLL)
        except TimeoutError:
            return


async def _enqueue(producer: AIOKafkaProducer, record: dict[str, Any]) -> "asyncio.Future[Any]":
    """Put a record on its way; one that the producer itself refuses fails like one the broker refuses."""
    try:
        return await producer.send(**record)  # type: ignore[no-any-return]
    except REFUSED_FOR_GOOD as error:
        refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        refused.set_exception(error)
        return refused


async def _quietly(closing: Any) -> None:
    """A part that is broken may refuse to close; the next session does not depend on it."""
    try:
        await asyncio.wait_for(closing, 5)
    except Exception as error:
        log.debug("relay.close_failed", error=type(error).__name__)
