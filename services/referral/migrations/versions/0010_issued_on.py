"""the day on which a document was issued"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("policy", sa.Column("issued_on", sa.Date(), nullable=True))
