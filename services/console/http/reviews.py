"""The monthly review of looks at personal data, for those who oversee."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console.access import reviews_looks
from services.console.desk.owners import Declined
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from shared.contracts.errors import NotFound
from shared.workdays import ZONE

router = APIRouter()
Month = Annotated[str, Query(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$")]
Account = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
SHOWN = "200"


@router.get("/desk/access-review")
async def review(who: Who, month: Month = "", viewer: Account = "") -> Response:
    """A month by account; with an account, its looks one by one."""
    if not reviews_looks(who.actor):
        raise NotFound
    async with who.database.reading(who.actor) as tx:
        chosen = month or f"{tx.now:%Y-%m}"
    try:
        lines = (await who.extra.audit.look(f"/access-reviews/{chosen}", who.headers))["lines"]
        looks = await _looks(who, chosen, viewer) if viewer else []
    except Declined as declined:
        return page("access_review.html", declined.status, who=who, month=chosen, viewer=viewer, lines=[], looks=[],
                    declined=declined)  # fmt: skip
    return page("access_review.html", who=who, month=chosen, viewer=viewer, lines=lines, looks=looks, declined=None)


async def _looks(who: Visitor, month: str, viewer: str) -> list[dict[str, Any]]:
    path = f"/access-reviews/{month}/looks"
    found = (await who.extra.audit.look(path, who.headers, viewer=viewer, limit=SHOWN))["items"]
    return [look | {"at": datetime.fromisoformat(look["at"]).astimezone(ZONE)} for look in found]
