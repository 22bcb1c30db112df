"""first"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.store.revisions import create_chassis_tables_1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables_1()
    op.create_table(
        "assessment",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("org_code", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposal", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("returns", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("approval", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("history", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("state <> 'APPROVED' OR approval IS NOT NULL", name=op.f("ck_assessment_approved")),
        sa.CheckConstraint("state IN ('OPEN', 'CLOSED') OR proposal IS NOT NULL", name=op.f("ck_assessment_judged")),
        sa.CheckConstraint(
            "state IN ('OPEN', 'PROPOSED', 'RETURNED', 'APPROVED', 'CLOSED')", name=op.f("ck_assessment_state")
        ),
        sa.CheckConstraint("round >= 1", name=op.f("ck_assessment_round")),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_list", "assessment", ["window_id", "state", "matter_id"], unique=False)
    op.create_table(
        "comparison",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("comparison_id", sa.Uuid(), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("pk_comparison")),
    )
    op.create_table(
        "duty_period",
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("org_code", sa.Text(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("leader_id", sa.Text(), nullable=False),
        sa.Column("staff_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("period_id", name=op.f("pk_duty_period")),
    )
    op.create_index("ix_duty_period_window", "duty_period", ["window_id", "start_date"], unique=False)
    op.create_table(
        "unit",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit")),
    )
    op.create_table(
        "window_copy",
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("window_id", name=op.f("pk_window_copy")),
    )
