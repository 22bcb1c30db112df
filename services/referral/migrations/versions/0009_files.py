"""files of orders and meetings"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "file",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("meeting_id", sa.Uuid()),
        sa.Column("purpose", text(), nullable=False),
        sa.Column("format", text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", text(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("is_erased", sa.Boolean(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("purpose IN ('EVIDENCE', 'SIGNATURE', 'MINUTES')", name=op.f("ck_file_purpose")),
        sa.CheckConstraint("format IN ('PDF', 'JPG', 'PNG', 'OFD', 'DOCX')", name=op.f("ck_file_format")),
        sa.CheckConstraint("num_nonnulls(order_id, meeting_id) = 1", name=op.f("ck_file_owner")),
        sa.CheckConstraint("(purpose = 'MINUTES') = (meeting_id IS NOT NULL)", name=op.f("ck_file_minutes")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.matter_id"], name=op.f("fk_file_matter_id_matter")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_file_order_id_orders")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_file_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_file")),
    )
    for of in ("matter", "order", "meeting"):
        op.create_index(f"ix_file_{of}", "file", [f"{of}_id"], unique=False)
