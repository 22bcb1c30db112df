"""recovery"""

from shared.store.revisions import add_recovery

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_recovery()
