"""substitutes within a duty period"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "duty_period",
        sa.Column("substitutions", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
