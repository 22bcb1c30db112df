"""Tables of deadlines: what is known of each matter, its clocks, timers still to fire, calendar and office hours."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Time,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.contracts.codes import Escalation
from shared.roster import duty_table
from shared.store.base import service_base

METADATA = service_base().metadata
_MOMENT = DateTime(timezone=True)
_LEVELS = ", ".join(f"'{level}'" for level in Escalation)

# One row a matter: the lock under which all of its clocks change.
MATTER = Table(
    "matter",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    Column("org_code", Text, nullable=False),
    Column("window_id", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
)

DEADLINE = Table(
    "deadline",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("matter_id", Uuid, ForeignKey("matter.matter_id"), nullable=False),
    Column("org_code", Text, nullable=False),
    Column("window_id", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("order_id", Uuid),
    Column("unit_id", Text),
    Column("round", Integer, nullable=False),
    Column("start_event", Text, nullable=False),
    Column("started_at", _MOMENT, nullable=False),
    Column("time_limit", Text, nullable=False),
    Column("due_at", _MOMENT, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("calendar_version", Text, nullable=False),
    Column("stop_event", Text),
    Column("stopped_at", _MOMENT),
    Column("level", Text),
    Column("changes", JSONB, nullable=False, server_default=text("'[]'")),
    Column("steps", JSONB, nullable=False),
    Column("rule_version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("due_at >= started_at", name="due_after_start"),
    CheckConstraint("stopped_at >= started_at", name="stop_after_start"),
    CheckConstraint("(stopped_at IS NULL) = (stop_event IS NULL)", name="stop_has_event"),
    CheckConstraint(f"level IN ({_LEVELS})", name="level"),
    CheckConstraint("round >= 1", name="round"),
    Index("ix_deadline_matter", "matter_id", "rule"),
    Index("ix_deadline_open", "due_at", "id", postgresql_where=text("stopped_at IS NULL")),
    Index("ix_deadline_window", "window_id", "due_at", "id"),
    Index("ix_deadline_unit", "unit_id", "due_at", "id", postgresql_where=text("unit_id IS NOT NULL")),
    Index("ix_deadline_order", "order_id", postgresql_where=text("order_id IS NOT NULL")),
)

# The next step of each clock that has one; a simulated clock reads `min(at)` here to know where to go.
TIMER = Table(
    "timer",
    METADATA,
    Column("deadline_id", Uuid, primary_key=True),
    Column("at", _MOMENT, nullable=False, index=True),
    Column("matter_id", Uuid, nullable=False),
)

# Matters whose timers could not be fired: each waits alone, tried again after a while of real time.
HELD = Table(
    "held_matter",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("held_since", _MOMENT, nullable=False),
    Column("next_attempt_at", _MOMENT, nullable=False),
)

CALENDAR_YEAR = Table(
    "calendar_year",
    METADATA,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("status", Text, nullable=False),
    Column("doc_no", Text),
    Column("days", JSONB, nullable=False),
    Column("loaded_at", _MOMENT, nullable=False),
    Column("title", Text),
    Column("issued", Date),
    Column("loaded_by", Text),
    Column("reason", Text),
    CheckConstraint("status IN ('official', 'provisional', 'amended')", name="status"),
    CheckConstraint("status = 'provisional' OR doc_no IS NOT NULL", name="notice"),
)

# The versions of the rules after the built-in first; written once, never changed.
RULE_VERSION = Table(
    "rule_version",
    METADATA,
    Column("rule", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("org_code", Text),
    Column("window_id", Text),
    Column("valid_from", Date, nullable=False),
    Column("since", _MOMENT, nullable=False),
    Column("time_limit", Text, nullable=False),
    Column("extendable", Boolean, nullable=False),
    Column("suspendable", Boolean, nullable=False),
    Column("red_at_once", Boolean, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("applies_to_running", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("amended_by", Text, nullable=False),
    Column("amended_at", _MOMENT, nullable=False),
    CheckConstraint("version >= 2", name="after_the_built_in"),
    CheckConstraint("window_id IS NULL OR org_code IS NOT NULL", name="window_of_org"),
    CheckConstraint("since >= amended_at", name="not_in_the_past"),
    CheckConstraint("basis <> ''", name="basis"),
    CheckConstraint("NOT applies_to_running OR reason <> ''", name="running_has_reason"),
    CheckConstraint("rule NOT IN ('D03', 'D07', 'D13') OR NOT (extendable OR suspendable)", name="never_extended"),
)

# The versions of years that others have replaced, in their order: what a date was counted by can be told for ever.
CALENDAR_YEAR_PAST = Table(
    "calendar_year_past",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("year", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("doc_no", Text),
    Column("title", Text),
    Column("issued", Date),
    Column("days", JSONB, nullable=False),
    Column("loaded_at", _MOMENT, nullable=False),
    Column("loaded_by", Text),
    Column("reason", Text),
)

# Copied from intake: a window's office hours, by which its dates are counted.
OFFICE_HOURS = Table(
    "office_hours",
    METADATA,
    Column("window_id", Text, primary_key=True),
    Column("morning_from", Time, nullable=False),
    Column("morning_to", Time, nullable=False),
    Column("afternoon_from", Time, nullable=False),
    Column("afternoon_to", Time, nullable=False),
    Column("org_code", Text),  # not known of windows opened before it was kept
)

# Copied from intake and referral: to whom papers go.
DUTY = duty_table(METADATA)
UNIT = Table(
    "unit",
    METADATA,
    Column("unit_id", Text, primary_key=True),
    Column("principal_id", Text, nullable=False),
    Column("principal_since", Date),
    Column("deputy_ids", ARRAY(Text), nullable=False),
    Column("liaison_ids", ARRAY(Text), nullable=False),
    Column("valid_to", Date),
    Column("successor_id", Text),
    Column("supervision_office_id", Text),
)
