"""Looks at words and identity: asked for by a button, for a purpose, and told as an event by intake."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console import handlers
from services.console.access import opens_content
from services.console.desk.fields import one
from services.console.desk.owners import Declined
from services.console.http.desk import entered
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from shared.contracts.errors import NotFound

router = APIRouter()
PARTS = ("content", "identity")


@router.get("/matters/{matter_id}/content")
async def ask(matter_id: UUID, who: Who) -> Response:
    return await _shown(matter_id, who, "", {})


@router.post("/matters/{matter_id}/content")
async def look(matter_id: UUID, request: Request, who: Who) -> Response:
    """The words of a matter, or who reported it, whichever button was pressed."""
    values = await entered(request)
    purpose, part = (one(values, name) for name in ("purpose", "part"))
    if part not in PARTS:
        raise NotFound
    try:
        found = await who.extra.intake.look(f"/matters/{matter_id}/{part}", who.headers, purpose=purpose)
    except Declined as declined:
        return await _shown(matter_id, who, purpose, {}, declined)
    return await _shown(matter_id, who, purpose, {part: found})


async def _shown(
    matter_id: UUID, who: Visitor, purpose: str, found: dict[str, Any], declined: Declined | None = None
) -> Response:
    if not opens_content(who.actor):
        raise NotFound
    async with who.database.reading(who.actor) as tx:
        await handlers.read_state(tx, who.sight, matter_id)
    return page(
        "content.html", declined.status if declined else 200, who=who, matter_id=matter_id, purpose=purpose,
        content=found.get("content"), identity=found.get("identity"), declined=declined,
    )  # fmt: skip
