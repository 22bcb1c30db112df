"""an erasure is seen by whoever waited for the matter"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matter", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE matter m SET erased_at = r.erased_at FROM reporter r"
        " WHERE r.reporter_id = m.reporter_id AND r.erased_at IS NOT NULL"
    )  # fmt: skip
