"""What there is to reconcile: the journal, every service's tables by our own SQL, and the topics read by ourselves.

Nothing here uses the bus or the services: what they got wrong must not look right because we asked them.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.faults.client import Accepted, Journal

SERVICES = ("intake", "triage", "referral", "deadlines", "audit", "console")
TOPICS = ("intake", "triage", "referral", "deadlines")
PARTITIONS = 24
Offsets = dict[tuple[str, int], int]


@dataclass(frozen=True)
class Published:
    """A row of an outbox."""

    service: str
    position: int
    id: str
    topic: str
    subject: str
    type: str  # without `bancheng.` and version
    sequence: int
    correlation_id: str
    causation_id: str | None
    sent: bool
    body: dict[str, Any]


@dataclass(frozen=True)
class OnTopic:
    """A record of a topic."""

    topic: str
    partition: int
    offset: int
    id: str
    source: str
    subject: str
    sequence: int


@dataclass(frozen=True)
class Taken:
    """How far a consumer has taken in one source's events of a subject."""

    consumer: str
    source: str
    subject: str
    sequence: int
    last_id: str | None
    parked_from: int | None


@dataclass(frozen=True)
class Noted:
    """A line of audit's log, or of the console's timeline (whose `index` says nothing)."""

    index: int
    id: str
    source: str
    subject: str
    sequence: int


@dataclass
class Evidence:
    """Everything about the matters of one run, as it was found."""

    mark: str
    accepted: list[Accepted]
    outbox: list[Published]
    counters: dict[tuple[str, str], int]  # service, subject → last sequence drawn
    topic: list[OnTopic]
    taken: list[Taken]
    parked: list[tuple[str, str, str, int, str]]  # consumer, source, subject, sequence, why
    skipped: list[tuple[str, str, str, int, str]]
    audit: list[Noted]
    timeline: list[Noted]
    rows: dict[str, list[dict[str, Any]]]  # "service.table" → domain rows


# Domain tables compared: what a user would see of a matter in each service.
DOMAIN = {
    "intake.matter": "SELECT matter_id::text, state, version, round, register_no FROM matter"
    " WHERE matter_id = ANY($1::uuid[])",
    "triage.assessment": "SELECT matter_id::text, state, version FROM assessment WHERE matter_id = ANY($1::uuid[])",
    "referral.matter": "SELECT matter_id::text, round, final FROM matter WHERE matter_id = ANY($1::uuid[])",
    "referral.orders": "SELECT matter_id::text, order_id::text, state, version, order_no FROM orders"
    " WHERE matter_id = ANY($1::uuid[])",
    "deadlines.deadline": "SELECT matter_id::text, id::text, rule, stopped_at IS NOT NULL AS stopped FROM deadline"
    " WHERE matter_id = ANY($1::uuid[])",
    "console.matter": "SELECT matter_id::text, state, round, register_no FROM matter WHERE matter_id = ANY($1::uuid[])",
    "console.matter_order": "SELECT matter_id::text, order_id::text, state, order_no FROM matter_order"
    " WHERE matter_id = ANY($1::uuid[])",
    "console.clock": "SELECT matter_id::text, deadline_id::text AS id, rule, stopped_at IS NOT NULL AS stopped"
    " FROM clock WHERE matter_id = ANY($1::uuid[])",
}


async def gather(urls: Mapping[str, str], bootstrap: str, journal: Journal) -> Evidence:
    """Read everything about a run; the system must have settled. `urls` are the databases by service."""
    pools = {service: await asyncpg.connect(url, timeout=20) for service, url in urls.items()}
    try:
        subjects = sorted(journal.matters | await _touched(pools, journal.mark))
        found = Evidence(journal.mark, list(journal.accepted), [], {}, [], [], [], [], [], [], {})
        for service, reader in pools.items():
            await _read_chassis(found, service, reader, subjects)
        found.audit = await _noted(
            pools["audit"], "SELECT index, ce_id AS id, source, subject, sequence FROM entry"
            " WHERE subject = ANY($1::text[]) ORDER BY index", subjects,
        )  # fmt: skip
        found.timeline = await _noted(
            pools["console"], "SELECT 0 AS index, event_id AS id, source, matter_id::text AS subject, sequence"
            " FROM timeline WHERE matter_id = ANY($1::uuid[])", subjects,
        )  # fmt: skip
        for name, sql in DOMAIN.items():
            rows = await pools[name.split(".")[0]].fetch(sql, subjects)
            found.rows[name] = [dict(row) for row in rows]
    finally:
        await asyncio.gather(*(reader.close() for reader in pools.values()))
    found.topic = await read_topics(bootstrap, journal.since, set(subjects))
    return found


