"""changes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: the release before writes clocks without the column while the upgrade is under way.
    kept = sa.Column("changes", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column("deadline", kept)
