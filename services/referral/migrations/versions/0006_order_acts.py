"""clocks of orders, the calendar, hours and number prefixes of windows, policies under watch"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "clock",
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("rule", text(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("deadline_id", name=op.f("pk_clock")),
    )
    op.create_index("ix_clock_order", "clock", ["order_id"], unique=False)
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "statement_draft",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("text_sha256", text(), nullable=False),
        sa.Column("written_by", text(), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_statement_draft_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_statement_draft")),
    )
    for hour in ("morning_from", "morning_to", "afternoon_from", "afternoon_to"):
        op.add_column("window", sa.Column(hour, sa.Time(), nullable=True))
    op.add_column("window", sa.Column("order_prefix", text(), nullable=True))
    op.create_unique_constraint(op.f("uq_window_order_prefix"), "window", ["order_prefix"])
    op.add_column(
        "statement",
        sa.Column("watched_policy_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index("ix_statement_watched", "statement", ["watched_policy_ids"], postgresql_using="gin")
