"""Web pages; every one is whole without JavaScript."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.console import handlers
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from services.console.titles import Found
from services.console.view import MatterView
from shared.contracts.codes import MatterState
from shared.web import Cursor
from shared.web.paging import encode

router = APIRouter()

# A form sends an empty choice as an empty string.
State = Annotated[MatterState | Literal[""], Query()]
Window = Annotated[str, Query(max_length=40, pattern=r"^[^\x00]*$")]


@router.get("/")
async def matters(request: Request, who: Who, wanted: Cursor, state: State = "", window: Window = "") -> Response:
    after = wanted.position(UUID)
    async with who.database.reading(who.actor) as tx:
        found = await handlers.read_list(
            tx, who.sight, state or None, window or None, after[0] if after else None, wanted.limit
        )
        alarms = await handlers.read_alarms(tx, who.sight)
    titles = await who.extra.titles.of([line.matter_id for line in found.items], who.token)
    following = encode([found.items[-1].matter_id]) if found.more else None
    chosen = {"state": state, "window": window, "limit": wanted.limit, "first": after is None}
    return page("list.html", who=who, alarms=alarms, found=found, titles=titles, chosen=chosen, following=following)


@router.get("/matters/{matter_id}")
async def matter(matter_id: UUID, who: Who) -> Response:
    found, titles = await _read(matter_id, who)
    return page("matter.html", who=who, found=found, titles=titles)


@router.get("/matters/{matter_id}/fragment")
async def fragment(matter_id: UUID, who: Who) -> Response:
    found, titles = await _read(matter_id, who)
    return page("_matter.html", who=who, found=found, titles=titles)


async def _read(matter_id: UUID, who: Visitor) -> tuple[MatterView, Found]:
    async with who.database.reading(who.actor) as tx:
        found = await handlers.read_matter(tx, who.sight, matter_id)
    return found, await who.extra.titles.of([matter_id], who.token)
