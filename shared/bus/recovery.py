"""Recovery of a service whose database was set back: every event of its topic that the database does not know is
taken back into the outbox, counters rise over what the topic has, and what was not sent yet is numbered behind it.

Nothing is invented: the rows taken back are what others have read already. The state they tell of stays lost; they
carry `recovered_at` until the same event is made again.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.bus import reading
from shared.bus.envelope import Record, source_of
from shared.bus.history import own_record, topics_of
from shared.bus.relay import LOCK
from shared.contracts.actor import SYSTEM
from shared.settings import Settings
from shared.store.unit_of_work import Transaction

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Lost:
    """An event on the topic whose state is gone; never its body."""

    topic: str
    partition: int
    offset: int
    subject: str
    sequence: int
    type: str
    id: UUID
    time: str
    actor: str
    caused_by: str | None

    @property
    def comes_back(self) -> bool:
        """Made by rule: the consumer reads its cause again, or the timer falls due again. The rest is for people."""
        return self.actor == SYSTEM.id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the comparison found and what was done about it."""

    compared: int
    lost: Sequence[Lost]
    forks: Sequence[Lost]
    renumbered: int = 0


# A service's connection is set for small look-ups; here whole tables are compared, once.
_PLANNED_ANEW = [
    f"SET LOCAL {name}" for name in ("enable_seqscan = on", "enable_hashjoin = on", "enable_mergejoin = on",
                                     "plan_cache_mode = auto")
]  # fmt: skip

_FOUND = """
CREATE TEMP TABLE topic_event (
    id uuid, topic text, partition int, "offset" bigint, subject text, sequence bigint, type text, payload bytea,
    time text, correlation_id text, causation_id text, actor text, actor_role text, traceparent text, at timestamptz,
    n bigint, fork bool DEFAULT false
) ON COMMIT DROP"""

_KEEP_UNKNOWN = """
INSERT INTO topic_event
SELECT t.* FROM unnest(
    CAST(:id AS uuid[]), CAST(:topic AS text[]), CAST(:partition AS int[]), CAST(:offset AS bigint[]),
    CAST(:subject AS text[]), CAST(:sequence AS bigint[]), CAST(:type AS text[]), CAST(:payload AS bytea[]),
    CAST(:time AS text[]), CAST(:correlation_id AS text[]), CAST(:causation_id AS text[]), CAST(:actor AS text[]),
    CAST(:actor_role AS text[]), CAST(:traceparent AS text[]), CAST(:at AS timestamptz[])
) AS t(id, topic, partition, "offset", subject, sequence, type, payload, time, correlation_id, causation_id, actor,
       actor_role, traceparent, at)
WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = t.id AND o.published_at IS NOT NULL)"""

# Sent twice is one event; of two that claim the same number the first is what others have taken in.
_SETTLE = (
    'DELETE FROM topic_event a USING topic_event b WHERE a.id = b.id AND a."offset" > b."offset"',
    """UPDATE topic_event a SET fork = true FROM topic_event b
       WHERE a.subject = b.subject AND a.sequence = b.sequence AND a.topic = b.topic AND a."offset" > b."offset" """,
    """UPDATE topic_event t SET fork = true FROM outbox o
       WHERE o.aggregateid = t.subject AND o.sequence = t.sequence AND o.published_at IS NOT NULL AND o.id <> t.id""",
    # In the order of the topic: within a partition by offset, between them by the broker's time.
    """UPDATE topic_event t SET n = s.n FROM (
           SELECT topic, partition, "offset", row_number() OVER (ORDER BY until, topic, partition, "offset") AS n
           FROM (SELECT *, max(at) OVER (PARTITION BY topic, partition ORDER BY "offset") AS until FROM topic_event) r
       ) s WHERE (t.topic, t.partition, t."offset") = (s.topic, s.partition, s."offset")""",
)

_LOST = """
SELECT topic, partition, "offset", subject, sequence, type, id, time, actor, causation_id AS caused_by
FROM topic_event t WHERE fork = :fork AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = t.id) ORDER BY n"""

_NUMBERS = """
CREATE TEMP TABLE number ON COMMIT DROP AS
SELECT t.subject, max(t.sequence) AS topic, coalesce(min(w.first), 0) AS own, 0::bigint AS base
FROM topic_event t LEFT JOIN (SELECT aggregateid, min(sequence) - 1 AS first FROM outbox
                              WHERE published_at IS NULL GROUP BY 1) w ON w.aggregateid = t.subject
WHERE NOT t.fork GROUP BY t.subject"""

