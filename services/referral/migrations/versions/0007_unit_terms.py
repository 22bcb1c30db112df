"""level, parent, supervision office and liaisons of a unit, and its terms of office"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Whom the directory names so far has been in office since the unit is there, as far as anybody has said.
_SO_FAR = """
INSERT INTO unit_term (unit_id, post, account_id, since)
SELECT unit_id, 'PRINCIPAL', principal_id, valid_from FROM unit
UNION
SELECT unit_id, 'DEPUTY', unnest(deputy_ids), valid_from FROM unit"""


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column("unit", sa.Column("level", text()))
    op.add_column("unit", sa.Column("parent_id", text()))
    op.add_column("unit", sa.Column("supervision_office_id", text()))
    op.add_column("unit", sa.Column("liaison_ids", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.create_check_constraint(
        op.f("ck_unit_level"), "unit", "level IN ('CITY', 'COUNTY', 'ZONE', 'TOWNSHIP')"
    )  # fmt: skip
    op.create_table(
        "unit_term",
        sa.Column("unit_id", text(), nullable=False),
        sa.Column("post", text(), nullable=False),
        sa.Column("account_id", text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint("post IN ('PRINCIPAL', 'DEPUTY')", name=op.f("ck_unit_term_post")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_unit_term_dates")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.unit_id"], name=op.f("fk_unit_term_unit_id_unit")),
        sa.PrimaryKeyConstraint("unit_id", "post", "account_id", "since", name=op.f("pk_unit_term")),
    )
    is_principal = "post = 'PRINCIPAL'"
    op.create_index(
        "uq_unit_term_open", "unit_term", ["unit_id"], unique=True,
        postgresql_where=sa.text(f"{is_principal} AND until IS NULL"),
    )  # fmt: skip
    op.create_index(
        "uq_unit_term_since", "unit_term", ["unit_id", "since"], unique=True, postgresql_where=sa.text(is_principal)
    )  # fmt: skip
    op.execute(_SO_FAR)
