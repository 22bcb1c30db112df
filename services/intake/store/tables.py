"""Tables of intake; what a person is called or wrote is sealed under the key of its reporter."""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Time,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.calendar_copy import calendar_table
from shared.contracts.codes import FileFormat, MatterState, PaperForm
from shared.recusals import recusal_table
from shared.roster import duty_table
from shared.store.base import service_base
from shared.store.guesses import guess_table
from shared.store.secrecy import KEYED_HASH, UNDER_WRAPPED_KEY, WRAPPED_KEY, Holding, no_secret, under_own_key

METADATA = service_base().metadata

_STATES, _FORMATS, _FORMS = (", ".join(f"'{code}'" for code in codes) for codes in (MatterState, FileFormat, PaperForm))
_MOMENT = DateTime(timezone=True)


def _must(name: str, kind: Any, *more: Any, info: Holding | None = None) -> Column[Any]:
    return Column(name, kind, *more, nullable=False, info=info or {})


# 反映人: destroying `data_key` makes the identity and every text of the matter unreadable. After an erasure another key
# stands here, under which every text says that it is gone.
REPORTER = Table(
    "reporter",
    METADATA,
    Column("reporter_id", Uuid, primary_key=True),
    _must("data_key", LargeBinary, info=WRAPPED_KEY),
    _must("sealed_identity", LargeBinary, info=UNDER_WRAPPED_KEY),
    Column("erased_at", _MOMENT),
)

# 事项, its line in the register book included; `orders` and `attempts` are inner parts of the aggregate. The reporter
# may come after its matter, because only at the insert it shows which matters of a batch are new.
MATTER = Table(
    "matter",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    _must("reporter_id", Uuid, ForeignKey("reporter.reporter_id", deferrable=True, initially="DEFERRED")),
    _must("org_code", Text),
    _must("window_id", Text),
    _must("channel", Text),
    Column("source_ref", Text),
    _must("received_at", _MOMENT),
    _must("state", Text),
    _must("state_since", _MOMENT),
    _must("round", Integer),
    _must("version", Integer),
    Column("register_no", Text, unique=True),
    Column("registered_at", _MOMENT),
    Column("period_id", Text),
    Column("first_receiver_id", Text),
    Column("duty_leader_id", Text),
    Column("reporter_kind", Text),
    Column("disclosure", Text),
    Column("urgency", Text),
    Column("item_code", Text),
    Column("group_size", Integer),
    _must("blamed_unit_ids", ARRAY(Text)),
    Column("root_cause", Text),
    Column("outcome", Text),
    Column("responsible_unit_id", Text),
    _must("hands", ARRAY(Text)),
    _must("orders", JSONB),
    _must("orders_awaited", Integer),
    _must("meetings", ARRAY(Text)),
    _must("attempts", JSONB),
    Column("proposal", JSONB),
    Column("merged_into", Uuid),
    Column("sample", JSONB),
    Column("written_at", _MOMENT),
    Column("alarm", JSONB),
    Column("erased_at", _MOMENT),
    _must("particulars", JSONB),
    _must("sealed_title", LargeBinary, info=UNDER_WRAPPED_KEY),
    _must("sealed_content", LargeBinary, info=UNDER_WRAPPED_KEY),
    CheckConstraint(f"state IN ({_STATES})", name="state"),
    CheckConstraint("(state = 'PENDING_INTAKE') = (register_no IS NULL)", name="registered"),
    CheckConstraint("num_nulls(register_no, registered_at, first_receiver_id) IN (0, 3)", name="register_line"),
    CheckConstraint("state <> 'CLOSED' OR num_nulls(outcome, root_cause) = 0", name="decided"),
    CheckConstraint("(state = 'MERGED') = (merged_into IS NOT NULL)", name="merged"),
    CheckConstraint("channel = 'WALK_IN' OR source_ref IS NOT NULL", name="source"),
    CheckConstraint("round >= 1", name="round"),
    Index("uq_matter_source", "channel", "source_ref", unique=True, postgresql_where=text("source_ref IS NOT NULL")),
    Index("ix_matter_list", "window_id", "state", "matter_id"),
    Index("ix_matter_org", "org_code", "matter_id"),
    Index("ix_matter_register", "window_id", "registered_at", postgresql_where=text("registered_at IS NOT NULL")),
)

# The numbers other channels have for a matter that came to the window another way: it is not taken in twice.
KNOWN_AS = Table(
    "known_as",
    METADATA,
    Column("channel", Text, primary_key=True),
    Column("source_ref", Text, primary_key=True),
    _must("matter_id", Uuid, ForeignKey("matter.matter_id", deferrable=True, initially="DEFERRED")),
)

# Phones as keyed hashes, to find the matters of somebody who comes again; gone with the reporter.
CONTACT = Table(
    "contact",
    METADATA,
    Column("mark", LargeBinary, primary_key=True, info=KEYED_HASH),
    Column("matter_id", Uuid, primary_key=True),
    Index("ix_contact_matter", "matter_id"),
)

