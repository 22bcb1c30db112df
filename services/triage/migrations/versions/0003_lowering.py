"""what waits for a second approval"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessment", sa.Column("lowering", JSONB(none_as_null=True)))
    op.create_index(
        "ix_assessment_lowering", "assessment", ["matter_id"], postgresql_where=sa.text("lowering IS NOT NULL")
    )  # fmt: skip
