"""Parking: events that cannot be applied yet wait in the consumer's own database, each behind its own kind only.

A key is (source, subject). Parked events of one key keep their order; other keys flow on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from shared.bus import watermarks
from shared.bus.envelope import Record, headers_from_json, headers_to_json, read
from shared.bus.watermarks import Key, Mark
from shared.contracts.errors import NotFound, Refused
from shared.contracts.operations import ParkedRetried, ParkedSkipped
from shared.store.unit_of_work import Transaction

GAP = "gap: an earlier event of this source and subject is missing or parked"


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked event and why it waits."""

    record: Record
    reason: str
    attempts: int


_PARK = """
INSERT INTO parked (source, subject, sequence, type, reason, attempts, waiting, parked_at, next_attempt_at,
                    topic, partition, "offset", headers, value)
SELECT source, subject, sequence, type, reason, CASE WHEN waiting THEN 0 ELSE 1 END, waiting, :now, :next,
       topic, partition, "offset", CAST(headers AS jsonb), value
FROM unnest(CAST(:source AS text[]), CAST(:subject AS text[]), CAST(:sequence AS bigint[]), CAST(:type AS text[]),
            CAST(:reason AS text[]), CAST(:waiting AS bool[]), CAST(:topic AS text[]), CAST(:partition AS int[]),
            CAST(:offset AS bigint[]), CAST(:headers AS text[]), CAST(:value AS bytea[]))
     AS p(source, subject, sequence, type, reason, waiting, topic, partition, "offset", headers, value)
ON CONFLICT DO NOTHING"""

_WAKE = """
UPDATE parked p SET waiting = false, next_attempt_at = :now
FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[]), CAST(:sequences AS bigint[]))
     AS w(source, subject, sequence)
WHERE p.source = w.source AND p.subject = w.subject AND p.sequence = w.sequence AND p.waiting"""

_HEAD = """
SELECT * FROM parked WHERE source = :source AND subject = :subject ORDER BY sequence LIMIT 1"""


async def park(tx: Transaction, marks: Mapping[Key, Mark], left: Sequence[tuple[Record, str]]) -> None:
    """Park records with their reasons, and note the first parked sequence in each watermark."""
    if not left:
        return
    for record, _ in left:
        mark = marks[record.key]
        mark.parked_from = min(record.sequence, mark.parked_from or record.sequence)
    now = _technical_now()
    records = [record for record, _ in left]
    await tx.run(
        _PARK,
        {
            "now": now,
            "next": now + _backoff(1),
            "source": [r.source for r in records],
            "subject": [r.subject for r in records],
            "sequence": [r.sequence for r in records],
            "type": [r.type for r in records],
            "reason": [reason for _, reason in left],
            "waiting": [reason == GAP for _, reason in left],
            "topic": [r.topic for r in records],
            "partition": [r.partition for r in records],
            "offset": [r.offset for r in records],
            "headers": [orjson.dumps(headers_to_json(r.headers)).decode() for r in records],
            "value": [r.value for r in records],
        },
    )


async def keys_of(tx: Transaction, subjects: Iterable[str]) -> list[Key]:
    """The keys that have anything parked among these subjects."""
    rows = await tx.all(
        "SELECT DISTINCT source, subject FROM parked WHERE subject = ANY(CAST(:subjects AS text[])) ORDER BY 1, 2",
        subjects=sorted(set(subjects)),
    )
    return [(row.source, row.subject) for row in rows]


async def due_keys(tx: Transaction, limit: int = 200) -> list[Key]:
    """Keys whose head is due for another attempt, longest waiting first."""
    rows = await tx.all(
        "SELECT source, subject FROM parked WHERE NOT waiting AND next_attempt_at <= :now"
        " ORDER BY next_attempt_at LIMIT :limit",
        now=_technical_now(),
        limit=limit,
    )
    return [(row.source, row.subject) for row in rows]


async def head(tx: Transaction, key: Key) -> Parked | None:
    """The first parked event of a key; lock its watermark first."""
    row = await tx.one(_HEAD, source=key[0], subject=key[1])
    if row is None:
        return None
    record = read(row.topic, row.partition, row.offset, headers_from_json(row.headers), row.value)
    return Parked(record, row.reason, row.attempts)


