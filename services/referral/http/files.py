"""Routes of files: of an order, by its unit; signed minutes of a meeting, by the window."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.referral.domain.files import File, FilePurpose
from services.referral.handlers import files
from shared.contracts.codes import FileFormat, Purpose
from shared.files import Drawer, Stored
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Parts, Read, Run
from shared.web.uploads import CARRIES_FILES, attachment, document_of, few_at_once, received

router = APIRouter()


class MinutesIn(Body):
    """会议纪要: what it is called, beside its `file`."""

    name: Annotated[str, Field(max_length=200)]


class FileIn(MinutesIn):
    """证据材料 or 签字件: what it is called and for, beside its `file`."""

    purpose: Literal[FilePurpose.EVIDENCE, FilePurpose.SIGNATURE]


class FileOut(Answer):
    """A file; `sha256` is of what was handed in."""

    file_id: UUID
    purpose: FilePurpose
    name: str
    sha256: str
    format: FileFormat
    size: int
    added_by: str
    added_at: datetime
    is_erased: bool

    @classmethod
    def of(cls, file: File) -> "FileOut":
        return cls(
            file_id=file.id, purpose=file.purpose, name=file.name, sha256=file.sha256, format=file.format,
            size=file.size, added_by=file.added_by, added_at=file.added_at, is_erased=file.is_erased,
        )  # fmt: skip


class FilesOut(Answer):
    """All files of an order or a meeting, oldest first."""

    files: list[FileOut]


@router.post("/orders/{order_id}/files", dependencies=CARRIES_FILES, openapi_extra=document_of(FileIn))
async def add_to_order(order_id: UUID, run: Run, parts: Parts) -> Response:
    async def place(tx: Transaction, given: FileIn) -> Drawer:
        return await files.expect_on_order(tx, order_id, given.name, parts.extra.files, parts.vault)

    async def work(tx: Transaction, given: FileIn, stored: Stored) -> FileOut:
        return FileOut.of(await files.add_to_order(tx, order_id, stored, given.name, given.purpose, parts.vault))

    return await received(run, FileIn, place, work)


@router.get("/orders/{order_id}/files")
async def of_order(order_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> FilesOut:
        return FilesOut(files=[FileOut.of(one) for one in await files.of_order(tx, order_id, parts.vault)])

    return await read(work)


@router.get("/orders/{order_id}/files/{file_id}", dependencies=[Depends(few_at_once)])
async def open_on_order(
    order_id: UUID, file_id: UUID, read: Read, parts: Parts, purpose: Purpose | None = None
) -> Response:
    """`purpose` is asked of everybody but the unit itself."""
    async with parts.database.transaction(read.actor) as tx:
        filed, drawer = await files.look_on_order(tx, order_id, file_id, purpose, parts.extra.files, parts.vault)
    return attachment(file_id, filed.file.format, await files.fetch(filed, drawer))


@router.post("/meetings/{meeting_id}/files", dependencies=CARRIES_FILES, openapi_extra=document_of(MinutesIn))
async def add_to_meeting(meeting_id: UUID, run: Run, parts: Parts) -> Response:
    async def place(tx: Transaction, given: MinutesIn) -> Drawer:
        return await files.expect_at_meeting(tx, meeting_id, given.name, parts.extra.files, parts.vault)

    async def work(tx: Transaction, given: MinutesIn, stored: Stored) -> FileOut:
        return FileOut.of(await files.add_to_meeting(tx, meeting_id, stored, given.name, parts.vault))

    return await received(run, MinutesIn, place, work)


@router.get("/meetings/{meeting_id}/files")
async def of_meeting(meeting_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> FilesOut:
        return FilesOut(files=[FileOut.of(one) for one in await files.of_meeting(tx, meeting_id, parts.vault)])

    return await read(work)


@router.get("/meetings/{meeting_id}/files/{minutes_id}", dependencies=[Depends(few_at_once)])
async def open_at_meeting(
    meeting_id: UUID, minutes_id: UUID, read: Read, parts: Parts, purpose: Purpose | None = None
) -> Response:
    async with parts.database.transaction(read.actor) as tx:
        filed, drawer = await files.look_at_meeting(tx, meeting_id, minutes_id, purpose, parts.extra.files, parts.vault)
    return attachment(minutes_id, filed.file.format, await files.fetch(filed, drawer))
