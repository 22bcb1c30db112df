"""the units that were blamed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # `matter.accepted` names them from now on; assessments opened before are held to the units of their proposal.
    op.add_column(
        "assessment",
        sa.Column("blamed_unit_ids", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