async def forget(tx: Transaction, mark: Mark, record: Record) -> None:
    """Drop a parked event that was taken in; the watermark learns which one is parked next, and that one is due."""
    await tx.run(
        "DELETE FROM parked WHERE source = :source AND subject = :subject AND sequence = :sequence", _key(record)
    )
    row = await tx.one(
        "SELECT min(sequence) AS first FROM parked WHERE source = :source AND subject = :subject",
        source=record.source,
        subject=record.subject,
    )
    mark.parked_from = row.first if row else None
    await wake(tx, {record.key: mark})


async def wake(tx: Transaction, marks: Mapping[Key, Mark]) -> None:
    """Make the heads due that only waited for what has just been taken in: a crash from here on forgets none."""
    ready = [key for key, mark in marks.items() if mark.parked_from == mark.sequence + 1]
    if ready:
        await tx.run(
            _WAKE,
            {"now": _technical_now(), "sources": [source for source, _ in ready], "subjects": [s for _, s in ready],
             "sequences": [marks[key].parked_from for key in ready]},
        )  # fmt: skip


async def failed_again(tx: Transaction, parked: Parked, reason: str) -> None:
    """Count an attempt and wait longer before the next one."""
    attempts = parked.attempts + 1
    await tx.run(
        "UPDATE parked SET attempts = :attempts, reason = :reason, waiting = false, next_attempt_at = :next"
        " WHERE source = :source AND subject = :subject AND sequence = :sequence",
        _key(parked.record) | {"attempts": attempts, "reason": reason, "next": _technical_now() + _backoff(attempts)},
    )


async def wait_for_gap(tx: Transaction, parked: Parked) -> None:
    """Let a head that is ahead of its watermark wait for what is missing, instead of being tried again and again."""
    await tx.run(
        "UPDATE parked SET waiting = true WHERE source = :source AND subject = :subject AND sequence = :sequence",
        _key(parked.record),
    )


async def retry_now(tx: Transaction, service: str, key: Key, operator: str) -> None:
    """An operator wants a key's head tried at once."""
    parked = await _wanted_head(tx, key)
    await tx.run(
        "UPDATE parked SET next_attempt_at = :now, waiting = false"
        " WHERE source = :source AND subject = :subject AND sequence = :sequence",
        _key(parked.record) | {"now": _technical_now()},
    )
    tx.publish(ParkedRetried(**_operation(service, parked.record, operator, tx.now)))


async def waits(tx: Transaction, key: Key) -> bool:
    """Whether anything of a key is parked."""
    return await head(tx, key) is not None


async def skip(tx: Transaction, service: str, key: Key, operator: str, reason: str) -> None:
    """An operator passes over a key's head for good: its effect will never be, and the audit log says so."""
    marks = await watermarks.lock(tx, [key])
    parked = await _wanted_head(tx, key)
    mark = marks[key]
    if parked.record.sequence > mark.sequence + 1:
        raise Refused("parked.gap", "前面的事件还没有到达,不能跳过;请先查明缺口")
    mark.advance(parked.record)
    await tx.run(
        "INSERT INTO skipped (source, subject, sequence, type, why_parked, reason, operator, at)"
        " VALUES (:source, :subject, :sequence, :type, :why, :reason, :operator, :at)",
        _key(parked.record)
        | {"type": parked.record.type, "why": parked.reason, "reason": reason, "operator": operator, "at": tx.now},
    )
    await forget(tx, mark, parked.record)
    watermarks.save(tx, marks)
    tx.publish(ParkedSkipped(**_operation(service, parked.record, operator, tx.now)))


async def _wanted_head(tx: Transaction, key: Key) -> Parked:
    parked = await head(tx, key)
    if parked is None:
        raise NotFound("parked.not_found", "没有这样的搁置事件")
    return parked


def _operation(service: str, record: Record, operator: str, now: datetime) -> dict[str, object]:
    return {
        "service": service,
        "parked_source": record.source,
        "parked_subject": record.subject,
        "parked_sequence": record.sequence,
        "operator": operator,
        "done_at": now,
    }


def _key(record: Record) -> dict[str, object]:
    return {"source": record.source, "subject": record.subject, "sequence": record.sequence}


def _backoff(attempts: int) -> timedelta:
    return timedelta(seconds=min(0.5 * 2 ** min(attempts, 12), 300.0))


def _technical_now() -> datetime:
    """Backoff is technical time: real, whatever the business clock says."""
    return datetime.now(UTC)