_TAKE_OUT = """
CREATE TEMP TABLE waiting ON COMMIT DROP AS
SELECT o.*, NULL::uuid AS twin FROM outbox o JOIN number ON subject = aggregateid WHERE published_at IS NULL"""

# What a rule has made once more before this recovery, word for word, is the event on the topic and no other.
_FIND_TWINS = """
UPDATE waiting w SET twin = t.id
FROM (SELECT id, subject, type, payload,
             row_number() OVER (PARTITION BY subject, type, payload ORDER BY sequence) AS nth
      FROM topic_event e WHERE NOT fork AND NOT EXISTS (SELECT 1 FROM waiting s WHERE s.id = e.id)) t
JOIN (SELECT position, aggregateid, type, payload,
             row_number() OVER (PARTITION BY aggregateid, type, payload ORDER BY sequence) AS nth
      FROM waiting s WHERE s.actor = 'system' AND NOT EXISTS (SELECT 1 FROM topic_event e WHERE e.id = s.id)) m
     ON m.aggregateid = t.subject AND m.type = t.type AND m.payload = t.payload AND m.nth = t.nth
WHERE w.position = m.position"""

_PUT_BACK = """
WITH line AS (
    SELECT id, split_part(topic, '.', -1) AS aggregatetype, subject AS aggregateid, type, payload, sequence,
           CAST(time AS timestamptz) AS occurred_at, correlation_id, causation_id, actor, actor_role, traceparent,
           NULL::jsonb AS raw_headers, at AS published_at, NULL AS failed_reason,
           CASE WHEN EXISTS (SELECT 1 FROM waiting w WHERE w.twin = t.id) THEN NULL ELSE now() END AS recovered_at,
           n, 0 AS later
    FROM topic_event t WHERE NOT fork AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.id = t.id)
    UNION ALL
    SELECT w.id, w.aggregatetype, w.aggregateid, w.type, w.payload, t.sequence, w.occurred_at, w.correlation_id,
           w.causation_id, w.actor, w.actor_role, w.traceparent, w.raw_headers, t.at, NULL, NULL, t.n, 0
    FROM waiting w JOIN topic_event t USING (id)
    UNION ALL
    SELECT w.id, w.aggregatetype, w.aggregateid, w.type, w.payload,
           b.base + row_number() OVER (PARTITION BY w.aggregateid ORDER BY w.position), w.occurred_at,
           w.correlation_id, w.causation_id, w.actor, w.actor_role, w.traceparent, w.raw_headers, NULL,
           w.failed_reason, NULL, w.position, 1
    FROM waiting w JOIN number b ON b.subject = w.aggregateid
    WHERE twin IS NULL AND NOT EXISTS (SELECT 1 FROM topic_event t WHERE t.id = w.id)
)
INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, occurred_at, correlation_id, causation_id,
                    actor, actor_role, traceparent, raw_headers, published_at, failed_reason, recovered_at)
SELECT id, aggregatetype, aggregateid, type, payload, sequence, occurred_at, correlation_id, causation_id, actor,
       actor_role, traceparent, raw_headers, published_at, failed_reason, recovered_at
FROM line ORDER BY later, n"""

_LIFT = """
INSERT INTO subject_sequence AS s (subject, value)
SELECT subject, base + (SELECT count(*) FROM waiting w WHERE w.aggregateid = subject AND twin IS NULL
                        AND NOT EXISTS (SELECT 1 FROM topic_event t WHERE t.id = w.id))
FROM number ORDER BY subject
ON CONFLICT (subject) DO UPDATE SET value = greatest(s.value, excluded.value)"""

_STILL_LOST = """
SELECT t.topic, partition, "offset", subject, t.sequence, t.type, t.id, time, t.actor, t.causation_id AS caused_by
FROM topic_event t JOIN outbox o ON o.id = t.id AND o.recovered_at = now() ORDER BY n"""

_RENUMBERED = """
SELECT count(*) AS rows FROM waiting w JOIN outbox o USING (id) WHERE w.sequence <> o.sequence"""


