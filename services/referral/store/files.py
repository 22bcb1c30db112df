"""Every query about files of orders and meetings; names and hashes of their content are among the sealed words."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, func, or_, select, update

from services.referral.domain.files import File, FilePurpose
from services.referral.store.tables import FILE
from services.referral.store.words import Words
from shared.contracts.codes import FileFormat
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert
from shared.workdays import ZONE


@dataclass(frozen=True, slots=True)
class FileWords:
    """What it is called, and the hash of what was handed in: that shows who handed in a known paper."""

    name: str
    sha256: str


class Filed(NamedTuple):
    """A file with the hash of its sealed bytes."""

    file: File
    digest: bytes


WORDS = TypeAdapter(FileWords)


async def count(tx: Transaction, of: UUID) -> int:
    """How many an order or a meeting has."""
    row = await tx.one(select(func.count()).select_from(FILE).where(_of(of)))
    return int(row[0]) if row else 0


def add(tx: Transaction, words: Words, matter_id: UUID, filed: Filed) -> None:
    """Insert one; its content is in the store already."""
    file, is_minutes = filed.file, filed.file.purpose is FilePurpose.MINUTES
    upsert(tx, FILE, [{
        "file_id": file.id, "matter_id": matter_id, "order_id": None if is_minutes else file.of,
        "meeting_id": file.of if is_minutes else None, "purpose": file.purpose.value, "format": file.format.value,
        "size": file.size, "file_digest": filed.digest, "added_by": file.added_by, "added_at": file.added_at,
        "is_erased": False,
        "words": words.seal(WORDS, file.id, FileWords(file.name, file.sha256)),
    }])  # fmt: skip


async def listed(tx: Transaction, words: Words, of: UUID) -> list[File]:
    """All of an order or a meeting, oldest first."""
    query = select(FILE).where(_of(of)).order_by(FILE.c.file_id)
    return [_filed(row, words).file for row in await tx.all(query)]


async def find(tx: Transaction, words: Words, of: UUID, file_id: UUID) -> Filed | None:
    """One of an order or a meeting."""
    row = await tx.one(select(FILE).where(_of(of), FILE.c.file_id == file_id))
    return _filed(row, words) if row else None


async def mark_erased(tx: Transaction, matter_ids: Collection[UUID]) -> None:
    """Note that the files of these matters cannot be opened any more."""
    await tx.run(update(FILE).where(among(FILE.c.matter_id, matter_ids)).values(is_erased=True))


async def living(tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
    """Those of these files that are in a row and not erased: they are wanted in the store."""
    rows = await tx.all(select(FILE.c.file_id).where(among(FILE.c.file_id, ids), ~FILE.c.is_erased))
    return {row.file_id for row in rows}


def _of(of: UUID) -> ColumnElement[bool]:
    return or_(FILE.c.order_id == of, FILE.c.meeting_id == of)


def _filed(row: Row, words: Words) -> Filed:
    said = words.open(WORDS, row.file_id, row.words)
    of, purpose, format = row.order_id or row.meeting_id, FilePurpose(row.purpose), FileFormat(row.format)
    added = row.added_by, row.added_at.astimezone(ZONE)
    file = File(row.file_id, of, purpose, said.name, said.sha256, format, row.size, *added, row.is_erased)
    return Filed(file, row.file_digest)
