"""Tables that several services have, as migrations make them: frozen steps, called by the revisions of each of them.

A change of `shared.store.tables`, `shared.roster` or `shared.recusals` adds a step here and a revision in each service.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

IN_TIME_1 = """
CREATE FUNCTION in_time(dated timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE told timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(439788397413);
    SELECT told_upto INTO told FROM relay_state;
    IF dated < told AND dated > told - interval '2 minutes' THEN
        RAISE 'dated before what was told already' USING ERRCODE = 'serialization_failure',
            HINT = 'told_upto=' || extract(epoch FROM told);
    END IF;
    RETURN true;
END $$"""


def create_chassis_tables_1() -> None:
    """The tables of the first release."""
    op.create_table(
        "consumer_offset",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", name=op.f("pk_consumer_offset")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "idempotency",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_created_at"), "idempotency", ["created_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("aggregatetype", sa.Text(), nullable=False),
        sa.Column("aggregateid", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.Column("causation_id", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("raw_headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index(
        "ix_outbox_failed",
        "outbox",
        ["aggregateid", "position"],
        unique=False,
        postgresql_where=sa.text("failed_reason IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_unpublished", "outbox", ["position"], unique=False, postgresql_where=sa.text("published_at IS NULL")
    )
    op.create_table(
        "parked",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "subject", "sequence", name=op.f("pk_parked")),
    )
    op.create_index(
        "ix_parked_next_attempt", "parked", ["next_attempt_at"], unique=False, postgresql_where=sa.text("NOT waiting")
    )
    op.create_index("ix_parked_subject", "parked", ["subject"], unique=False)
    op.create_table(
        "skipped",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("why_parked", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "subject", "sequence", name=op.f("pk_skipped")),
    )
    op.create_table(
        "subject_sequence",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_subject_sequence")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "watermark",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.Text(), nullable=True),
        sa.Column("parked_from", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("source", "subject", name=op.f("pk_watermark")),
        postgresql_with={"fillfactor": "80"},
    )


def add_recovery() -> None:
    """What is kept for a database or a broker that was set back: see docs/decisions/0004-recovery.md."""
    op.add_column("outbox", sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_recovered",
        "outbox",
        ["aggregateid"],
        unique=False,
        postgresql_where=sa.text("recovered_at IS NOT NULL"),
    )
    op.add_column("consumer_offset", sa.Column("last_time", sa.BigInteger(), nullable=True))
    op.add_column("consumer_offset", sa.Column("read_from", sa.BigInteger(), nullable=True))
    op.create_check_constraint(op.f("ck_consumer_offset_in_step"), "consumer_offset", "next_offset >= 0")
    op.create_table(
        "relay_state",
        sa.Column("singleton", sa.Boolean(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("resend_from", sa.BigInteger(), nullable=True),
        sa.Column("resend_upto", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("history IN ('same', 'ahead', 'behind')", name=op.f("ck_relay_state_history")),
        sa.CheckConstraint("singleton", name=op.f("ck_relay_state_singleton")),
        sa.PrimaryKeyConstraint("singleton", name=op.f("pk_relay_state")),
    )


def add_fence() -> None:
    """Up to when everything was told (shared/bus/fence.py); nothing dated before is written any more."""
    op.add_column("relay_state", sa.Column("told_upto", sa.DateTime(timezone=True), nullable=True))
    op.execute(IN_TIME_1)


def add_substitutions() -> None:
    """Who stands in for whom, beside the periods of `shared.roster`."""
    op.add_column(
        "duty_period",
        sa.Column("substitutions", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )


def create_recusals() -> None:
    """The table of `shared.recusals`."""
    op.create_table(
        "recusal",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("matter_id", "account_id", name=op.f("pk_recusal")),
    )
