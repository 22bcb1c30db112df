"""Server-sent events: what changed, for those who may see it."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from services.console.http.visitor import Who
from services.console.live import changes

router = APIRouter()


@router.get("/events")
async def events(
    who: Who,
    since: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> StreamingResponse:
    """From the last event the browser saw, else from the revision its page was made at, else from now."""
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else since
    stream = changes(who.extra.pulse, who.database, who.sight, seen)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
