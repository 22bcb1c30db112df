"""recusals"""

from shared.store.revisions import create_recusals

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_recusals()
