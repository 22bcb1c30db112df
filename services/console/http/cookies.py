"""Our two cookies: the session, and a sign-in under way. Under https no other host can set or read them."""

import base64
import hashlib
from dataclasses import asdict

import orjson
from cryptography.exceptions import InvalidTag
from fastapi import Request, Response

from services.console.signin import ATTEMPT_LIFE, Attempt
from shared.store.vault import Vault

SESSION, ATTEMPT = "bancheng_session", "bancheng_login_"
AT_ONCE = 5


def session_of(request: Request) -> str | None:
    """The value of the session's cookie."""
    return request.cookies.get(_name(request, SESSION))


def keep_session(request: Request, answer: Response, value: str) -> None:
    """Give a browser its session, until it is closed.

    Lax, not Strict: from the provider's page the browser comes back by a navigation that began on another site, and
    would not send a strict cookie with the first page.
    """
    _set(request, answer, SESSION, value, None)


def drop_session(request: Request, answer: Response) -> None:
    """Take the session from a browser."""
    _delete(request, answer, SESSION)


def keep_attempt(request: Request, answer: Response, attempt: Attempt, vault: Vault) -> None:
    """Bind a sign-in to this browser; one cookie each, so that several windows can sign in at once."""
    unfinished = [name for name in request.cookies if name.startswith(_name(request, ATTEMPT))]
    for name in unfinished if len(unfinished) >= AT_ONCE else ():  # or they would outgrow what a proxy lets pass
        answer.delete_cookie(name, httponly=True, samesite="lax", secure=_is_https(request))
    sealed = vault.seal_own(orjson.dumps(asdict(attempt)), _context(attempt.state))
    _set(request, answer, _attempt_name(attempt.state), base64.urlsafe_b64encode(sealed).decode(), int(ATTEMPT_LIFE))


def attempt_of(request: Request, state: str, vault: Vault) -> Attempt | None:
    """The sign-in that this browser began with this state; none if it did not, or too long ago."""
    given = request.cookies.get(_name(request, _attempt_name(state)), "")
    try:
        attempt = Attempt(**orjson.loads(vault.open_own(base64.urlsafe_b64decode(given), _context(state))))
    except (InvalidTag, ValueError):
        return None
    return None if attempt.is_over() else attempt


def drop_attempt(request: Request, answer: Response, state: str) -> None:
    """A sign-in is tried once."""
    _delete(request, answer, _attempt_name(state))


def _attempt_name(state: str) -> str:
    return f"{ATTEMPT}{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def _context(state: str) -> str:
    return f"login {hashlib.sha256(state.encode()).hexdigest()}"


def _set(request: Request, answer: Response, name: str, value: str, seconds: int | None) -> None:
    answer.set_cookie(
        _name(request, name), value, max_age=seconds, httponly=True, samesite="lax", secure=_is_https(request)
    )  # fmt: skip


def _delete(request: Request, answer: Response, name: str) -> None:
    answer.delete_cookie(_name(request, name), httponly=True, samesite="lax", secure=_is_https(request))


def _name(request: Request, name: str) -> str:
    return f"__Host-{name}" if _is_https(request) else name


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"
