"""whose matters were looked at; of past looks the log tells it"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PAST = """
UPDATE look l SET org_code = coalesce(CAST(convert_from(e.value, 'UTF8') AS jsonb)->>'org_code', '')
FROM entry e WHERE e.index = l.index"""


def upgrade() -> None:
    op.add_column("look", sa.Column("org_code", sa.Text(), server_default="", nullable=False))
    op.execute(_PAST)
    op.create_index("ix_look_org", "look", ["org_code", "at"])
