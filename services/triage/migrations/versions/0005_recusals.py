"""recusals"""

from shared.store.revisions import create_recusals

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_recusals()
