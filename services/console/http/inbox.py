"""收件箱: what was sent to whoever is signed in."""

import re
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.console import handlers
from services.console.http.moments import moment_of
from services.console.http.rendering import page
from services.console.http.visitor import Who
from shared.web import Cursor
from shared.web.paging import encode

router = APIRouter()


@router.get("/desk/inbox")
async def inbox(who: Who, wanted: Cursor) -> Response:
    after = wanted.position(bool, moment_of, UUID, _level_of)
    async with who.database.reading(who.actor) as tx:
        letters, more = await handlers.read_inbox(tx, who.sight, after, wanted.limit)
    titles = await who.extra.titles.of({letter.matter_id for letter in letters if letter.in_sight}, who.token)
    last = letters[-1] if more else None
    following = encode([last.is_open, last.sent_at, last.deadline_id, last.level]) if last else None
    return page(
        "inbox.html", who=who, letters=letters, titles=titles, following=following, limit=wanted.limit,
        first=after is None,
    )  # fmt: skip


def _level_of(text: str) -> str:
    """A step in a cursor, also one that this console does not know."""
    if not re.fullmatch(r"[A-Z_]{1,20}", text):
        raise ValueError(text)
    return text
