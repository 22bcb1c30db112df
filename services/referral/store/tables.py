"""Tables of referral; `words` columns hold what people wrote, sealed under the matter's key."""

from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.referral.domain.files import FilePurpose
from services.referral.domain.meetings import MeetingState
from services.referral.domain.orders import Settlement
from services.referral.domain.statements import StatementDecision
from services.referral.domain.terms import Post
from services.referral.domain.units import UnitLevel
from shared.calendar_copy import calendar_table
from shared.contracts.codes import Disclosure, FileFormat, OrderState, UnitRole
from shared.recusals import recusal_table
from shared.roster import duty_table
from shared.store.base import service_base
from shared.store.guesses import guess_table
from shared.store.secrecy import KEYED_HASH, UNDER_WRAPPED_KEY, WRAPPED_KEY, Holding, no_secret

Base: Any = service_base()
METADATA = Base.metadata

_PRINCIPAL = f"post = '{Post.PRINCIPAL}'"


def _one_of(column: str, codes: Iterable[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(code.value) for code in codes)})", name=column)


def _texts() -> Column[Any]:
    return Column(ARRAY(Text), nullable=False)


def _bytes(holding: Holding) -> Any:
    return Field(sa_column_kwargs={"info": holding})


class MatterRow(Base, table=True):
    """What referral keeps of a matter, and the key of its free text; locked before its orders."""

    __tablename__ = "matter"
    __table_args__ = (_one_of("disclosure", Disclosure), CheckConstraint("round >= 1", name="round"))

    matter_id: UUID = Field(primary_key=True)
    org_code: str
    window_id: str
    register_no: str
    disclosure: str
    group_size: int | None
    round: int
    final: bool
    data_key: bytes = _bytes(WRAPPED_KEY)


class OrderRow(Base, table=True):
    """交办单; words: extract, answers, reviews."""

    __tablename__ = "orders"
    __table_args__ = (
        _one_of("state", OrderState),
        _one_of("role", UnitRole),
        _one_of("settlement", Settlement),
        CheckConstraint("state IN ('DRAFT', 'VOIDED') OR (order_no IS NOT NULL AND delivered_at IS NOT NULL)",
                        name="issued"),
        CheckConstraint("(state = 'CLOSED') = (settlement IS NOT NULL)", name="settled"),
        Index("ix_orders_matter", "matter_id"),
        Index("ix_orders_window", "window_id", "state", "order_id"),
        Index("ix_orders_unit", "unit_id", "state", "order_id"),
        Index("uq_orders_order_no", "order_no", unique=True),
        Index("uq_orders_successor", "predecessor_id", unique=True, postgresql_where=text("state <> 'VOIDED'")),
    )  # fmt: skip

    order_id: UUID = Field(primary_key=True)
    matter_id: UUID = Field(foreign_key="matter.matter_id")
    org_code: str
    window_id: str
    unit_id: str
    role: str
    rule: str
    policy: str
    round: int
    state: str
    requirement_codes: list[str] = Field(sa_column=_texts())
    predecessor_id: UUID | None
    order_no: str | None
    signed_by: str | None
    drafted_at: datetime
    delivered_at: datetime | None
    paper_sha256: str | None
    dropped: bool = Field(sa_column_kwargs={"server_default": text("false")})
    acked_by: str | None
    acked_at: datetime | None
    ack_missed: bool
    settlement: str | None
    words: bytes = _bytes(UNDER_WRAPPED_KEY)
    version: int


class ClockRow(Base, table=True):
    """A clock on an order, copied from deadlines: until when an extension may be asked for."""

    __tablename__ = "clock"
    __table_args__ = (Index("ix_clock_order", "order_id"),)

    deadline_id: UUID = Field(primary_key=True)
    order_id: UUID
    rule: str
    due_at: datetime
    is_open: bool


class RuleVersionRow(Base, table=True):
    """期限规则版本, copied from deadlines: the limit that orders name, and whether it is extended or suspended."""

    __tablename__ = "rule_version"

    rule: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class SupervisionRow(Base, table=True):
    """督办: a step of the ladder that a clock of an order reached, copied from deadlines for its paper."""

    __tablename__ = "supervision"
    __table_args__ = (Index("ix_supervision_order", "order_id"),)

    deadline_id: UUID = Field(primary_key=True)
    level: str = Field(primary_key=True)
    order_id: UUID
    rule: str
    due_at: datetime
    reached_at: datetime
    sent_at: datetime
    withdrawn: bool


