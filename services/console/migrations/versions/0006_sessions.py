"""sessions of browsers"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "web_session",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewing_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_web_session")),
    )
    op.create_index("ix_web_session_begun", "web_session", ["begun_at"])
    op.create_index("ix_web_session_seen", "web_session", ["seen_at"])
