"""Files over HTTP: one with some fields beside it, in memory only, and few at once; and given out as an attachment."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from shared.contracts.codes import FileFormat
from shared.contracts.errors import DomainError
from shared.files import MOST_BYTES, Drawer, Stored, too_large
from shared.store.unit_of_work import Transaction
from shared.web.commands import Answer, Runner

AT_ONCE = 4  # per process: each takes up to four times its size
MOST_BODY = MOST_BYTES + 64 * 1024
MOST_FIELDS, MOST_FIELD = 20, 8 * 1024

MEDIA_TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.JPG: "image/jpeg",
    FileFormat.PNG: "image/png",
    FileFormat.OFD: "application/ofd",
    FileFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
Model = TypeVar("Model", bound=BaseModel)


class _Busy(DomainError):
    status = 503


class _Malformed(DomainError):
    status = 400


class _InMemory(MultiPartParser):
    """Starlette's, without the file on disk where what people hand in would lie open."""

    spool_max_size = MOST_BODY


class Upload(NamedTuple):
    """What a form with a file says."""

    fields: dict[str, list[str]]
    name: str
    content: bytes

    @property
    def sameness(self) -> bytes:
        """What tells the same form from another, whatever boundary the client drew this time."""
        return orjson.dumps([sorted(self.fields.items()), self.name, sha256(self.content).hexdigest()])


async def few_at_once() -> AsyncIterator[None]:
    """A dependency of routes that carry files: more than a few at once are asked to come again."""
    if len(_under_way) >= AT_ONCE:
        raise _Busy("files.busy", "正在传送的文件较多,请稍后用同一请求重试", retry_after_ms=1000)
    _under_way.append(None)
    try:
        yield
    finally:
        _under_way.pop()


async def within_limit(request: Request) -> None:
    """A dependency before anything is read: of what is too large not a byte is."""
    if int(request.headers.get("content-length", "0")) > MOST_BODY:
        raise too_large()


CARRIES_FILES = [Depends(few_at_once), Depends(within_limit)]


async def upload_of(request: Request) -> Upload:
    """The fields and the file of a multipart form; of the file there may be none."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise _Malformed("form.malformed", "请用 multipart/form-data 提交")
    parser = _InMemory(request.headers, request.stream(), max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise _Malformed("form.malformed", "提交的表单无法读取,请重新提交") from error
    fields: dict[str, list[str]] = {}
    name, content = "", b""
    for key, value in form.multi_items():
        if isinstance(value, UploadFile):
            name, content = value.filename or "", await value.read()
        else:
            fields.setdefault(key, []).append(value)
    return Upload(fields, name, content)


def _checked(model: type[Model], upload: Upload) -> Model:
    """The fields as a request model, or the same answer as for any other form."""
    try:
        return model.model_validate({name: values[-1] for name, values in upload.fields.items()})
    except ValidationError as error:
        raise RequestValidationError([each | {"loc": ("body", *each["loc"])} for each in error.errors()]) from None


async def received(
    run: Runner,
    model: type[Model],
    place: Callable[[Transaction, Model], Awaitable[Drawer]],
    add: Callable[[Transaction, Model, Stored], Awaitable[Answer]],
) -> Response:
    """Take in a form with a file: `place` says where it goes if it may come now, `add` makes its row.

    The same form gets the same answer again. Where no row is made, no file is left.
    """
    upload = await upload_of(run.request)
    run, given = replace(run, body=upload.sameness), _checked(model, upload)
    if (before := await run.answered()) is not None:
        return before
    async with run.parts.database.reading(run.actor) as tx:
        drawer = await place(tx, given)
    stored = await drawer.put(upload.name, upload.content)

    async def with_row(tx: Transaction) -> Answer:
        return await add(tx, given, stored)

    try:
        answer = await run(with_row, 201)
    except DomainError:
        await drawer.drop(stored.id)
        raise
    if str(stored.id).encode() not in bytes(answer.body):  # the same request was a moment faster elsewhere
        await drawer.drop(stored.id)
    return answer


def attachment(file_id: UUID, format: FileFormat, content: bytes) -> Response:
    """A file as a browser keeps it: under its id, and nothing in it runs."""
    return Response(content, media_type=MEDIA_TYPES[format], headers={
        # Its own name may say who somebody is, and would lie in the folder of whoever opens it.
        "Content-Disposition": f'attachment; filename="{file_id}.{format.value.lower()}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    })  # fmt: skip


def document_of(model: type[BaseModel]) -> dict[str, Any]:
    """What OpenAPI says of a form with these fields and a `file`."""
    schema = model.model_json_schema()
    fields = schema["properties"] | {"file": {"type": "string", "format": "binary"}}
    form = {"type": "object", "properties": fields, "required": [*schema.get("required", ()), "file"]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}


_under_way: list[None] = []