class OrderCounterRow(Base, table=True):
    """The last number given out, per window and year."""

    __tablename__ = "order_counter"

    window_id: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class NoticeRow(Base, table=True):
    """一次性告知, one row a version; words: materials and those added."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("order_id", "version"),)

    notice_id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="orders.order_id")
    version: int
    given_by: str
    given_at: datetime
    words: bytes = _bytes(UNDER_WRAPPED_KEY)


class StatementRow(Base, table=True):
    """不能办情况说明; words: text and decision. `reasons_mark` finds copies without showing the text."""

    __tablename__ = "statement"
    __table_args__ = (
        _one_of("decision", StatementDecision),
        CheckConstraint("decision IS DISTINCT FROM 'UPHOLD' OR comparison_id IS NOT NULL", name="compared"),
        UniqueConstraint("order_id"),
        UniqueConstraint("reasons_mark"),
        Index("ix_statement_watched", "watched_policy_ids", postgresql_using="gin"),
    )

    statement_id: UUID = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="orders.order_id")
    text_sha256: str
    reasons_mark: bytes = _bytes(KEYED_HASH)
    signer_id: str
    filed_at: datetime
    decision: str | None
    comparison_id: UUID | None = Field(foreign_key="comparison.comparison_id")
    watched_policy_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False, server_default=text("'{}'")))
    words: bytes = _bytes(UNDER_WRAPPED_KEY)


class StatementDraftRow(Base, table=True):
    """A statement that is being written, one an order, until its principal signs; words: its text."""

    __tablename__ = "statement_draft"

    order_id: UUID = Field(primary_key=True, foreign_key="orders.order_id")
    text_sha256: str
    written_by: str
    written_at: datetime
    words: bytes = _bytes(UNDER_WRAPPED_KEY)


class ComparisonRow(Base, table=True):
    """横向对比; words: the reason why not needed, or the rows."""

    __tablename__ = "comparison"

    comparison_id: UUID = Field(primary_key=True)
    matter_id: UUID = Field(foreign_key="matter.matter_id", index=True)
    needed: bool
    recorded_by: str
    recorded_at: datetime
    words: bytes = _bytes(UNDER_WRAPPED_KEY)


class MeetingRow(Base, table=True):
    """会议; words: agenda, sessions, conclusion. One open meeting a matter."""

    __tablename__ = "meeting"
    __table_args__ = (
        _one_of("state", MeetingState),
        Index("ix_meeting_matter", "matter_id"),
        Index("uq_meeting_open", "matter_id", unique=True, postgresql_where=text("state = 'SCHEDULED'")),
    )

    meeting_id: UUID = Field(primary_key=True)
    matter_id: UUID = Field(foreign_key="matter.matter_id")
    kind: str
    unit_ids: list[str] = Field(sa_column=_texts())
    meets_at: datetime
    state: str
    words: bytes = _bytes(UNDER_WRAPPED_KEY)
    version: int


class FileRow(Base, table=True):
    """A file of an order, or the signed minutes of a meeting; words: its name and the hash of what was handed in."""

    __tablename__ = "file"
    __table_args__ = (
        _one_of("purpose", FilePurpose),
        _one_of("format", FileFormat),
        CheckConstraint("num_nonnulls(order_id, meeting_id) = 1", name="owner"),
        CheckConstraint("(purpose = 'MINUTES') = (meeting_id IS NOT NULL)", name="minutes"),
        Index("ix_file_matter", "matter_id"),
        Index("ix_file_order", "order_id"),
        Index("ix_file_meeting", "meeting_id"),
    )

    file_id: UUID = Field(primary_key=True)
    matter_id: UUID = Field(foreign_key="matter.matter_id")
    order_id: UUID | None = Field(foreign_key="orders.order_id")
    meeting_id: UUID | None = Field(foreign_key="meeting.meeting_id")
    purpose: str
    format: str
    size: int
    file_digest: bytes = _bytes(no_secret("SHA-256 of a sealed file"))
    added_by: str
    added_at: datetime
    is_erased: bool
    words: bytes = _bytes(UNDER_WRAPPED_KEY)


class PolicyRow(Base, table=True):
    """A document of the library of policies: public, so in the open."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("number", "title", name="uq_policy_number_title"),)

    policy_id: UUID = Field(primary_key=True)
    org_code: str
    level: str
    title: str
    number: str
    issued_by: str
    effective_on: date
    issued_on: date | None
    articles: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    registered_by: str
    registered_at: datetime
    ended_on: date | None
    superseded_by: UUID | None


class UnitRow(Base, table=True):
    """A line of the unit directory, which referral owns."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        _one_of("level", UnitLevel),
    )

    unit_id: str = Field(primary_key=True)
    org_code: str
    name: str
    kind: str
    principal_id: str
    deputy_ids: list[str] = Field(sa_column=_texts())
    valid_from: date
    valid_to: date | None
    successor_id: str | None
    level: str | None
    parent_id: str | None
    supervision_office_id: str | None
    liaison_ids: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'")))


class TermRow(Base, table=True):
    """A term of office; a unit has at most one principal whose term is open, and one who began on a day."""

    __tablename__ = "unit_term"
    __table_args__ = (
        _one_of("post", Post),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        Index("uq_unit_term_open", "unit_id", unique=True, postgresql_where=text(f"{_PRINCIPAL} AND until IS NULL")),
        Index("uq_unit_term_since", "unit_id", "since", unique=True, postgresql_where=text(_PRINCIPAL)),
    )

    unit_id: str = Field(primary_key=True, foreign_key="unit.unit_id")
    post: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    until: date | None


class WindowRow(Base, table=True):
    """A window, copied from intake: name and hours; and what its order numbers begin with, which is set here."""

    __tablename__ = "window"

    window_id: str = Field(primary_key=True)
    name: str
    morning_from: time | None
    morning_to: time | None
    afternoon_from: time | None
    afternoon_to: time | None
    order_prefix: str | None = Field(unique=True)


_TABLES = Base.metadata.tables
MATTER, ORDER = _TABLES["matter"], _TABLES["orders"]
NOTICE, STATEMENT, STATEMENT_DRAFT = _TABLES["notice"], _TABLES["statement"], _TABLES["statement_draft"]
COMPARISON, MEETING, FILE = _TABLES["comparison"], _TABLES["meeting"], _TABLES["file"]
UNIT, TERM, WINDOW = _TABLES["unit"], _TABLES["unit_term"], _TABLES["window"]
POLICY = _TABLES["policy"]
CLOCK, SUPERVISION = _TABLES["clock"], _TABLES["supervision"]
RULE_VERSION = _TABLES["rule_version"]
GUESS = guess_table(Base.metadata)
CALENDAR_YEAR = calendar_table(Base.metadata)
DUTY = duty_table(Base.metadata)
RECUSAL = recusal_table(Base.metadata)
