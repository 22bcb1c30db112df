"""Where sealed files are kept: a folder, or an object store that speaks S3; names are ids, nothing is overwritten."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

import structlog

from shared.contracts.errors import DomainError

if TYPE_CHECKING:
    from obstore.store import ObjectStore, RetryConfig

RETRY: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
log = structlog.get_logger(__name__)


class FilesAway(DomainError):
    """The store does not answer: 503, the same request may be repeated."""

    status = 503

    def __init__(self) -> None:
        super().__init__("files.away", "文件存储暂时没有应答,请稍后用同一请求重试", retry_after_ms=2000)


class Kept(NamedTuple):
    """A file in the store."""

    place: str
    since: datetime


class Files:
    """Sealed files by their places, such as `intake/MATTER/MATERIAL`; opened when first used."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def put(self, place: str, sealed: bytes) -> None:
        """Keep a file; when this returns, a power failure does not lose it."""
        import obstore

        with _away():
            # In one piece: an upload in parts that is broken off leaves its parts behind.
            await obstore.put_async(self._store, place, sealed, mode="create", use_multipart=False)
            if folder := self._folder:
                await asyncio.to_thread(_to_disk, folder, folder / place)

    async def get(self, place: str) -> bytes | None:
        """A file, or none."""
        import obstore

        with _away():
            try:
                return bytes(await (await obstore.get_async(self._store, place)).bytes_async())
            except FileNotFoundError:
                return None

    async def remove(self, *places: str) -> None:
        """Destroy files; one that is not there is no error."""
        import obstore

        with _away():
            for place in places:
                with suppress(FileNotFoundError):
                    await obstore.delete_async(self._store, place)

    async def below(self, place: str) -> AsyncIterator[list[Kept]]:
        """Everything kept below a place, some hundreds at a time."""
        import obstore

        with _away():
            async for found in obstore.list(self._store, place, chunk_size=500):
                yield [Kept(each["path"], each["last_modified"]) for each in found]

    async def remove_below(self, place: str) -> None:
        """Destroy everything below a place."""
        async for found in self.below(place):
            await self.remove(*(each.place for each in found))

    @cached_property
    def _store(self) -> "ObjectStore":
        from obstore.store import LocalStore, from_url

        if self._folder:
            return LocalStore(self._folder, mkdir=True)
        # By itself it would try for three minutes, while somebody waits at the counter.
        return from_url(self._url, client_options={"timeout": "30s"}, retry_config=RETRY)

    @property
    def _folder(self) -> Path | None:
        url = urlsplit(self._url)
        return Path(unquote(url.path)) if url.scheme == "file" else None


def digest(sealed: bytes) -> bytes:
    """What a row notes of its file. Of the sealed bytes: that of the open ones shows who handed in a known paper."""
    return sha256(sealed).digest()


@contextmanager
def _away() -> Iterator[None]:
    """Whatever the store reports, for us it is away; the reason is for the log."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError) as error:
        log.warning("files.away", error=type(error).__name__, said=str(error).partition("\n")[0])
        raise FilesAway from error


def _to_disk(folder: Path, file: Path) -> None:
    """The file, and the folders that lead to it."""
    for each in (file, *(parent for parent in file.parents if parent.is_relative_to(folder))):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
