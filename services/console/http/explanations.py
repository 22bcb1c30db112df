"""The page that explains a clock day by day, asked of deadlines for this reader."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.console import handlers
from services.console.desk.owners import Declined
from services.console.http.rendering import page, refusal
from services.console.http.visitor import Who

router = APIRouter()


@router.get("/deadlines/{deadline_id}/explanation")
async def explanation(deadline_id: UUID, who: Who) -> Response:
    try:
        found = await who.extra.deadlines.look(f"/deadlines/{deadline_id}/explanation", who.headers)
    except Declined as declined:
        return refusal("期限说明暂时打不开", declined)
    async with who.database.reading(who.actor) as tx:
        register_no = await handlers.register_no(tx, who.sight, UUID(found["matter_id"]))
        printed_at = tx.now
    due_at = datetime.fromisoformat(found["due_at"])
    return page("explanation.html", who=who, found=found, register_no=register_no, due_at=due_at, printed_at=printed_at)
