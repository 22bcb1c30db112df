"""Do topic and database tell the same history? A database restored from a backup, or a broker that lost its disk,
shows in the last records of the topic: the relay looks at them before it publishes anything.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from shared.bus import reading
from shared.bus.envelope import Record, Unreadable, source_of
from shared.bus.envelope import read as read_record
from shared.bus.topics import PUBLISHERS
from shared.settings import Settings

TAIL = 50  # records of each partition: a history that split shows in the newest, behind at most a few sent twice
RECENT = 500  # published rows looked for on the topic
log = structlog.get_logger(__name__)


class State(StrEnum):
    """The topic beside the database: the same, ahead (a restored backup) or behind (a lost disk)."""

    SAME = "same"
    AHEAD = "ahead"
    BEHIND = "behind"


@dataclass(frozen=True)
class Finding:
    """What the comparison showed, and where the partitions end."""

    state: State = State.SAME
    reason: str | None = None
    ends: Mapping[TopicPartition, int] = field(default_factory=dict)


# An event that the outbox does not know was published by a database that has been set back. One whose number lies
# below everything that is still to be sent may have been purged from the outbox: it is none.
_AHEAD = """
SELECT t.n, s.value
FROM unnest($1::uuid[], $2::text[], $3::bigint[]) WITH ORDINALITY AS t(id, subject, sequence, n)
LEFT JOIN subject_sequence s USING (subject)
WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = t.id)
  AND (t.sequence > coalesce(s.value, 0)
       OR EXISTS (SELECT 1 FROM outbox u WHERE u.published_at IS NULL AND u.aggregateid = t.subject
                  AND u.sequence <= t.sequence))
ORDER BY t.n"""

_PUBLISHED = """
SELECT id, aggregateid
FROM (SELECT * FROM outbox WHERE published_at IS NOT NULL AND failed_reason IS NULL
      ORDER BY position DESC LIMIT $2) last
WHERE aggregatetype = $1"""

_WAITING = "SELECT EXISTS (SELECT 1 FROM outbox WHERE published_at IS NULL AND id = ANY($1::uuid[]))"


def topics_of(settings: Settings, service: str) -> list[str]:
    """Where a service's events are: its own topic, if it publishes, and that of the operators' acts."""
    own = [service] if service in PUBLISHERS else []
    return [f"{settings.topic_prefix}.{name}" for name in (*own, "operations")]


def own_record(raw: Any, source: str) -> Record | None:
    """A record that this service published and that has an id; None for everything else."""
    try:
        record = read_record(raw.topic, raw.partition, raw.offset, raw.headers, raw.value)
        UUID(record.id)
    except (Unreadable, ValueError):
        return None
    return record if record.source == source else None


async def compare(settings: Settings, service: str, connection: Any) -> Finding:
    """Look at the ends of the service's topics beside its database; raises where the broker cannot be reached."""
    async with reading.reader(settings.kafka) as consumer:
        places = await reading.partitions(consumer, topics_of(settings, service))
        spans = await reading.spans(consumer, places)
        tails = await _tails(consumer, spans)
    ends = {place: spans[place][1] for place in tails}
    own = [record for tail in tails.values() for raw in tail if (record := own_record(raw, _source(settings, service)))]
    if reason := await _ahead(connection, own):
        return Finding(State.AHEAD, reason, ends)
    if reason := await _behind(connection, settings, service, spans, tails, {record.id for record in own}):
        return Finding(State.BEHIND, reason, ends)
    return Finding(State.SAME, None, ends)


async def _tails(consumer: AIOKafkaConsumer, spans: reading.Spans) -> dict[TopicPartition, list[Any]]:
    """The last records of each partition that can be read; one without a leader says nothing for now."""
    wanted = {place: (max(begin, end - TAIL), end) for place, (begin, end) in spans.items()}
    tails: dict[TopicPartition, list[Any]] = {place: [] for place in spans}
    try:
        async for records in reading.read(consumer, wanted):
            for raw in records:
                tails[TopicPartition(raw.topic, raw.partition)].append(raw)
    except TimeoutError:
        mute = [place for place, (begin, end) in wanted.items() if begin < end and not tails[place]]
        if len(mute) == len(wanted):
            raise
        log.warning(
            "history.partitions_out_of_reach", partitions=[f"{place.topic}-{place.partition}" for place in mute]
        )
        tails = {place: tail for place, tail in tails.items() if place not in mute}
    return tails


async def _ahead(connection: Any, own: Sequence[Record]) -> str | None:
    columns = [UUID(r.id) for r in own], [r.subject for r in own], [r.sequence for r in own]
    unknown = await connection.fetch(_AHEAD, *columns)
    if not unknown:
        return None
    first = own[unknown[0]["n"] - 1]
    return (
        f"{first.topic} has events that this database does not know, {len(unknown)} among its last ones, e.g. number"
        f" {first.sequence} of {first.subject} (the database stands at {unknown[0]['value'] or 0})"
    )


async def _behind(
    connection: Any,
    settings: Settings,
    service: str,
    spans: reading.Spans,
    tails: Mapping[TopicPartition, Sequence[Any]],
    found: set[str],
) -> str | None:
    """Whether what was published last is missing on the topic; or the topic itself is."""
    for topic in topics_of(settings, service):
        numbers = sorted(place.partition for place in spans if place.topic == topic)
        rows = await connection.fetch(_PUBLISHED, topic.removeprefix(f"{settings.topic_prefix}."), RECENT)
        expected: dict[TopicPartition, set[str]] = defaultdict(set)
        if rows and not numbers:
            return f"{topic}, to which events were published, is not there"
        for row in rows:
            expected[TopicPartition(topic, _partition(row["aggregateid"], numbers))].add(str(row["id"]))
        for place, ids in expected.items():
            # Others write to the operators' topic too: only an empty partition shows that ours are gone.
            gone = not (found & ids) if topic.endswith(f".{service}") else not tails[place]
            if place in tails and gone and not await _hidden(connection, tails[place], found):
                return f"partition {place.partition} of {topic} does not hold what was published to it"
    return None


async def _hidden(connection: Any, tail: Sequence[Any], found: set[str]) -> bool:
    """Whether the past may lie behind rows that were sent, again and again, but could not be marked."""
    return len(tail) >= TAIL and bool(await connection.fetchval(_WAITING, [*found]))


def _partition(subject: str, numbers: Sequence[int]) -> int:
    return int(DefaultPartitioner()(subject.encode(), numbers, numbers))


def _source(settings: Settings, service: str) -> str:
    return source_of(settings.region, service)


__all__ = ["Finding", "State", "compare", "own_record", "topics_of"]
