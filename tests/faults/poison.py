"""Records that no healthy service sends: what is wrong with each, and where it must end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from bancheng.demo.identities import CITY
from shared.contracts import Event
from shared.contracts.codes import AcceptMode, Channel, Disclosure, ReporterKind, Urgency, WindowLevel
from shared.contracts.intake import MatterAccepted, MatterRegistered
from shared.ids import new_id
from tests.faults.plant import START

SOURCE = "/410299/intake"  # not our own intake's: that would count as a history that its database has lost
TOPIC = "bancheng.intake"
REACTING = ("triage", "deadlines", "console")  # to `matter.accepted`; referral passes it over, audit takes everything
READING = (*REACTING, "referral", "audit")

Headers = list[tuple[str, bytes | None]]


class End(StrEnum):
    """What must become of a record."""

    TAKEN = "taken"  # by everybody, whether it has an effect or not
    PARKED = "parked"  # by those who react to its type
    DEAD = "dead"  # kept whole among the dead letters of everybody


@dataclass
class Poison:
    """One record, about a matter of its own unless it says otherwise."""

    what: str
    end: End
    headers: Headers
    value: bytes | None
    key: bytes | None
    subject: str


class OddName(str):
    """A header name that goes to the broker as bytes which are no UTF-8."""

    def encode(self, *_: Any) -> bytes:
        return b"ce_\xff\xfe"


def envelope(subject: str, kind: str, sequence: int = 1, changes: Mapping[str, bytes | None] | None = None) -> Headers:
    """Headers as intake writes them, some of them changed; those set to b"-" are left out."""
    found: dict[str, bytes | None] = {
        "ce_specversion": b"1.0", "ce_id": str(new_id()).encode(), "ce_source": SOURCE.encode(),
        "ce_type": kind.encode(), "ce_subject": subject.encode(), "ce_time": START.isoformat().encode(),
        "ce_sequence": str(sequence).encode(), "ce_correlationid": b"poison", "ce_actor": b"poison",
    }  # fmt: skip
    return [(name, value) for name, value in (found | dict(changes or {})).items() if value != b"-"]


def accepted(subject: Any, window: str = CITY, org: str = "410200") -> MatterAccepted:
    """An acceptance; with NUL in it, it fits its schema and no database keeps it."""
    return MatterAccepted(matter_id=subject, org_code=org, window_id=window, mode=AcceptMode.MANUAL, accepted_at=START)


def registered(subject: Any) -> MatterRegistered:
    """A registration."""
    return MatterRegistered(
        matter_id=subject, org_code="410200", window_id=CITY, register_no=f"试〔2026〕{str(subject)[-6:]}号",
        channel=Channel.WALK_IN, level=WindowLevel.CITY, reporter_kind=ReporterKind.PERSON,
        disclosure=Disclosure.AGREE, urgency=Urgency.NORMAL, blamed_unit_ids=[], first_receiver_id="poison",
        received_at=START, registered_at=START,
    )  # fmt: skip


def cabinet() -> list[Poison]:
    """One of each kind."""
    return [
        _poison("bytes that are no UTF-8", End.PARKED, value=b"\xff\xfe\x00\x80"),
        _poison("wrong JSON", End.PARKED, value=b'{"matter_id": '),
        _poison("JSON of another shape", End.PARKED, value=b'["matter"]'),
        _poison("no value at all", End.PARKED, value=None),
        _poison("a version still to come", End.PARKED, kind="bancheng.matter.accepted.v9"),
        _poison("a type nobody knows", End.TAKEN, kind="bancheng.matter.dreamt.v1", value=b"\xff"),
        _poison("a type of 100,000 characters", End.TAKEN, kind="x" * 100_000),
        _poison("header values that are no UTF-8", End.TAKEN, ce_id=b"\xff", ce_actor=b"\x00\xfe", odd=b"\xff\x00"),
        _poison("a header without value", End.TAKEN, ce_causationid=None, odd=None),
        _poison("a header name that is no UTF-8", End.TAKEN, odd_name=True),
        _poison("no key", End.TAKEN, key=None),
        _poison("no source", End.DEAD, ce_source=b"-"),
        _poison("no sequence", End.DEAD, ce_sequence=b"-"),
        _poison("a sequence without value", End.DEAD, ce_sequence=None),
        _poison("sequence 0", End.DEAD, ce_sequence=b"0"),
        _poison("a sequence of 5,000 digits", End.DEAD, ce_sequence=b"9" * 5000),
        _poison("a subject that is no UTF-8", End.DEAD, ce_subject=b"\xff\xfe"),
        _poison("a subject with NUL", End.DEAD, ce_subject=b"a\x00b"),
        _poison("a subject of 10,000 characters", End.DEAD, ce_subject=b"s" * 10_000),
        Poison("no headers", End.DEAD, [], b"{}", b"poison", ""),
    ]  # fmt: skip


def _poison(
    what: str, end: End, kind: str = MatterAccepted.CE_TYPE, value: bytes | None = b"-", key: bytes | None = b"poison",
    odd_name: bool = False, **headers: bytes | None,
) -> Poison:  # fmt: skip
    subject = str(new_id())
    found = envelope(subject, kind, changes=headers)
    if odd_name:
        found.append((OddName("?"), b"\xff"))
    body = _body(accepted(subject)) if value == b"-" else value
    return Poison(what, end, found, body, key, subject)


async def send(bootstrap: str, poisons: Sequence[Poison]) -> None:
    """Put them on one partition of intake's topic, each in a batch of its own."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        for one in poisons:
            batch = producer.create_batch()
            batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 1_000_000)  # takes names of any bytes
            batch.append(timestamp=None, key=one.key, value=one.value, headers=one.headers)
            await (await producer.send_batch(batch, TOPIC, partition=0))
    finally:
        await producer.stop()


def in_order(subject: str, *events: Event, first: int = 1) -> list[Poison]:
    """Events of one subject as intake would number them."""
    return [
        Poison(event.TYPE, End.TAKEN, envelope(subject, event.CE_TYPE, first + n), _body(event), subject.encode(),
               subject)
        for n, event in enumerate(events)
    ]  # fmt: skip


def _body(event: Event) -> bytes:
    return event.model_dump_json().encode()
