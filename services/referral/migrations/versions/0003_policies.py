"""the library of policies"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "policy",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("org_code", text(), nullable=False),
        sa.Column("level", text(), nullable=False),
        sa.Column("title", text(), nullable=False),
        sa.Column("number", text(), nullable=False),
        sa.Column("issued_by", text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("articles", JSONB(), nullable=False),
        sa.Column("registered_by", text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("superseded_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("policy_id", name=op.f("pk_policy")),
        sa.UniqueConstraint("number", "title", name=op.f("uq_policy_number_title")),
    )
