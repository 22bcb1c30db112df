"""Who asks: a bearer token, or the cookie a browser got when it signed in."""

from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import Depends, Request

from services.console.access import Sight, sight_of
from services.console.parts import Extra
from shared.contracts.actor import Actor
from shared.store.unit_of_work import Database
from shared.web.commands import PartsOf

COOKIE = "bancheng_session"


@dataclass(frozen=True)
class Visitor:
    """An account, what it sees, and the token it showed, with which titles are read from intake."""

    actor: Actor
    sight: Sight
    token: str
    database: Database
    extra: Extra


async def _visitor(request: Request) -> Visitor:
    parts: PartsOf = request.app.state.parts
    shown = request.headers.get("authorization") or f"Bearer {request.cookies.get(COOKIE, '')}"
    actor = await parts.verifier.actor(shown)
    structlog.contextvars.bind_contextvars(actor=actor.id)
    return Visitor(actor, sight_of(actor), shown.partition(" ")[2].strip(), parts.database, parts.extra)


Who = Annotated[Visitor, Depends(_visitor)]
