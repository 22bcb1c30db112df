"""CloudEvents 1.0 on Kafka, binary mode: headers written from outbox rows, and read leniently from records."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts import PREFIX, Event

Headers = Sequence[tuple[str, bytes]]
MAX_KEY = 200  # characters of a source or subject: both are keys of an index
MAX_SEQUENCE = 2**63 - 1


class Unreadable(Exception):
    """No event at all: source, subject or sequence cannot be read. Goes to the dead letters."""


@dataclass(slots=True)  # not frozen: thousands are made a second, and a frozen one takes three times as long
class Record:
    """One event as it came from the bus; `event` is filled only for types the service reacts to."""

    topic: str
    partition: int
    offset: int
    source: str
    subject: str
    sequence: int
    id: str
    type: str
    time: str
    correlation_id: str
    causation_id: str
    actor_id: str
    headers: Headers
    value: bytes
    timestamp: int = 0  # the broker's, in ms
    event: Event | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What keeps its order: source and subject."""
        return self.source, self.subject

    @property
    def service(self) -> str:
        """The publishing service, last part of the source."""
        return self.source.rsplit("/", 1)[-1]

    def with_event(self, event: Event) -> "Record":
        """The same record with its body read."""
        self.event = event
        return self


def source_of(region: str, service: str) -> str:
    """ce_source of a service, e.g. `/410200/intake`."""
    return f"/{region}/{service}"


def write_headers(row: Mapping[str, Any], source: str) -> list[tuple[str, bytes]]:
    """The headers of an outbox row."""
    kind = row["type"]
    pairs = {
        "ce_specversion": "1.0",
        "ce_id": str(row["id"]),
        "ce_source": source,
        "ce_type": kind,
        "ce_subject": row["aggregateid"],
        "ce_time": row["occurred_at"].isoformat(),
        "ce_dataschema": f"urn:{PREFIX}:schema:{kind.removeprefix(PREFIX + '.')}",
        "ce_partitionkey": row["aggregateid"],
        "ce_sequence": str(row["sequence"]),
        "ce_correlationid": row["correlation_id"],
        "ce_causationid": row["causation_id"],
        "ce_actor": row["actor"],
        "ce_actorrole": row["actor_role"],
        "ce_traceparent": row["traceparent"],
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in pairs.items() if value is not None]


def read(topic: str, partition: int, offset: int, headers: Headers, value: bytes | None, timestamp: int = 0) -> Record:
    """Read a record's envelope; only what ordering needs must be well formed, the rest may be anything."""
    found = dict(headers)
    try:
        source, subject = found["ce_source"].decode(), found["ce_subject"].decode()
        sequence = int(found["ce_sequence"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:  # a header's value may be null
        raise Unreadable(type(error).__name__) from error
    if not (_fit_for_a_key(source) and _fit_for_a_key(subject) and 1 <= sequence <= MAX_SEQUENCE):
        raise Unreadable("source, subject or sequence out of bounds")

    def lenient(name: str) -> str:
        return _storable((found.get(name) or b"").decode(errors="replace"))

    return Record(
        topic, partition, offset, source, subject, sequence, lenient("ce_id"), lenient("ce_type"), lenient("ce_time"),
        lenient("ce_correlationid"), lenient("ce_causationid"), lenient("ce_actor"), headers, value or b"", timestamp,
    )  # fmt: skip


def _fit_for_a_key(text: str) -> bool:
    return 0 < len(text) <= MAX_KEY and "\x00" not in text


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return text.replace("\x00", "\ufffd")


def headers_to_json(headers: Headers) -> list[list[str]]:
    """Headers as they came, bytes in base64, for keeping in a JSON column."""
    return [[_storable(name), base64.b64encode(value or b"").decode()] for name, value in headers]


def headers_from_json(kept: Sequence[Sequence[str]]) -> list[tuple[str, bytes]]:
    """The inverse of `headers_to_json`."""
    return [(name, base64.b64decode(value)) for name, value in kept]