async def ends(bootstrap: str) -> Offsets:
    """Where the topics end now."""
    broker = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await broker.start()
    try:
        found = await broker.end_offsets(_partitions())
    finally:
        await broker.stop()
    return {(at.topic, at.partition): offset for at, offset in found.items()}


async def read_topics(bootstrap: str, since: Offsets, subjects: set[str]) -> list[OnTopic]:
    """All records about these subjects from the given offsets on, by partition and offset."""
    until = await ends(bootstrap)
    broker = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await broker.start()
    found: list[OnTopic] = []
    try:
        broker.assign(_partitions())
        for at in _partitions():
            broker.seek(at, since.get((at.topic, at.partition), 0))
        while await _behind(broker, until):
            for records in (await broker.getmany(timeout_ms=500, max_records=5000)).values():
                found += [known for record in records if (known := _on_topic(record)).subject in subjects]
    finally:
        await broker.stop()
    return sorted(found, key=lambda record: (record.topic, record.partition, record.offset))


async def _behind(broker: AIOKafkaConsumer, until: Offsets) -> bool:
    for at in _partitions():
        if await broker.position(at) < until[at.topic, at.partition]:
            return True
    return False


def _on_topic(record: Any) -> OnTopic:
    headers = {name: (raw or b"").decode(errors="replace") for name, raw in record.headers if name.startswith("ce_")}
    number = headers.get("ce_sequence", "")[:19]  # what is longer is nobody's sequence
    return OnTopic(
        record.topic.removeprefix("bancheng."), record.partition, record.offset, headers.get("ce_id", ""),
        _service(headers.get("ce_source", "")), headers.get("ce_subject", ""), int(number) if number.isdigit() else -1,
    )  # fmt: skip


def _partitions() -> list[TopicPartition]:
    return [TopicPartition(f"bancheng.{topic}", number) for topic in TOPICS for number in range(PARTITIONS)]


async def _touched(pools: Mapping[str, Any], mark: str) -> set[str]:
    """Subjects of events that carry this run's mark, whether the journal knows them or not."""
    found: set[str] = set()
    for reader in pools.values():
        rows = await reader.fetch("SELECT DISTINCT aggregateid FROM outbox WHERE correlation_id LIKE $1", f"{mark}-%")
        found |= {row["aggregateid"] for row in rows}
    return found


async def _read_chassis(found: Evidence, service: str, reader: Any, subjects: list[str]) -> None:
    rows = await reader.fetch(
        "SELECT position, id::text, aggregatetype, aggregateid, type, sequence, correlation_id, causation_id,"
        " published_at IS NOT NULL AND failed_reason IS NULL AS sent, payload"
        " FROM outbox WHERE aggregateid = ANY($1::text[]) ORDER BY position", subjects,
    )  # fmt: skip
    found.outbox += [
        Published(
            service, row["position"], row["id"], row["aggregatetype"], row["aggregateid"], _type(row["type"]),
            row["sequence"], row["correlation_id"], row["causation_id"], row["sent"], json.loads(row["payload"]),
        )
        for row in rows
    ]  # fmt: skip
    rows = await reader.fetch("SELECT subject, value FROM subject_sequence WHERE subject = ANY($1::text[])", subjects)
    found.counters |= {(service, row["subject"]): row["value"] for row in rows}
    rows = await reader.fetch(
        "SELECT source, subject, sequence, last_id, parked_from FROM watermark WHERE subject = ANY($1::text[])",
        subjects,
    )
    found.taken += [Taken(service, _service(source), *rest) for source, *rest in map(tuple, rows)]
    for table, why, kept in (("parked", "reason", found.parked), ("skipped", "why_parked", found.skipped)):
        rows = await reader.fetch(
            f"SELECT source, subject, sequence, {why} FROM {table} WHERE subject = ANY($1::text[])", subjects
        )
        kept += [(service, _service(row[0]), *tuple(row)[1:]) for row in rows]


async def _noted(reader: Any, sql: str, subjects: Iterable[str]) -> list[Noted]:
    rows = await reader.fetch(sql, subjects)
    return [Noted(row["index"], row["id"], _service(row["source"]), row["subject"], row["sequence"]) for row in rows]


def _service(source: str) -> str:
    return source.rsplit("/", 1)[-1]


def _type(name: str) -> str:
    return name.removeprefix("bancheng.").rsplit(".v", 1)[0]
