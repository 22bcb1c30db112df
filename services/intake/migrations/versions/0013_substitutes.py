"""substitutes within a duty period; handovers with their day and list"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.store.revisions import add_substitutions

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_substitutions()
    op.create_table(
        "substitution",
        sa.Column("substitution_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("replaced_id", sa.Text(), nullable=False),
        sa.Column("substitute_id", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("approved", sa.Boolean()),
        sa.CheckConstraint("from_day <= to_day", name=op.f("ck_substitution_days")),
        sa.CheckConstraint(
            "num_nulls(decided_by, decided_at, approved) IN (0, 3)", name=op.f("ck_substitution_decided")
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_substitution_four_eyes")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["duty_period.period_id"], name=op.f("fk_substitution_period_id_duty_period")
        ),
        sa.PrimaryKeyConstraint("substitution_id", name=op.f("pk_substitution")),
    )
    op.create_index("ix_substitution_window", "substitution", ["window_id", "to_day"])
    op.add_column("handover", sa.Column("outgoing_signed_by", sa.Text()))
    op.add_column("handover", sa.Column("incoming_signed_by", sa.Text()))
    op.add_column("handover", sa.Column("due_day", sa.Date()))
    op.add_column("handover", sa.Column("open_matters", postgresql.JSONB()))
