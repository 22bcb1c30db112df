"""recusals"""

from shared.store.revisions import create_recusals

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_recusals()
