"""alarms, proposals, and the day's list"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matter", sa.Column("proposal", sa.Text()))
    op.add_column("matter", sa.Column("alarm_raised_at", sa.DateTime(timezone=True)))
    op.add_column("matter", sa.Column("alarm_acked_at", sa.DateTime(timezone=True)))
    op.create_index("ix_matter_registered", "matter", ["window_id", "registered_at"], unique=False)
    op.create_index(
        "ix_matter_alarm", "matter", ["alarm_raised_at"], unique=False,
        postgresql_where=sa.text("alarm_raised_at IS NOT NULL AND alarm_acked_at IS NULL"),
    )  # fmt: skip
