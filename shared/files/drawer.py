"""Where the files of one matter lie in the store: sealed when they are put there, opened when they are fetched."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag

from shared.contracts.codes import FileFormat
from shared.files.sniffing import examined
from shared.files.store import Files, FilesAway, digest
from shared.ids import new_id

log = structlog.get_logger(__name__)


class Pen(Protocol):
    """Seals and opens the files of one matter."""

    def seal_file(self, file_id: UUID, content: bytes, /) -> bytes: ...
    def file(self, file_id: UUID, sealed: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is in the store and waits for its row."""

    id: UUID
    format: FileFormat
    size: int
    digest: bytes  # of the sealed file, for the row
    sha256: str  # of the open one: kept only sealed, for it shows who handed in a known paper
    pen: Pen  # what it was sealed by


@dataclass(frozen=True, slots=True)
class Drawer:
    """The files of one matter, `SERVICE/MATTER/…`, with what they are sealed by."""

    files: Files
    place: str
    pen: Pen

    async def put(self, name: str, content: bytes) -> Stored:
        """Look into a file, seal it and put it into the store; `Refused` if it may not be kept."""
        file_id = new_id()
        stored, sealed = await asyncio.to_thread(self._sealed, file_id, name, content)
        await self.files.put(self._place_of(file_id), sealed)
        return stored

    async def drop(self, file_id: UUID) -> None:
        """The row did not come; what cannot be removed now is left to the sweep."""
        with suppress(FilesAway):
            await self.files.remove(self._place_of(file_id))

    async def fetch(self, file_id: UUID, expected: bytes) -> bytes | None:
        """A file as it was put there, or none if it is missing or not the one with this digest."""
        sealed = await self.files.get(self._place_of(file_id))
        with suppress(InvalidTag):
            if sealed is not None and digest(sealed) == expected:
                return await asyncio.to_thread(self.pen.file, file_id, sealed)
        return None

    def _sealed(self, file_id: UUID, name: str, content: bytes) -> tuple[Stored, bytes]:
        format = examined(name, content)
        sealed = self.pen.seal_file(file_id, content)
        return Stored(file_id, format, len(content), digest(sealed), sha256(content).hexdigest(), self.pen), sealed

    def _place_of(self, file_id: UUID) -> str:
        return f"{self.place}/{file_id}"


async def destroy(files: Files, place: str) -> None:
    """Remove the files of an erased matter; nobody can open them any more, so what stays is left to the sweep."""
    try:
        await files.remove_below(place)
    except FilesAway:
        log.warning("erasure.files_left", place=place)
