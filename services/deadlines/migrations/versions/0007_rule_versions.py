"""versions of the rules, and by which each clock runs"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: clocks of the release before run by the built-in rules, and it writes them without the column.
    op.add_column("deadline", sa.Column("rule_version", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.create_table(
        "rule_version",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_limit", sa.Text(), nullable=False),
        sa.Column("extendable", sa.Boolean(), nullable=False),
        sa.Column("suspendable", sa.Boolean(), nullable=False),
        sa.Column("red_at_once", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("applies_to_running", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amended_by", sa.Text(), nullable=False),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 2", name=op.f("ck_rule_version_after_the_built_in")),
        sa.CheckConstraint("window_id IS NULL OR org_code IS NOT NULL", name=op.f("ck_rule_version_window_of_org")),
        sa.CheckConstraint("since >= amended_at", name=op.f("ck_rule_version_not_in_the_past")),
        sa.CheckConstraint("basis <> ''", name=op.f("ck_rule_version_basis")),
        sa.CheckConstraint("NOT applies_to_running OR reason <> ''", name=op.f("ck_rule_version_running_has_reason")),
        sa.CheckConstraint(
            "rule NOT IN ('D03', 'D07', 'D13') OR NOT (extendable OR suspendable)",
            name=op.f("ck_rule_version_never_extended"),
        ),
        sa.PrimaryKeyConstraint("rule", "version", name=op.f("pk_rule_version")),
    )
