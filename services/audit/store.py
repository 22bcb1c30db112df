"""Tables of audit and every query: the entries, the head of the tree, checkpoints, looks for the review.

Where the nodes are: an entry carries the hashes of the subtrees it completes (`subtrees`, levels 1, 2, … in a row), so
the subtree (level, number) is found in entry (number + 1) · 2^level − 1. Entries and checkpoints are only ever added:
triggers of the first migration refuse the rest.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.audit.domain import HASH_SIZE, Frontier, Header, Look, Place, headers_to_json
from shared.store.base import service_base
from shared.store.secrecy import no_secret
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

Base: Any = service_base()
METADATA = Base.metadata

# 留痕条目. The hashed part is `headers` and `value`; source … actor repeat headers for looking things up.
ENTRY = Table(
    "entry",
    Base.metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf_hash", LargeBinary, nullable=False, info=no_secret("a hash")),
    Column("subtrees", LargeBinary, nullable=False, info=no_secret("hashes")),
    Column("root", LargeBinary, nullable=False, info=no_secret("a hash")),
    Column("source", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("ce_id", Text, nullable=False),
    Column("ce_time", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary, nullable=False, info=no_secret("an event as it came")),
    UniqueConstraint("subject", "source", "sequence"),  # in this order it serves the look-up by subject too
    CheckConstraint("index >= 0", name="index"),
)
TREE_HEAD = Table(
    "tree_head",
    Base.metadata,
    Column("singleton", Boolean, primary_key=True, server_default=text("true")),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False, info=no_secret("hashes")),
    CheckConstraint("singleton", name="singleton"),
)
CHECKPOINT = Table(
    "checkpoint",
    Base.metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False, info=no_secret("a hash")),
    Column("at", DateTime(timezone=True), nullable=False),
    CheckConstraint("size > 0", name="size"),
)


# 查看留痕, for the monthly review: what entries tell of looks, repeated so that it can be counted.
LOOK = Table(
    "look",
    Base.metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("subject", Text, nullable=False),
    Column("viewer_id", Text, nullable=False),
    Column("field_group", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("denied", Boolean, nullable=False),
    Column("reason", Text),
    Column("org_code", Text, nullable=False, server_default=""),
    Index("ix_look_viewer", "viewer_id", "index"),
    Index("ix_look_at", "at"),
    Index("ix_look_org", "org_code", "at"),
)


@dataclass(slots=True)
class Entry:
    """One event at its place in the log."""

    index: int
    leaf_hash: bytes
    subtrees: bytes
    root: bytes
    source: str
    subject: str
    sequence: int
    type: str
    ce_id: str
    ce_time: str
    actor: str
    headers: list[Header]
    value: bytes


_APPEND = """
INSERT INTO entry (index, leaf_hash, subtrees, root, source, subject, sequence, type, ce_id, ce_time, actor, headers,
                   value)
SELECT index, leaf_hash, subtrees, root, source, subject, sequence, type, ce_id, ce_time, actor,
       CAST(headers AS jsonb), value
FROM unnest(CAST(:index AS bigint[]), CAST(:leaf_hash AS bytea[]), CAST(:subtrees AS bytea[]), CAST(:root AS bytea[]),
            CAST(:source AS text[]), CAST(:subject AS text[]), CAST(:sequence AS bigint[]), CAST(:type AS text[]),
            CAST(:ce_id AS text[]), CAST(:ce_time AS text[]), CAST(:actor AS text[]), CAST(:headers AS text[]),
            CAST(:value AS bytea[]))
     AS e(index, leaf_hash, subtrees, root, source, subject, sequence, type, ce_id, ce_time, actor, headers, value)"""

_NODES = """
SELECT w.level, w.number, CASE WHEN w.level = 0 THEN e.leaf_hash
                               ELSE substr(e.subtrees, (w.level - 1) * :hash_size + 1, :hash_size) END AS hash
