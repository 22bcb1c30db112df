"""materials"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "material",
        sa.Column("material_id", sa.Uuid(), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("returned_by", sa.Text()),
        sa.Column("returned_at", moment),
        sa.CheckConstraint("format IN ('PDF', 'JPG', 'PNG', 'OFD', 'DOCX')", name=op.f("ck_material_format")),
        sa.CheckConstraint("form IN ('ORIGINAL', 'COPY')", name=op.f("ck_material_form")),
        sa.CheckConstraint("pages >= 1 AND size >= 1", name=op.f("ck_material_measured")),
        sa.CheckConstraint("num_nulls(returned_by, returned_at) IN (0, 2)", name=op.f("ck_material_returned")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.matter_id"], name=op.f("fk_material_matter_id_matter")),
        sa.PrimaryKeyConstraint("material_id", name=op.f("pk_material")),
    )
    op.create_index("ix_material_matter", "material", ["matter_id", "material_id"])
