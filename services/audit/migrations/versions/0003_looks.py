"""looks at personal data, for the monthly review; those of the past are taken from the log"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PAST = """
INSERT INTO look (index, at, subject, viewer_id, field_group, purpose, denied)
SELECT index, CAST(body->>'viewed_at' AS timestamptz), subject, body->>'viewer_id', body->>'field_group',
       body->>'purpose', false
FROM (SELECT index, subject, CAST(convert_from(value, 'UTF8') AS jsonb) AS body FROM entry
      WHERE type = 'bancheng.access.viewed_sensitive.v1') AS told"""


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("viewer_id", sa.Text(), nullable=False),
        sa.Column("field_group", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("denied", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_look")),
    )
    op.create_index("ix_look_viewer", "look", ["viewer_id", "index"])
    op.create_index("ix_look_at", "look", ["at"])
    op.execute(_PAST)
