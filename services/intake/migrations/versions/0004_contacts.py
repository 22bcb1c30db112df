"""phones as keyed hashes

Matters registered before this revision are not found by their phone: their numbers are sealed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("mark", "matter_id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_matter", "contact", ["matter_id"], unique=False)
