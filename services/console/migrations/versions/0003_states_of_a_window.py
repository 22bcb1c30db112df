"""states of a window"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_matter_window_state", "matter", ["window_id", "state", "matter_id"], unique=False)
