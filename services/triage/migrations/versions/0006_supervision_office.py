"""the supervision office that looks after a unit"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No event has named an office so far: the next import of the unit directory does.
    op.add_column("unit", sa.Column("supervision_office_id", sa.Text()))