# Pairs of characters of title and facts as keyed hashes, to find matters by words; gone with the reporter.
SEARCH = Table(
    "search",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    _must("marks", ARRAY(Integer)),
    Index("ix_search_marks", "marks", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
)

# The query code of the slip printed last, as a keyed hash; gone with the reporter.
QUERY_CODE = Table(
    "query_code",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    _must("mark", LargeBinary, info=KEYED_HASH),
    _must("printed_by", Text),
    _must("printed_at", _MOMENT),
)

# 回避.
RECUSAL = recusal_table(METADATA)

# 长期回避: who has a lasting interest in a unit; one living line for each.
INTEREST = Table(
    "interest",
    METADATA,
    Column("interest_id", Uuid, primary_key=True),
    _must("org_code", Text),
    _must("account_id", Text),
    _must("unit_id", Text),
    _must("ground", Text),
    _must("declared_by", Text),
    _must("declared_at", _MOMENT),
    Column("ended_by", Text),
    Column("ended_at", _MOMENT),
    Index("uq_interest_living", "unit_id", "account_id", unique=True, postgresql_where=text("ended_at IS NULL")),
)

# Misses of look-ups that could be guesses.
GUESS = guess_table(METADATA)

# 办理记录: what was done and said, append-only; the codes open, the words sealed.
RECORD = Table(
    "record",
    METADATA,
    Column("record_id", Uuid, primary_key=True),
    _must("matter_id", Uuid, ForeignKey("matter.matter_id")),
    _must("kind", Text),
    _must("round", Integer),
    _must("codes", JSONB),
    _must("sealed_words", LargeBinary, info=UNDER_WRAPPED_KEY),
    _must("recorded_by", Text),
    _must("recorded_at", _MOMENT),
    Index("ix_record_matter", "matter_id", "recorded_at"),
    Index("ix_record_callbacks", "recorded_at", postgresql_where=text("kind = 'CALLBACK'")),
)

# 材料: papers that the reporter handed in; the file lies in the file store under this id, its name is sealed.
MATERIAL = Table(
    "material",
    METADATA,
    Column("material_id", Uuid, primary_key=True),
    _must("matter_id", Uuid, ForeignKey("matter.matter_id")),
    _must("format", Text),
    _must("form", Text),
    _must("pages", Integer),
    _must("size", Integer),
    _must("file_digest", LargeBinary, info=no_secret("SHA-256 of a sealed file")),
    _must("sealed_name", LargeBinary, info=UNDER_WRAPPED_KEY),
    _must("added_by", Text),
    _must("added_at", _MOMENT),
    Column("returned_by", Text),
    Column("returned_at", _MOMENT),
    CheckConstraint(f"format IN ({_FORMATS})", name="format"),
    CheckConstraint(f"form IN ({_FORMS})", name="form"),
    CheckConstraint("pages >= 1 AND size >= 1", name="measured"),
    CheckConstraint("num_nulls(returned_by, returned_at) IN (0, 2)", name="returned"),
    Index("ix_material_matter", "matter_id", "material_id"),
)

# The last look of somebody at personal data that was told; the next within ten minutes is the same look.
LOOK = Table(
    "look",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    Column("viewer_id", Text, primary_key=True),
    Column("field_group", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    _must("looked_at", _MOMENT),
)

# 抽查: a day's draw, kept so that it can be repeated.
DRAW = Table(
    "callback_draw",
    METADATA,
    Column("window_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    _must("seed", Uuid),
    _must("population", Integer),
    _must("matter_ids", ARRAY(Uuid)),
    _must("drawn_by", Text),
    _must("drawn_at", _MOMENT),
)

# 监督窗口.
WINDOW = Table(
    "service_window",
    METADATA,
    Column("window_id", Text, primary_key=True),
    _must("org_code", Text),
    _must("level", Text),
    _must("name", Text),
    Column("register_mark", Text, nullable=False, unique=True),
    _must("morning_from", Time),
    _must("morning_to", Time),
    _must("afternoon_from", Time),
    _must("afternoon_to", Time),
)

# The last register number given in a window and year; locked until the registration commits, so without gaps.
COUNTER = Table(
    "register_counter",
    METADATA,
    Column("window_id", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    _must("value", Integer),
)

# Numbers set aside for pages of paper, and what became of each: a matter's, void, or still open.
RESERVED = Table(
    "reserved_number",
    METADATA,
    Column("window_id", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _must("reserved_by", Text),
    _must("reserved_at", _MOMENT),
    Column("matter_id", Uuid),
    Column("sealed_void_reason", LargeBinary, info=under_own_key("intake.void:{window_id}:{year}:{number}")),
    CheckConstraint("num_nonnulls(matter_id, sealed_void_reason) <= 1", name="one_fate"),
)

# 值班周期: intake's are the truth, others keep copies.
DUTY = duty_table(METADATA)

# 替班, as proposed and as decided; by another than who proposed it.
SUBSTITUTION = Table(
    "substitution",
    METADATA,
    Column("substitution_id", Uuid, primary_key=True),
    _must("period_id", Text, ForeignKey("duty_period.period_id")),
    _must("window_id", Text),
    _must("replaced_id", Text),
    _must("substitute_id", Text),
    _must("from_day", Date),
    _must("to_day", Date),
    _must("reason", Text),
    _must("sealed_reason", LargeBinary, info=under_own_key("intake.substitution:{substitution_id}")),
    _must("proposed_by", Text),
    _must("proposed_at", _MOMENT),
    Column("decided_by", Text),
    Column("decided_at", _MOMENT),
    Column("approved", Boolean),
    CheckConstraint("from_day <= to_day", name="days"),
    CheckConstraint("num_nulls(decided_by, decided_at, approved) IN (0, 3)", name="decided"),
    CheckConstraint("decided_by <> proposed_by", name="four_eyes"),
    Index("ix_substitution_window", "window_id", "to_day"),
)

# 交接 at the end of a duty period, and the register numbers by state that its first signature fixed.
HANDOVER = Table(
    "handover",
    METADATA,
    Column("period_id", Text, primary_key=True),
    _must("next_period_id", Text),
    _must("outgoing_signed_at", _MOMENT),
    Column("outgoing_signed_by", Text),
    Column("incoming_signed_at", _MOMENT),
    Column("incoming_signed_by", Text),
    Column("due_day", Date),
    Column("open_matters", JSONB),
    Column("sealed_notes", LargeBinary, info=under_own_key("intake.handover:{period_id}")),
)

CALENDAR_YEAR = calendar_table(METADATA)
