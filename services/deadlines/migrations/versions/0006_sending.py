"""whom papers go to, and the step of a red that goes up"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Units and periods published before are not known here: papers go to roles until their next line or period comes.
    op.add_column("office_hours", sa.Column("org_code", sa.Text()))
    op.create_table(
        "unit",
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("principal_id", sa.Text(), nullable=False),
        sa.Column("principal_since", sa.Date(), nullable=True),
        sa.Column("deputy_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("liaison_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Text(), nullable=True),
        sa.Column("supervision_office_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit")),
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
        sa.Column("substitutions", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("period_id", name=op.f("pk_duty_period")),
    )
    op.create_index("ix_duty_period_window", "duty_period", ["window_id", "start_date"], unique=False)
    op.drop_constraint(op.f("ck_deadline_level"), "deadline")
    op.create_check_constraint(
        op.f("ck_deadline_level"), "deadline", "level IN ('REMIND', 'BLUE', 'YELLOW', 'RED', 'RAISED', 'LISTED')"
    )
