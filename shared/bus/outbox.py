"""The outbox: events become rows in the transaction of the state change they tell of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.contracts import Event
from shared.contracts.actor import Actor
from shared.ids import new_id
from shared.store.statements import Ready, ready

MAX_BYTES = 900_000  # below the broker's 1 MiB a record, headers included

# Locks and raises each subject's counter in sorted order, then numbers the rows: `position` is drawn after the
# subject lock, so for one subject it is commit order. `in_time` refuses what is dated before the fence (fence.py).
# The new counters are looked up in one object: our connections join by nested loops only, which is quadratic here.
_INSERT = """
WITH told AS (
    SELECT * FROM unnest(
        CAST(:id AS uuid[]), CAST(:topic AS text[]), CAST(:subject AS text[]), CAST(:type AS text[]),
        CAST(:payload AS bytea[]), CAST(:occurred_at AS timestamptz[]), CAST(:correlation_id AS text[]),
        CAST(:causation_id AS text[]), CAST(:actor AS text[]), CAST(:actor_role AS text[]),
        CAST(:traceparent AS text[]), CAST(:raw_headers AS text[])
    ) WITH ORDINALITY AS g(id, topic, subject, type, payload, occurred_at, correlation_id, causation_id, actor,
                           actor_role, traceparent, raw_headers, n)
), {given}, dated AS MATERIALIZED (
    SELECT in_time(:dated) AS in_time
), counted AS (
    INSERT INTO subject_sequence AS s (subject, value)
    SELECT subject, count(*) FROM given GROUP BY subject ORDER BY subject
    ON CONFLICT (subject) DO UPDATE SET value = s.value + excluded.value
    RETURNING subject, value
), numbers AS MATERIALIZED (
    SELECT jsonb_object_agg(subject, value) AS last FROM counted
)
INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, occurred_at, correlation_id,
                    causation_id, actor, actor_role, traceparent, raw_headers)
SELECT g.id, g.topic, g.subject, g.type, g.payload,
       CAST((SELECT last FROM numbers) ->> g.subject AS bigint)
       - count(*) OVER (PARTITION BY g.subject) + row_number() OVER (PARTITION BY g.subject ORDER BY g.n),
       g.occurred_at, g.correlation_id, g.causation_id, g.actor, g.actor_role, g.traceparent,
       CAST(g.raw_headers AS jsonb)
FROM given g
WHERE (SELECT in_time FROM dated)
ORDER BY g.n"""
_BY_PEOPLE = _INSERT.replace("{given}", "given AS (SELECT * FROM told)")
# What a rule makes once more after a recovery is on the topic already, word for word: it keeps its id and number there,
# and its state is back now.
_BY_RULE = _INSERT.replace(
    "{given}",
    """known AS (
    SELECT position, aggregateid, type, payload,
           row_number() OVER (PARTITION BY aggregateid, type, payload ORDER BY sequence) AS nth
    FROM outbox WHERE recovered_at IS NOT NULL AND aggregateid IN (SELECT subject FROM told)
), again AS (
    UPDATE outbox o SET recovered_at = NULL
    FROM known k JOIN (SELECT *, row_number() OVER (PARTITION BY subject, type, payload ORDER BY n) AS nth
                       FROM told WHERE subject IN (SELECT aggregateid FROM known)) t
         ON t.subject = k.aggregateid AND t.type = k.type AND t.payload = k.payload AND t.nth = k.nth
    WHERE o.position = k.position RETURNING t.n
), given AS (SELECT * FROM told WHERE n NOT IN (SELECT n FROM again))""",
)


class Pending(NamedTuple):
    """One row on its way into the outbox; topic is the name without prefix, empty for the service's own."""

    id: UUID
    topic: str
    subject: str
    type: str
    payload: bytes
    occurred_at: datetime
    correlation_id: str
    causation_id: str | None
    actor: str
    actor_role: str
    traceparent: str | None
    raw_headers: str | None
    by_rule: bool = False  # follows from another event or a timer, so that it may be made once more


def pending(
    event: Event, actor: Actor, now: datetime, correlation: str, causation: str | None, traceparent: str | None,
    by_rule: bool = False,
) -> Pending:  # fmt: skip
    """An event as an outbox row; too large an event is refused here, before anything is committed."""
    payload = event.__pydantic_serializer__.to_json(event)
    if len(payload) > MAX_BYTES:
        raise ValueError(f"{event.CE_TYPE} has {len(payload)} bytes, more than {MAX_BYTES}")
    topic = "operations" if event.SOURCE == "operations" else ""
    return Pending(
        new_id(), topic, event.subject, event.CE_TYPE, payload, now, correlation, causation, actor.id, actor.role,
        traceparent, None, by_rule,
    )  # fmt: skip


def dead_letter(service: str, origin: str, value: bytes, headers: dict[str, Any], now: datetime) -> Pending:
    """A record that is no event at all, for the group's dead-letter topic with its original headers and bytes."""
    return Pending(
        new_id(), f"{service}.dlq", f"dlq-{origin}", "dead-letter", value, now, str(new_id()), None, service,
        "system", None, orjson.dumps(headers).decode(),
    )  # fmt: skip


def statement(service: str, rows: Sequence[Pending], recovering: bool = False) -> Ready:
    """The statement that inserts rows with gap-free sequences per subject; `recovering`: some may be known already."""
    columns = dict(zip(Pending._fields, map(list, zip(*rows, strict=True)), strict=True))
    columns["topic"] = [topic or service for topic in columns["topic"]]
    columns["dated"] = min(columns["occurred_at"])
    return ready(_BY_RULE if recovering and any(columns["by_rule"]) else _BY_PEOPLE, columns)
