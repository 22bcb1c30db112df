"""Who asks: a bearer token, or the cookie a browser got when it signed in."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from fastapi import Depends, Request

from services.console.access import Sight, sight_of
from services.console.desk.owners import Owner
from services.console.parts import Extra
from shared.contracts.actor import Actor
from shared.contracts.errors import Forbidden
from shared.store.unit_of_work import Database
from shared.web.commands import PartsOf

COOKIE = "bancheng_session"


@dataclass(frozen=True)
class Visitor:
    """An account, what it sees, and the token it showed, with which titles are read from intake."""

    actor: Actor
    sight: Sight
    token: str
    address: str
    database: Database
    extra: Extra

    def owner(self, name: str) -> Owner:
        """The service that a form goes to."""
        return {"intake": self.extra.intake, "triage": self.extra.triage, "referral": self.extra.referral}[name]

    @property
    def headers(self) -> dict[str, str]:
        """For whom, and from where, the owner of something is asked."""
        return {"Authorization": f"Bearer {self.token}", "X-Forwarded-For": self.address}


async def _visitor(request: Request) -> Visitor:
    parts: PartsOf = request.app.state.parts
    shown = request.headers.get("authorization") or f"Bearer {request.cookies.get(COOKIE, '')}"
    actor = await parts.verifier.actor(shown)
    structlog.contextvars.bind_contextvars(actor=actor.id)
    address = request.client.host if request.client else ""
    return Visitor(actor, sight_of(actor), shown.partition(" ")[2].strip(), address, parts.database, parts.extra)


Who = Annotated[Visitor, Depends(_visitor)]


def require_same_origin(request: Request) -> None:
    """A form on another site must not act for anybody; a caller that is no browser sends neither header."""
    if request.method == "GET":
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none")
    if foreign or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise Forbidden("login.foreign_origin", "请在本系统的页面上操作")
