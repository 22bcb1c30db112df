"""proposals to the duty leader, mergers, the draw of call-backs, erasure"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matter", sa.Column("proposal", JSONB()))
    op.add_column("matter", sa.Column("merged_into", sa.Uuid()))
    op.add_column("matter", sa.Column("sample", JSONB()))
    op.add_column("reporter", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(op.f("ck_matter_merged"), "matter", "(state = 'MERGED') = (merged_into IS NOT NULL)")
    op.create_index(
        "ix_matter_register", "matter", ["window_id", "registered_at"],
        postgresql_where=sa.text("registered_at IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "callback_draw",
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seed", sa.Uuid(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("matter_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("window_id", "day", name=op.f("pk_callback_draw")),
    )
