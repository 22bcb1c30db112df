"""Tables of intake; what a person is called or wrote is sealed under the key of its reporter."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from shared.contracts.codes import MatterState
from shared.roster import duty_table
from shared.store.base import service_base

Base: Any = service_base()

_STATES = ", ".join(f"'{state}'" for state in MatterState)


def _inner() -> Column[Any]:
    return Column(JSONB, nullable=False)


def _list() -> Column[Any]:
    return Column(ARRAY(Text), nullable=False)


def _reporter() -> Column[Any]:
    # Deferred: a batch inserts its matters first, because only then it knows which of them are new.
    return Column(Uuid, ForeignKey("reporter.reporter_id", deferrable=True, initially="DEFERRED"), nullable=False)


class ReporterRow(Base, table=True):
    """反映人: destroying `data_key` makes the identity and every text of the matter unreadable."""

    __tablename__ = "reporter"

    reporter_id: UUID = Field(primary_key=True)
    data_key: bytes
    sealed_identity: bytes


class MatterRow(Base, table=True):
    """事项, its line in the register book included; `orders`, `attempts`: inner parts of the aggregate."""

    __tablename__ = "matter"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("(state = 'PENDING_INTAKE') = (register_no IS NULL)", name="registered"),
        CheckConstraint("num_nulls(register_no, registered_at, first_receiver_id) IN (0, 3)", name="register_line"),
        CheckConstraint("state <> 'CLOSED' OR num_nulls(outcome, root_cause) = 0", name="decided"),
        CheckConstraint("channel = 'WALK_IN' OR source_ref IS NOT NULL", name="source"),
        CheckConstraint("round >= 1", name="round"),
        Index(
            "uq_matter_source", "channel", "source_ref", unique=True, postgresql_where=text("source_ref IS NOT NULL")
        ),
        Index("ix_matter_list", "window_id", "state", "matter_id"),
        Index("ix_matter_org", "org_code", "matter_id"),
    )

    matter_id: UUID = Field(primary_key=True)
    reporter_id: UUID = Field(sa_column=_reporter())
    org_code: str
    window_id: str
    channel: str
    source_ref: str | None
    received_at: datetime
    state: str
    state_since: datetime
    round: int
    version: int
    register_no: str | None = Field(unique=True)
    registered_at: datetime | None
    period_id: str | None
    first_receiver_id: str | None
    duty_leader_id: str | None
    reporter_kind: str | None
    disclosure: str | None
    urgency: str | None
    item_code: str | None
    group_size: int | None
    blamed_unit_ids: list[str] = Field(sa_column=_list())
    root_cause: str | None
    outcome: str | None
    responsible_unit_id: str | None
    hands: list[str] = Field(sa_column=_list())
    orders: list[Any] = Field(sa_column=_inner())
    orders_awaited: int
    meetings: list[str] = Field(sa_column=_list())
    attempts: list[Any] = Field(sa_column=_inner())
    particulars: dict[str, Any] = Field(sa_column=_inner())
    sealed_title: bytes
    sealed_content: bytes


class RecordRow(Base, table=True):
    """办理记录: what was done and said, append-only; the codes open, the words sealed."""

    __tablename__ = "record"
    __table_args__ = (Index("ix_record_matter", "matter_id", "recorded_at"),)

    record_id: UUID = Field(primary_key=True)
    matter_id: UUID = Field(foreign_key="matter.matter_id")
    kind: str
    round: int
    codes: dict[str, Any] = Field(sa_column=_inner())
    sealed_words: bytes
    recorded_by: str
    recorded_at: datetime


class LookRow(Base, table=True):
    """The last look of somebody at personal data that was told; the next within ten minutes is the same look."""

    __tablename__ = "look"

    matter_id: UUID = Field(primary_key=True)
    viewer_id: str = Field(primary_key=True)
    field_group: str = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    looked_at: datetime


class WindowRow(Base, table=True):
    """监督窗口."""

    __tablename__ = "service_window"

    window_id: str = Field(primary_key=True)
    org_code: str
    level: str
    name: str
    register_mark: str = Field(unique=True)
    morning_from: time
    morning_to: time
    afternoon_from: time
    afternoon_to: time


class CounterRow(Base, table=True):
    """The last register number given in a window and year; locked until the registration commits, so without gaps."""

    __tablename__ = "register_counter"

    window_id: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    value: int


class HandoverRow(Base, table=True):
    """交接 at the end of a duty period."""

    __tablename__ = "handover"

    period_id: str = Field(primary_key=True)
    next_period_id: str
    outgoing_signed_at: datetime
    incoming_signed_at: datetime | None
    sealed_notes: bytes | None


class CalendarYearRow(Base, table=True):
    """A year of the working-day calendar, copied from deadlines."""

    __tablename__ = "calendar_year"

    year: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=_inner())


REPORTER = Base.metadata.tables["reporter"]
MATTER = Base.metadata.tables["matter"]
RECORD = Base.metadata.tables["record"]
WINDOW = Base.metadata.tables["service_window"]
HANDOVER = Base.metadata.tables["handover"]
CALENDAR_YEAR = Base.metadata.tables["calendar_year"]
DUTY = duty_table(Base.metadata)
