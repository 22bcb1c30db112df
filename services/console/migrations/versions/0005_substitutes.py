"""substitutes within a duty period"""

from shared.store.revisions import add_substitutions

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_substitutions()
