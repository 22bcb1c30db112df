"""hashes of papers, steps of supervision, misses of the check"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    # Orders signed before have no hash here: theirs is made from what they say, which no meeting has added to.
    op.add_column("orders", sa.Column("paper_sha256", text(), nullable=True))
    op.create_table(
        "supervision",
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("level", text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("rule", text(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reached_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("deadline_id", "level", name=op.f("pk_supervision")),
    )
    op.create_index("ix_supervision_order", "supervision", ["order_id"], unique=False)
    op.create_table(
        "guess",
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("who", "minute", name=op.f("pk_guess")),
    )
    op.create_index("ix_guess_minute", "guess", ["minute"], unique=False)
