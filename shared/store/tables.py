"""The chassis' tables, the same in every service's database: outbox, watermarks, offsets, parking, stored answers."""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.bus.fence import IN_TIME
from shared.store.secrecy import no_secret, under_own_key

ANSWER = "idempotency"  # the context of a kept answer
ROOM_FOR_UPDATES = {"fillfactor": "80"}  # rows updated all day stay on their page


def add_chassis_tables(metadata: MetaData) -> None:
    """Define the chassis' tables in a service's metadata, and the function that its outbox asks."""
    event.listen(metadata, "after_create", DDL(IN_TIME))  # type: ignore[no-untyped-call]
    moment = DateTime(timezone=True)
    # The first columns are those Debezium's outbox event router expects; `id` is ce_id.
    Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("id", Uuid, nullable=False, unique=True),
        Column("aggregatetype", Text, nullable=False),
        Column("aggregateid", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False, info=no_secret("an event, which names nobody")),
        Column("sequence", BigInteger, nullable=False),
        Column("occurred_at", moment, nullable=False),
        Column("correlation_id", Text, nullable=False),
        Column("causation_id", Text),
        Column("actor", Text, nullable=False),
        Column("actor_role", Text, nullable=False),
        Column("traceparent", Text),
        Column("raw_headers", JSONB),
        Column("published_at", moment),
        Column("failed_reason", Text),
        Column("recovered_at", moment),  # taken back from the topic: the state it tells of is not in this database
        Index("ix_outbox_recovered", "aggregateid", postgresql_where=text("recovered_at IS NOT NULL")),
        Index("ix_outbox_unpublished", "position", postgresql_where=text("published_at IS NULL")),
        Index("ix_outbox_failed", "aggregateid", "position", postgresql_where=text("failed_reason IS NOT NULL")),
    )
    Table(
        "subject_sequence",
        metadata,
        Column("subject", Text, primary_key=True),
        Column("value", BigInteger, nullable=False),
        postgresql_with=ROOM_FOR_UPDATES,
    )
    Table(
        "watermark",
        metadata,
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("sequence", BigInteger, nullable=False),
        Column("last_id", Text),
        Column("parked_from", BigInteger),
        postgresql_with=ROOM_FOR_UPDATES,
    )
    Table(
        "consumer_offset",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("next_offset", BigInteger, nullable=False),
        Column("last_time", BigInteger),  # of the record before, as the broker has it: tells this log from another
        Column("read_from", BigInteger),  # where the last batch began: it must be where the row stood
        CheckConstraint("next_offset >= 0", name="in_step"),
        postgresql_with=ROOM_FOR_UPDATES,
    )
    Table(  # one row: what the relay found when it compared topic and database, and what it is to send again
        "relay_state",
        metadata,
        Column("singleton", Boolean, CheckConstraint("singleton", name="singleton"), primary_key=True),
        Column("history", Text, CheckConstraint("history IN ('same', 'ahead', 'behind')", name="history"),
               nullable=False),
        Column("reason", Text),
        Column("resend_from", BigInteger),
        Column("resend_upto", BigInteger),
        Column("told_upto", moment),  # nothing dated before this is written any more
    )  # fmt: skip
    Table(
        "parked",
        metadata,
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("sequence", BigInteger, primary_key=True),
        Column("type", Text),
        Column("reason", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("waiting", Boolean, nullable=False),
        Column("parked_at", moment, nullable=False),
        Column("next_attempt_at", moment, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("headers", JSONB, nullable=False),
        Column("value", LargeBinary, nullable=False, info=no_secret("an event as it came")),
        Index("ix_parked_subject", "subject"),
        Index("ix_parked_next_attempt", "next_attempt_at", postgresql_where=text("NOT waiting")),
    )
    Table(  # what operators passed over; the event on the operations topic carries no reason, being free text
        "skipped",
        metadata,
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("sequence", BigInteger, primary_key=True),
        Column("type", Text),
        Column("why_parked", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("operator", Text, nullable=False),
        Column("at", moment, nullable=False),
    )
    Table(
        "idempotency",
        metadata,
        Column("key", LargeBinary, primary_key=True, info=no_secret("a hash")),
        Column("body_hash", LargeBinary, nullable=False, info=no_secret("a hash")),
        Column("status", Integer, nullable=False),
        Column("answer", LargeBinary, nullable=False, info=under_own_key(ANSWER)),
        Column("created_at", moment, nullable=False, index=True),
    )
