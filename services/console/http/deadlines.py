"""期限看板: numbers of open clocks by unit and window, and the clocks behind each number."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console import handlers
from services.console.domain import When
from services.console.http.moments import moment_of
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from services.console.store.clocks import Asked
from shared.web import Cursor
from shared.web.paging import PageWanted, encode

router = APIRouter()
Code = Annotated[str, Query(max_length=40, pattern=r"^[\w.:-]*$")]


@router.get("/desk/deadlines")
async def deadlines(
    who: Who, wanted: Cursor, unit: Code = "", window: Code = "", when: When | Literal[""] = ""
) -> Response:  # fmt: skip
    asked = Asked(unit or None, window or None)
    if when:
        return await _listed(who, wanted, asked, when)
    async with who.database.reading(who.actor) as tx:
        board = await handlers.read_board(tx, who.sight, asked)
    return page("deadlines.html", who=who, board=board)


async def _listed(who: Visitor, wanted: PageWanted, asked: Asked, when: When) -> Response:
    after = wanted.position(moment_of, UUID)
    place = (after[0], after[1]) if after else None
    async with who.database.reading(who.actor) as tx:
        lines, more = await handlers.read_open_clocks(tx, who.sight, asked, when, place, wanted.limit)
        whose = await handlers.names_of(tx, who.sight, asked)
    titles = await who.extra.titles.of({line.matter_id for line in lines}, who.token)
    last = lines[-1].clock if more else None
    following = encode([last.due_at, last.deadline_id]) if last else None
    return page(
        "open_clocks.html", who=who, when=when, asked=asked, whose=whose, lines=lines, titles=titles,
        following=following, limit=wanted.limit, first=after is None,
    )  # fmt: skip
