"""fence"""

from shared.store.revisions import add_fence

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_fence()
