"""numbers set aside for the paper register"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matter", sa.Column("written_at", sa.DateTime(timezone=True)))
    op.create_table(
        "reserved_number",
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reserved_by", sa.Text(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matter_id", sa.Uuid()),
        sa.Column("sealed_void_reason", sa.LargeBinary()),
        sa.CheckConstraint(
            "num_nonnulls(matter_id, sealed_void_reason) <= 1", name=op.f("ck_reserved_number_one_fate")
        ),
        sa.PrimaryKeyConstraint("window_id", "year", "number", name=op.f("pk_reserved_number")),
    )
