"""Recompute the whole log from its rows and name the first entry that does not fit.

One pass in the order of the log, in constant memory: every entry must have its place, its content the leaf hash, the
tree over all leaves so far the hashes noted beside it. Then the head of the tree and the checkpoints.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from services.audit.domain import EMPTY_ROOT, Frontier, headers_from_json, leaf_bytes, leaf_hash
from services.audit.handlers import told
from shared.bus.envelope import Unreadable, read

BATCH = 1000
COLUMNS = ("source", "subject", "sequence", "type", "ce_id", "ce_time", "actor")
Progress = Callable[[int, int], None]  # entries checked, entries in all


@dataclass(frozen=True)
class Finding:
    """What does not fit, and where; `index` is none where it is not an entry."""

    code: str
    what: str
    index: int | None = None
    source: str | None = None
    subject: str | None = None
    sequence: int | None = None

    def __str__(self) -> str:
        event = f" ({self.source}, subject {self.subject}, sequence {self.sequence})" if self.source else ""
        return (f"entry {self.index}{event}: " if self.index is not None else "") + self.what


@dataclass(frozen=True)
class Verdict:
    """How many entries were found right, the root over them, and the first thing that was not."""

    size: int
    root: str
    finding: Finding | None = None

    @property
    def sound(self) -> bool:
        """Whether everything fits."""
        return self.finding is None


async def verify(url: str, progress: Progress | None = None) -> Verdict:
    """Check the log in the database at `url` as it stood at one moment; the service may go on appending."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            head = await connection.fetchrow("SELECT size, frontier FROM tree_head")
            if head is None:
                return Verdict(0, EMPTY_ROOT.hex(), Finding("head.missing", "the tree head is missing"))
            return await _verify(connection, Frontier.unpack(head["size"], head["frontier"]), progress)
    finally:
        await connection.close()


async def _verify(connection: Any, head: Frontier, progress: Progress | None) -> Verdict:
    gap = await connection.fetchrow(_GAP)
    tree, finding = Frontier(), None
    async for row in connection.cursor(_ENTRIES, prefetch=BATCH):
        if tree.size == head.size and tree != head:
            return _verdict(tree, _HEAD)
        finding = _misfit(row, tree, head) or (_gap(gap) if gap and gap["index"] == row["index"] else None)
        if finding is None:
            grown, completed = tree.append(row["leaf_hash"])
            finding = _misplaced(row, grown, completed)
        if finding:
            return _verdict(tree, finding)
        tree = grown
        if progress and tree.size % BATCH == 0:
            progress(tree.size, head.size)
    if progress:
        progress(tree.size, head.size)
    return _verdict(tree, _wrong_end(tree, head) or await _wrong_checkpoint(connection))


def _misfit(row: Any, tree: Frontier, head: Frontier) -> Finding | None:
    """Whether an entry is where the log goes on, and says what its hash says."""
    if row["index"] != tree.size:
        missing = f"missing; the next entry found is {row['index']}"
        return Finding("entry.missing", missing, tree.size)
    if tree.size >= head.size:
        return _of(row, "entry.beyond_head", f"stands beyond the tree head, which has {head.size} entries")
    try:
        headers = headers_from_json(orjson.loads(row["headers"]))
        record = read("", 0, 0, headers, row["value"])
    except (ValueError, TypeError, Unreadable):
        return _of(row, "entry.headers", "the headers are none that were ever written")
    if leaf_hash(leaf_bytes(headers, row["value"])) != row["leaf_hash"]:
        return _of(row, "entry.content", "headers or value were altered: they do not give the leaf hash")
    altered = [name for name, word in zip(COLUMNS, told(record), strict=True) if row[name] != word]
    if altered:
        return _of(row, "entry.columns", f"altered, not what the headers say: {', '.join(altered)}")
    return None


def _misplaced(row: Any, tree: Frontier, completed: tuple[bytes, ...]) -> Finding | None:
    """Whether the tree with this entry is the tree it was appended to."""
    if row["root"] != tree.root():
        return _of(row, "entry.place", "is not the entry that was appended here: the root over the log differs")
    if row["subtrees"] != b"".join(completed):
        return _of(row, "entry.nodes", "the tree nodes noted with it were altered")
    if row["checkpoint"] not in (None, row["root"]):
        return Finding("checkpoint.root", f"the checkpoint of size {tree.size} has another root", row["index"])
    return None


def _wrong_end(tree: Frontier, head: Frontier) -> Finding | None:
    if tree == head:
        return None
    if tree.size < head.size and tree.peaks != head.peaks:
        return Finding("entry.missing", f"missing; the tree head has {head.size} entries", tree.size)
    return _HEAD


async def _wrong_checkpoint(connection: Any) -> Finding | None:
    lost = await connection.fetchval(_LOST_CHECKPOINT)
    if lost is None:
        return None
    return Finding("checkpoint.beyond", f"there is a checkpoint of size {lost}, and no log of that size")


def _gap(row: Any) -> Finding:
    expected = (row["before"] or 0) + 1
    return _of(row, "entry.sequence", f"sequence {row['sequence']} follows where {expected} was due")


def _of(row: Any, code: str, what: str) -> Finding:
    return Finding(code, what, row["index"], row["source"], row["subject"], row["sequence"])


def _verdict(tree: Frontier, finding: Finding | None) -> Verdict:
    return Verdict(tree.size, tree.root().hex(), finding)


_HEAD = Finding("head.altered", "the tree head was altered: it is not the head of these entries")

_ENTRIES = """
SELECT e.*, c.root AS checkpoint FROM entry e LEFT JOIN checkpoint c ON c.size = e.index + 1 ORDER BY e.index"""

# In the database, which sorts on disk what does not fit into memory: there is one key for every matter there ever was.
_GAP = """
SELECT * FROM (
    SELECT index, source, subject, sequence, lag(sequence) OVER (PARTITION BY source, subject ORDER BY index) AS before
    FROM entry
) e
WHERE sequence <> coalesce(before, 0) + 1 ORDER BY index LIMIT 1"""

_LOST_CHECKPOINT = """
SELECT size FROM checkpoint c WHERE NOT EXISTS (SELECT FROM entry e WHERE e.index = c.size - 1) ORDER BY size LIMIT 1"""