async def compare(tx: Transaction, settings: Settings, service: str, progress: Progress) -> Outcome:
    """Read the service's topics from end to end; what the outbox does not know stays at hand for `take_back`."""
    for setting in _PLANNED_ANEW:
        await tx.run(setting)
    await tx.run(_FOUND)
    compared = 0
    async for events, done, total in _events(settings, service):
        compared += len(events)
        if events:
            columns = zip(*events, strict=True)
            await tx.run(_KEEP_UNKNOWN, dict(zip(_COLUMNS, map(list, columns), strict=True)))
        progress(done, total)
    for statement in _SETTLE:
        await tx.run(statement)
    lost, forks = [[Lost(*tuple(row)) for row in await tx.all(_LOST, fork=fork)] for fork in (False, True)]
    return Outcome(compared, lost, forks)


async def anything_kept(tx: Transaction) -> bool:
    """Whether the topic has anything that the outbox does not hold as published."""
    return await tx.one("SELECT 1 FROM topic_event LIMIT 1") is not None


async def keep_out_others(tx: Transaction, seconds: int = 20) -> None:
    """Until the end of this transaction no relay sends and nobody writes events; waits for a relay to step aside."""
    await tx.run(f"SET LOCAL lock_timeout = '{seconds}s'")
    await tx.run(f"SELECT pg_advisory_xact_lock({LOCK})")
    await tx.run("LOCK TABLE subject_sequence IN SHARE ROW EXCLUSIVE MODE")


async def take_back(tx: Transaction, found: Outcome) -> Outcome:
    """Write what `compare` found into the outbox, lift the counters, and number anew what was not sent."""
    lost = [
        Lost(*tuple(row)) for row in await tx.all(_LOST, fork=False)
    ]  # a reaction may have made some of it meanwhile
    await tx.run(_NUMBERS)
    await tx.run("UPDATE number SET base = greatest(topic, own)")
    await tx.run(_TAKE_OUT)
    await tx.run("DELETE FROM outbox o USING waiting w WHERE o.position = w.position")
    await tx.run(_FIND_TWINS)
    await tx.run(_PUT_BACK)
    await tx.run(_LIFT)
    lost = [Lost(*tuple(row)) for row in await tx.all(_STILL_LOST)]
    row = await tx.one(_RENUMBERED)
    return Outcome(found.compared, lost, found.forks, row.rows if row else 0)


async def bodies(tx: Transaction, types: Sequence[str]) -> list[tuple[str, bytes]]:
    """Type and body of the lost events of these types, for what a service has to do about them."""
    rows = await tx.all(
        "SELECT type, payload FROM topic_event WHERE NOT fork AND type = ANY(:types) ORDER BY n", types=list(types)
    )
    return [(row.type, bytes(row.payload)) for row in rows]


async def same_again(tx: Transaction) -> None:
    """Tell every process of the service that it may go on."""
    await tx.run("UPDATE relay_state SET history = 'same', reason = NULL WHERE history = 'ahead'")


async def _events(settings: Settings, service: str) -> AsyncIterator[tuple[list[tuple[Any, ...]], int, int]]:
    """Batches of this service's own events with how many records of how many were read so far."""
    source, done = source_of(settings.region, service), 0
    async with reading.reader(settings.kafka) as consumer:
        places = await reading.partitions(consumer, topics_of(settings, service))
        spans = await reading.spans(consumer, places)
        total = sum(end - begin for begin, end in spans.values())
        async for records in reading.read(consumer, spans):
            done += len(records)
            own = [(raw, record) for raw in records if (record := own_record(raw, source))]
            yield [_columns_of(raw, record) for raw, record in own], done, total


_COLUMNS = ("id", "topic", "partition", "offset", "subject", "sequence", "type", "payload", "time", "correlation_id",
            "causation_id", "actor", "actor_role", "traceparent", "at")  # fmt: skip


def _columns_of(raw: Any, record: Record) -> tuple[Any, ...]:
    headers: Mapping[str, bytes] = dict(raw.headers)
    traceparent = headers.get("ce_traceparent")
    return (
        UUID(record.id), record.topic, record.partition, record.offset, record.subject, record.sequence, record.type,
        record.value, record.time, record.correlation_id, record.causation_id or None, record.actor_id,
        headers.get("ce_actorrole", b"").decode(), traceparent.decode() if traceparent else None,
        datetime.fromtimestamp(raw.timestamp / 1000, UTC),
    )  # fmt: skip


__all__ = ["Lost", "Outcome", "anything_kept", "bodies", "compare", "keep_out_others", "same_again", "take_back"]
