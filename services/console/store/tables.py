"""Tables of the projection: codes, times and names of units and windows; never a person's name or free text.

Columns are empty until the event that brings them has come: the events of a matter arrive in any order. Beside it
stand the sessions of browsers, which come from no event.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.calendar_copy import calendar_table
from shared.recusals import recusal_table
from shared.roster import duty_table
from shared.store.base import service_base
from shared.store.secrecy import KEYED_HASH, under_own_key

METADATA = service_base().metadata

_MOMENT = DateTime(timezone=True)

# Every change of a matter draws the next number: what browsers listen for.
REVISION = Sequence("matter_revision", metadata=METADATA)

MATTER = Table(
    "matter",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    Column("org_code", Text, nullable=False),
    Column("window_id", Text, nullable=False),
    Column("register_no", Text),
    Column("state", Text),
    Column("round", Integer),
    Column("moved_at", _MOMENT),
    Column("channel", Text),
    Column("disclosure", Text),
    Column("group_size", Integer),
    Column("urgency", Text),
    Column("historical", Boolean),
    Column("received_at", _MOMENT),
    Column("registered_at", _MOMENT),
    Column("closed_at", _MOMENT),
    Column("outcome", Text),
    Column("root_cause", Text),
    Column("responsible_unit_id", Text),
    Column("kind", Text),
    Column("policy", Text),
    Column("assessed_cause", Text),
    Column("class_hint", Boolean),
    Column("proposal", Text),
    Column("alarm_raised_at", _MOMENT),
    Column("alarm_acked_at", _MOMENT),
    Column("updated_at", _MOMENT, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index("ix_matter_window", "window_id", "matter_id"),
    Index("ix_matter_window_state", "window_id", "state", "matter_id"),
    Index("ix_matter_registered", "window_id", "registered_at"),
    Index("ix_matter_org_state", "org_code", "state", "matter_id"),
    Index("ix_matter_state", "state", "matter_id"),
    Index("ix_matter_revision", "revision", unique=True),
    Index(
        "ix_matter_alarm",
        "alarm_raised_at",
        postgresql_where=text("alarm_raised_at IS NOT NULL AND alarm_acked_at IS NULL"),
    ),
)

TIMELINE = Table(
    "timeline",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("at", _MOMENT, nullable=False),
    Column("actor", Text, nullable=False),
    Column("order_id", Uuid),
    Column("unit_id", Text),
    Column("facts", JSONB, nullable=False),
)

ORDER = Table(
    "matter_order",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("matter_id", Uuid, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("order_no", Text),
    Column("role", Text),
    Column("rule", Text),
    Column("predecessor_id", Uuid),
    Column("result", Text),
    Column("drafted_at", _MOMENT),
    Column("delivered_at", _MOMENT),
    Column("acked_at", _MOMENT),
    Column("answered_at", _MOMENT),
    Column("settled_at", _MOMENT),
    Index("ix_matter_order_matter", "matter_id", "unit_id"),
    Index("ix_matter_order_unit", "unit_id", "matter_id"),
)

CLOCK = Table(
    "clock",
    METADATA,
    Column("deadline_id", Uuid, primary_key=True),
    Column("matter_id", Uuid, nullable=False),
    Column("org_code", Text),
    Column("window_id", Text),
    Column("rule", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("order_id", Uuid),
    Column("unit_id", Text),
    Column("started_at", _MOMENT),
    Column("due_at", _MOMENT),
    Column("limit_code", Text),
    Column("provisional", Boolean),
    Column("stopped_at", _MOMENT),
    Column("overdue", Boolean),
    Column("runs", Boolean),  # the last word of start and stop; the start of one that had stopped empties stopped_at
    Column("paused", Boolean),
    Column("paused_at", _MOMENT),
    Column("resumes_at", _MOMENT),
    Index("ix_clock_matter", "matter_id"),
    Index("ix_clock_open", "due_at", "deadline_id", postgresql_where=text("stopped_at IS NULL")),
    Index("ix_clock_open_org", "org_code", "due_at", "deadline_id", postgresql_where=text("stopped_at IS NULL")),
    Index("ix_clock_open_window", "window_id", "due_at", "deadline_id", postgresql_where=text("stopped_at IS NULL")),
    Index("ix_clock_open_unit", "unit_id", "due_at", "deadline_id", postgresql_where=text("stopped_at IS NULL")),
)

STEP = Table(
    "supervision_step",
    METADATA,
    Column("deadline_id", Uuid, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("matter_id", Uuid, nullable=False),
    Column("reached_at", _MOMENT),
    Column("sent_at", _MOMENT),
    Column("withdrawn", Boolean, nullable=False),
    Index("ix_supervision_step_matter", "matter_id"),
)

# A paper of supervision once for each addressee. It counts while its step stands and was reached when it says, and its
# clock runs; `settled` is that the clock has stopped, kept here so that open ones are found without the old ones.
LETTER = Table(
    "supervision_letter",
    METADATA,
    Column("deadline_id", Uuid, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("reached_at", _MOMENT, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("matter_id", Uuid, nullable=False),
    Column("sent_at", _MOMENT, nullable=False),
    Column("due_at", _MOMENT, nullable=False),
    Column("box", Text, nullable=False),
    Column("role", Text),
    Column("account_id", Text),
    Column("org_code", Text),
    Column("unit_id", Text),
    Column("copy_only", Boolean, nullable=False),
    Column("settled", Boolean, nullable=False),
    Index("ix_supervision_letter_matter", "matter_id"),
    Index("ix_supervision_letter_box", "box", "sent_at", "deadline_id", "level"),
    Index("ix_supervision_letter_open", "box", "sent_at", "deadline_id", "level", postgresql_where=text("NOT settled")),
)

UNIT = Table("unit", METADATA, Column("unit_id", Text, primary_key=True), Column("name", Text, nullable=False))
WINDOW = Table(
    "window_copy",
    METADATA,
    Column("window_id", Text, primary_key=True),
    Column("org_code", Text, nullable=False),
    Column("name", Text, nullable=False),
)
CALENDAR_YEAR = calendar_table(METADATA)
DUTY = duty_table(METADATA)
RECUSAL = recusal_table(METADATA)

SESSION = Table(
    "web_session",
    METADATA,
    Column("mark", LargeBinary, primary_key=True, info=KEYED_HASH),
    Column("tokens", LargeBinary, nullable=False, info=under_own_key("web session {mark}")),
    Column("begun_at", _MOMENT, nullable=False),
    Column("seen_at", _MOMENT, nullable=False),
    Column("renewing_at", _MOMENT),  # somebody is asking the provider for fresh tokens since then
    Index("ix_web_session_begun", "begun_at"),
    Index("ix_web_session_seen", "seen_at"),
)