FROM unnest(CAST(:levels AS int[]), CAST(:numbers AS bigint[]), CAST(:rows AS bigint[])) AS w(level, number, row)
JOIN entry e ON e.index = w.row"""

_LINE = select(*(ENTRY.c[name] for name in (
    "index", "leaf_hash", "source", "subject", "sequence", "type", "ce_id", "ce_time", "actor")))  # fmt: skip


async def lock_head(tx: Transaction) -> Frontier:
    """The head of the tree; whoever holds it is the only one to append, in any process."""
    row = await tx.one("SELECT size, frontier FROM tree_head FOR UPDATE")
    assert row is not None, "the migration writes the one row"
    return Frontier.unpack(row.size, row.frontier)


async def read_head(tx: Transaction) -> Frontier:
    """The head of the tree as it stands."""
    row = await tx.one("SELECT size, frontier FROM tree_head")
    assert row is not None, "the migration writes the one row"
    return Frontier.unpack(row.size, row.frontier)


async def append(tx: Transaction, entries: Sequence[Entry], head: Frontier) -> None:
    """Write new entries and the head they lead to; `lock_head` comes first."""
    columns: dict[str, list[Any]] = {
        name: [getattr(entry, name) for entry in entries] for name in Entry.__slots__ if name != "headers"
    }
    columns["headers"] = [orjson.dumps(headers_to_json(entry.headers)).decode() for entry in entries]
    tx.write(_APPEND, columns)
    tx.write("UPDATE tree_head SET size = :size, frontier = :frontier", {"size": head.size, "frontier": head.pack()})


_ADD_LOOKS = f"""
INSERT INTO look ({", ".join(Look.__slots__)})
SELECT * FROM unnest(CAST(:index AS bigint[]), CAST(:at AS timestamptz[]), CAST(:subject AS text[]),
    CAST(:org_code AS text[]), CAST(:viewer_id AS text[]), CAST(:field_group AS text[]), CAST(:purpose AS text[]),
    CAST(:denied AS boolean[]),
    CAST(:reason AS text[]))"""


async def add_looks(tx: Transaction, looks: Sequence[Look]) -> None:
    """Keep what new entries tell of looks."""
    if looks:
        tx.write(_ADD_LOOKS, {name: [getattr(look, name) for look in looks] for name in Look.__slots__})


async def review(tx: Transaction, visible: ColumnElement[bool], first: datetime, end: datetime) -> Sequence[Row]:
    """The looks of some time that the reader may see, counted by account, fields, purpose and whether refused."""
    what = (LOOK.c.viewer_id, LOOK.c.field_group, LOOK.c.purpose, LOOK.c.denied)
    counted = (func.count().label("looks"), func.count(LOOK.c.subject.distinct()).label("matters"))
    query = select(*what, *counted).where(visible, LOOK.c.at >= bindparam("first"), LOOK.c.at < bindparam("end"))
    return await tx.all(query.group_by(*what).order_by(*what), first=first, end=end)


async def looks_of(
    tx: Transaction, visible: ColumnElement[bool], viewer_id: str, first: datetime, end: datetime, after: int,
    limit: int,
) -> Sequence[Row]:  # fmt: skip
    """The looks of one account in some time that the reader may see, in the order of the log."""
    columns = (LOOK.c[name] for name in ("index", "at", "subject", "field_group", "purpose", "denied", "reason"))
    query = select(*columns).where(visible, LOOK.c.viewer_id == viewer_id, LOOK.c.index > after)
    query = query.where(LOOK.c.at >= first, LOOK.c.at < end)
    return await tx.all(query.order_by(LOOK.c.index).limit(limit))


async def add_checkpoint(tx: Transaction, head: Frontier, at: datetime) -> None:
    """Note the root of a size, once."""
    await tx.run(
        "INSERT INTO checkpoint (size, root, at) VALUES (:size, :root, :at) ON CONFLICT DO NOTHING",
        {"size": head.size, "root": head.root(), "at": at},
    )


async def latest_checkpoint(tx: Transaction) -> Row | None:
    """The newest checkpoint: size, root, at."""
    return await tx.one("SELECT size, root, at FROM checkpoint ORDER BY size DESC LIMIT 1")


async def lines(tx: Transaction, subject: str | None, after: int, limit: int) -> Sequence[Row]:
    """Entries beyond an index in the order of the log, without headers and body."""
    wanted = _LINE.where(ENTRY.c.index > after).order_by(ENTRY.c.index).limit(limit)
    return await tx.all(wanted if subject is None else wanted.where(ENTRY.c.subject == subject))


async def entry(tx: Transaction, index: int) -> Row | None:
    """One whole entry."""
    return await tx.one(select(ENTRY).where(ENTRY.c.index == index))


async def root_at(tx: Transaction, size: int) -> bytes | None:
    """The root of the log when it had this size, at least 1."""
    row = await tx.one("SELECT root FROM entry WHERE index = :index", index=size - 1)
    return row.root if row else None


async def nodes(tx: Transaction, places: Collection[Place]) -> Mapping[Place, bytes]:
    """The hashes of complete subtrees, all in one query."""
    rows = await tx.all(
        _NODES,
        hash_size=HASH_SIZE,
        levels=[level for level, _ in places],
        numbers=[number for _, number in places],
        rows=[(number + 1 << level) - 1 for level, number in places],
    )
    return {(row.level, row.number): row.hash for row in rows}
