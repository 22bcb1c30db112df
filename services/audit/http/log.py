"""HTTP routes of audit: the head of the log, entries, proofs. Hashes are hexadecimal."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from services.audit import access, handlers
from services.audit.domain import headers_from_json
from services.audit.handlers import MAX_INDEX
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Cursor, Page, Parts, Read

router = APIRouter(prefix="/log")
Index = Annotated[int, Path(ge=0, le=MAX_INDEX)]
Size = Annotated[int, Query(ge=1, le=MAX_INDEX)]
MaybeSize = Annotated[int | None, Query(ge=1, le=MAX_INDEX)]
Subject = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class CheckpointOut(Answer):
    size: int
    root: str
    at: datetime


class LogOut(Answer):
    size: int
    root: str
    checkpoint: CheckpointOut | None


class EntryLine(Answer):
    """What happened, to what, when and by whom: the envelope only."""

    index: int
    leaf_hash: str
    source: str
    subject: str
    sequence: int
    type: str
    id: str
    time: str
    actor: str


class EntryOut(EntryLine):
    """One entry with all its headers; the body for a committee leader only."""

    headers: list[tuple[str, str]]
    body: str | None


class EntryProofOut(Answer):
    """RFC 6962 2.1.1: the audit path from the entry's leaf to the root."""

    index: int
    leaf_hash: str
    size: int
    root: str
    path: list[str]


class ConsistencyOut(Answer):
    """RFC 6962 2.1.2: the nodes that lead to both roots."""

    first: int
    first_root: str
    second: int
    second_root: str
    path: list[str]


@router.get("")
async def read_log(read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> LogOut:
        head, latest = await handlers.log(tx, parts.settings.region)
        checkpoint = CheckpointOut(size=latest.size, root=latest.root.hex(), at=latest.at) if latest else None
        return LogOut(size=head.size, root=head.root().hex(), checkpoint=checkpoint)

    return await read(work)


@router.get("/entries")
async def read_entries(read: Read, parts: Parts, wanted: Cursor, subject: Subject = None) -> Response:
    after = wanted.position(index_of)

    async def work(tx: Transaction) -> Page[EntryLine]:
        start = after[0] if after else -1
        rows = await handlers.entries(tx, parts.settings.region, subject, start, wanted.limit + 1)
        return Page.of([EntryLine(**_line(row)) for row in rows], wanted.limit, lambda line: [line.index])

    return await read(work)


@router.get("/entries/{index}")
async def read_entry(index: Index, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> EntryOut:
        row = await handlers.entry(tx, parts.settings.region, index)
        headers = [(name, value.decode(errors="replace")) for name, value in headers_from_json(row.headers)]
        body = row.value.decode(errors="replace") if access.may_read_bodies(tx.actor) else None
        return EntryOut(**_line(row), headers=headers, body=body)

    return await read(work)


@router.get("/entries/{index}/proof")
async def prove_entry(index: Index, read: Read, parts: Parts, size: MaybeSize = None) -> Response:
    async def work(tx: Transaction) -> EntryProofOut:
        proof = await handlers.prove_entry(tx, parts.settings.region, index, size)
        row = await handlers.entry(tx, parts.settings.region, index)
        return EntryProofOut(index=index, leaf_hash=row.leaf_hash.hex(), size=proof.size, root=proof.root.hex(),
                             path=[node.hex() for node in proof.path])  # fmt: skip

    return await read(work)


@router.get("/consistency")
async def prove_growth(read: Read, parts: Parts, first: Size, second: MaybeSize = None) -> Response:
    async def work(tx: Transaction) -> ConsistencyOut:
        first_root, proof = await handlers.prove_growth(tx, parts.settings.region, first, second)
        return ConsistencyOut(first=first, first_root=first_root.hex(), second=proof.size, second_root=proof.root.hex(),
                              path=[node.hex() for node in proof.path])  # fmt: skip

    return await read(work)


def _line(row: Row) -> dict[str, Any]:
    return {
        "index": row.index,
        "leaf_hash": row.leaf_hash.hex(),
        "source": row.source,
        "subject": row.subject,
        "sequence": row.sequence,
        "type": row.type,
        "id": row.ce_id,
        "time": row.ce_time,
        "actor": row.actor,
    }


def index_of(value: Any) -> int:
    """The place of an entry, as a cursor has it."""
    if type(value) is not int or not 0 <= value <= MAX_INDEX:
        raise ValueError("not an index")
    return value
