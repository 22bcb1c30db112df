"""The pages as JSON, for programs and tests."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.console import handlers
from services.console.http.visitor import Who
from services.console.view import MatterLine, MatterView
from shared.contracts.codes import MatterState
from shared.web import Answer, Cursor, Page
from shared.web.paging import encode

router = APIRouter(prefix="/api")
WindowId = Annotated[str | None, Query(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]


@router.get("/matters/{matter_id}")
async def read_one(matter_id: UUID, who: Who) -> Response:
    async with who.database.reading(who.actor) as tx:
        found: MatterView = await handlers.read_matter(tx, who.sight, matter_id)
    return _json(found)


@router.get("/matters")
async def read_many(
    who: Who, wanted: Cursor, state: MatterState | None = None, window: WindowId = None
) -> Response:  # fmt: skip
    after = wanted.position(UUID)
    async with who.database.reading(who.actor) as tx:
        items, more = await handlers.read_lines(tx, who.sight, state, window, after[0] if after else None, wanted.limit)
    return _json(Page[MatterLine](items=items, next=encode([str(items[-1].matter_id)]) if more else None))


def _json(answer: Answer) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")
