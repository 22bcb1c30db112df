"""words as keyed hashes

Matters entered before this revision are not found by their words: these are sealed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("marks", ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("pk_search")),
    )
    op.create_index(
        "ix_search_marks", "search", ["marks"], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )
