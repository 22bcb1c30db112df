"""Tables of triage: assessments, and small copies of what other services published."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.contracts.codes import AssessmentState
from shared.recusals import recusal_table
from shared.roster import duty_table
from shared.store.base import service_base
from shared.store.secrecy import WRAPPED_KEY

METADATA = service_base().metadata

_STATES = ", ".join(f"'{state}'" for state in AssessmentState)
_MOMENT = DateTime(timezone=True)
_INNER = JSONB(none_as_null=True)

# 研判单. Words in the inner parts are sealed under `data_key`.
ASSESSMENT = Table(
    "assessment",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    Column("org_code", Text, nullable=False),
    Column("window_id", Text, nullable=False),
    Column("data_key", LargeBinary, nullable=False, info=WRAPPED_KEY),
    Column("opened_at", _MOMENT, nullable=False),
    Column("state", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("proposal", _INNER),
    Column("returns", _INNER, nullable=False),
    Column("approval", _INNER),
    Column("history", _INNER, nullable=False),
    Column("lowering", _INNER),
    Column("blamed_unit_ids", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    CheckConstraint(f"state IN ({_STATES})", name="state"),
    CheckConstraint("state IN ('OPEN', 'CLOSED') OR proposal IS NOT NULL", name="judged"),
    CheckConstraint("state <> 'APPROVED' OR approval IS NOT NULL", name="approved"),
    CheckConstraint("round >= 1", name="round"),
    Index("ix_assessment_list", "window_id", "state", "matter_id"),
    Index("ix_assessment_lowering", "matter_id", postgresql_where=text("lowering IS NOT NULL")),
)

# Copied from intake.
DUTY = duty_table(METADATA)
RECUSAL = recusal_table(METADATA)
WINDOW = Table(
    "window_copy",
    METADATA,
    Column("window_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
)

# Copied from referral. A comparison may come before its matter's assessment.
UNIT = Table(
    "unit",
    METADATA,
    Column("unit_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("successor_id", Text),
    Column("supervision_office_id", Text),
)
COMPARISON = Table(
    "comparison",
    METADATA,
    Column("matter_id", Uuid, primary_key=True),
    Column("comparison_id", Uuid, nullable=False),
    Column("needed", Boolean, nullable=False),
    Column("recorded_at", _MOMENT, nullable=False),
)
