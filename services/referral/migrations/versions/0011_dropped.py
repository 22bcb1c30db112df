"""orders that nothing follows, as a column to ask for"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("dropped", sa.Boolean(), server_default=sa.text("false"), nullable=False))
