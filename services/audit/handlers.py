"""What audit does: take every record into the log, keep checkpoints, answer with entries and proofs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from services.audit import access, store
from services.audit.domain import (
    DENIED,
    VIEWED,
    Frontier,
    Look,
    Span,
    consistency_spans,
    inclusion_spans,
    kept_headers,
    leaf_bytes,
    leaf_hash,
    look,
    span_hash,
    subtrees_of,
)
from services.audit.store import Entry
from shared.bus.envelope import Record
from shared.contracts.errors import NotFound, Refused
from shared.store.statements import Row
from shared.store.unit_of_work import Database, Transaction
from shared.workdays import ZONE

CHECKPOINT_ENTRIES = 1000
CHECKPOINT_SECONDS = 10.0  # real time: a simulated clock may stand still or leap
MAX_INDEX = 2**62


@dataclass
class Batch:
    """The head as it was locked, moved on by each record taken."""

    head: Frontier
    entries: list[Entry] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


@dataclass(frozen=True)
class Proof:
    """Hashes that lead from an entry, or from an earlier size, to a root."""

    size: int
    root: bytes
    path: list[bytes]


def take(batch: Batch, record: Record) -> None:
    """Append one record, whatever its type, version or body."""
    headers = kept_headers(record.headers)
    leaf = leaf_hash(leaf_bytes(headers, record.value))
    index = batch.head.size
    batch.head, completed = batch.head.append(leaf)
    batch.entries.append(
        Entry(index, leaf, b"".join(completed), batch.head.root(), *told(record), headers=headers, value=record.value)
    )
    if record.type in (*VIEWED, DENIED) and (seen := look(index, record.type, record.subject, _json(record.value))):
        batch.looks.append(seen)


def told(record: Record) -> tuple[str, str, int, str, str, str, str]:
    """What an entry's columns repeat from the headers: source, subject, sequence, type, id, time, actor."""
    envelope = record.source, record.subject, record.sequence
    return *envelope, record.type, record.id, record.time, record.actor_id


async def save(tx: Transaction, batch: Batch) -> None:
    """Write the batch; a checkpoint at its end if it passed another thousand."""
    if not batch.entries:
        return
    await store.append(tx, batch.entries, batch.head)
    await store.add_looks(tx, batch.looks)
    if batch.head.size // CHECKPOINT_ENTRIES > batch.entries[0].index // CHECKPOINT_ENTRIES:
        await store.add_checkpoint(tx, batch.head, tx.now)


async def keep_checkpoints(database: Database) -> None:
    """Every ten seconds a checkpoint, if the log has grown."""
    while True:
        await asyncio.sleep(CHECKPOINT_SECONDS)
        async with database.transaction() as tx:
            head = await store.read_head(tx)
            if head.size:
                await store.add_checkpoint(tx, head, tx.now)


async def log(tx: Transaction, region: str) -> tuple[Frontier, Row | None]:
    """The head of the log and its latest checkpoint."""
    access.may_read(tx.actor, region)
    return await store.read_head(tx), await store.latest_checkpoint(tx)


async def entries(tx: Transaction, region: str, subject: str | None, after: int, limit: int) -> Sequence[Row]:
    """Entries in the order of the log, without their bodies."""
    access.may_read(tx.actor, region)
    return await store.lines(tx, subject, after, limit)


async def entry(tx: Transaction, region: str, index: int) -> Row:
    """One entry with headers and body; who sees the body is for the caller to ask `access`."""
    access.may_read(tx.actor, region)
    found = await store.entry(tx, index)
    if found is None:
        raise NotFound
    return found


async def prove_entry(tx: Transaction, region: str, index: int, size: int | None) -> Proof:
    """That an entry is in the log of a size, by default of today's."""
    access.may_read(tx.actor, region)
    size = await _size(tx, size)
    if index >= size:
        raise NotFound
    return await _proof(tx, size, inclusion_spans(index, size))


async def prove_growth(tx: Transaction, region: str, first: int, second: int | None) -> tuple[bytes, Proof]:
    """That the log of a size, by default today's, begins with that of an earlier one; the first root comes with it."""
    access.may_read(tx.actor, region)
    second = await _size(tx, second)
    if first > second:
        raise Refused("log.order", "first 不得大于 second,请交换两个长度")
    root = await store.root_at(tx, first)
    assert root is not None
    return root, await _proof(tx, second, consistency_spans(first, second))


async def review(tx: Transaction, region: str, month: str) -> Sequence[Row]:
    """查看留痕月度清单: who looked at personal data how often in a month, and who was refused it."""
    return await store.review(tx, access.visible_looks(tx.actor, region), *_span(month))


async def looks_of(tx: Transaction, region: str, month: str, viewer_id: str, after: int, limit: int) -> Sequence[Row]:
    """The looks of one account in a month."""
    return await store.looks_of(tx, access.visible_looks(tx.actor, region), viewer_id, *_span(month), after, limit)


def _span(month: str) -> tuple[datetime, datetime]:
    """A month as `2026-09`, from its first moment to the next one's."""
    year, number = map(int, month.split("-"))
    following = (year + number // 12, number % 12 + 1)
    return datetime(year, number, 1, tzinfo=ZONE), datetime(*following, 1, tzinfo=ZONE)


def _json(value: bytes) -> object:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


async def _size(tx: Transaction, wanted: int | None) -> int:
    size = (await store.read_head(tx)).size
    if wanted is not None and wanted > size:
        raise Refused("log.size", f"日志目前只有{size}条,请给出不超过此数的长度", size=size)
    if not size:
        raise NotFound
    return wanted or size


async def _proof(tx: Transaction, size: int, spans: Sequence[Span]) -> Proof:
    root = await store.root_at(tx, size)
    assert root is not None
    hashes = await store.nodes(tx, [place for span in spans for place in subtrees_of(span)])
    return Proof(size, root, [span_hash(span, hashes) for span in spans])
