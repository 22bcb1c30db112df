"""open clocks by when they are due, with pauses and the calendar; papers of supervision by addressee"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Which clocks stand still now, from the lines told of them: the last of a clock's pauses and resumptions.
_PAUSED_SO_FAR = """
UPDATE clock SET paused = true, paused_at = last.at, resumes_at = CAST(last.facts ->> 'resumes_at' AS timestamptz)
FROM clock AS c CROSS JOIN LATERAL (
    SELECT t.type, t.at, t.facts FROM timeline AS t
    WHERE t.matter_id = c.matter_id AND t.source = 'deadlines' AND t.order_id = c.order_id
      AND t.type IN ('deadline.paused', 'deadline.resumed') AND t.facts ->> 'rule' = c.rule AND t.at >= c.started_at
    ORDER BY t.sequence DESC LIMIT 1
) AS last
WHERE clock.deadline_id = c.deadline_id AND c.stopped_at IS NULL AND last.type = 'deadline.paused'"""


def upgrade() -> None:
    # A clock that the release before starts while this one comes up has no window until its next step is told.
    op.add_column("clock", sa.Column("org_code", sa.Text()))
    op.add_column("clock", sa.Column("window_id", sa.Text()))
    op.execute(
        "UPDATE clock SET org_code = m.org_code, window_id = m.window_id FROM matter AS m"
        " WHERE m.matter_id = clock.matter_id AND clock.stopped_at IS NULL"
    )
    op.add_column("clock", sa.Column("runs", sa.Boolean()))
    op.add_column("clock", sa.Column("paused", sa.Boolean()))
    op.add_column("clock", sa.Column("paused_at", sa.DateTime(timezone=True)))
    op.add_column("clock", sa.Column("resumes_at", sa.DateTime(timezone=True)))
    op.execute(_PAUSED_SO_FAR)
    for name, columns in (
        ("ix_clock_open", ["due_at", "deadline_id"]),
        ("ix_clock_open_org", ["org_code", "due_at", "deadline_id"]),
        ("ix_clock_open_window", ["window_id", "due_at", "deadline_id"]),
        ("ix_clock_open_unit", ["unit_id", "due_at", "deadline_id"]),
    ):
        op.create_index(name, "clock", columns, postgresql_where=sa.text("stopped_at IS NULL"))
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    # None was told of before: there is no past to take in.
    op.create_table(
        "supervision_letter",
        sa.Column("deadline_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("role", sa.Text()),
        sa.Column("account_id", sa.Text()),
        sa.Column("org_code", sa.Text()),
        sa.Column("unit_id", sa.Text()),
        sa.Column("copy_only", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("deadline_id", "level", "reached_at", "number", name=op.f("pk_supervision_letter")),
    )
    box = ["box", "sent_at", "deadline_id", "level"]
    op.create_index("ix_supervision_letter_matter", "supervision_letter", ["matter_id"])
    op.create_index("ix_supervision_letter_box", "supervision_letter", box)
    op.create_index(
        "ix_supervision_letter_open", "supervision_letter", box, postgresql_where=sa.text("NOT settled")
    )  # fmt: skip
