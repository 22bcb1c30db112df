"""numbers of other channels for the same matter; call-backs by time"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_as",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"],
            ["matter.matter_id"],
            name=op.f("fk_known_as_matter_id_matter"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("channel", "source_ref", name=op.f("pk_known_as")),
    )
    op.create_index(
        "ix_record_callbacks", "record", ["recorded_at"], postgresql_where=sa.text("kind = 'CALLBACK'")
    )  # fmt: skip
