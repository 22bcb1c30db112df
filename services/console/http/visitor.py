"""Who asks: a bearer token, or the session a browser got when it signed in."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from fastapi import Depends, Request

from services.console import handlers
from services.console.access import Sight, sight_of
from services.console.desk.owners import Owner
from services.console.http.cookies import session_of
from services.console.parts import Extra
from services.console.sessions import Sessions
from shared.contracts.actor import Actor
from shared.contracts.errors import Forbidden
from shared.store.unit_of_work import Database
from shared.web.commands import PartsOf

READS = ("GET", "HEAD")


@dataclass(frozen=True)
class Visitor:
    """An account, what it sees, and its token, with which titles are read from intake.

    `waiting`: how many papers of supervision sent to it are open; counted for whole pages only.
    """

    actor: Actor
    sight: Sight
    token: str
    address: str
    database: Database
    extra: Extra
    waiting: int = 0

    def owner(self, name: str) -> Owner:
        """The service that a form goes to."""
        return {"intake": self.extra.intake, "triage": self.extra.triage, "referral": self.extra.referral}[name]

    @property
    def headers(self) -> dict[str, str]:
        """For whom, and from where, the owner of something is asked."""
        return {"Authorization": f"Bearer {self.token}", "X-Forwarded-For": self.address}


async def _visitor(request: Request) -> Visitor:
    parts: PartsOf = request.app.state.parts
    shown = request.headers.get("authorization")
    if request.method not in READS:
        require_same_origin(request, by_cookie=shown is None)
    if shown is None:
        shown = f"Bearer {await Sessions(parts).token(session_of(request), _is_by_a_person(request))}"
    actor = await parts.verifier.actor(shown)
    structlog.contextvars.bind_contextvars(actor=actor.id)
    address = request.client.host if request.client else ""
    sight = sight_of(actor)
    waiting = await _waiting(parts.database, actor, sight) if _is_whole_page(request) else 0
    token = shown.partition(" ")[2].strip()
    return Visitor(actor, sight, token, address, parts.database, parts.extra, waiting)


async def _waiting(database: Database, actor: Actor, sight: Sight) -> int:
    async with database.reading(actor) as tx:
        return await handlers.waiting_papers(tx, sight)


def _is_whole_page(request: Request) -> bool:
    """Whether the answer has a navigation: no fragment, stream, file or JSON."""
    reads_pages = "text/html" in request.headers.get("accept", "")
    return reads_pages and _is_by_a_person(request) and not request.url.path.endswith(("/fragment", "/paper"))


Who = Annotated[Visitor, Depends(_visitor)]


def require_same_origin(request: Request, by_cookie: bool = True) -> None:
    """A form on another site must not act for anybody; browsers say with every form where it stands."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none")
    silent = by_cookie and site is None and origin is None
    if foreign or silent or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise Forbidden("login.foreign_origin", "请在本系统的页面上操作")


def _is_by_a_person(request: Request) -> bool:
    """A page left open, which only keeps itself fresh, does not keep a session from ending."""
    return request.headers.get("sec-fetch-dest") != "empty"
