"""fence"""

from shared.store.revisions import add_fence

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_fence()
