"""fence"""

from shared.store.revisions import add_fence

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_fence()
