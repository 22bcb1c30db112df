"""Signing in at the provider of BANCHENG_OIDC_ISSUER and out again."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console.http.cookies import attempt_of, drop_attempt, drop_session, keep_attempt, keep_session, session_of
from services.console.http.rendering import page
from services.console.http.visitor import require_same_origin
from services.console.sessions import Sessions
from services.console.signin import PLACE, PLACE_LENGTH, Attempt, Provider, ProviderAway, SignInRefused
from shared.web import Parts
from shared.web.commands import PartsOf

router = APIRouter()
log = structlog.get_logger(__name__)
Name = Annotated[str | None, Query(min_length=1, max_length=200)]
Place = Annotated[str, Query(max_length=PLACE_LENGTH, pattern=PLACE)]
Given = Annotated[str, Query(max_length=4096)]


@router.get("/login")
async def login(request: Request, parts: Parts, name: Name = None, to: Place = "/") -> Response:
    """To the provider; `name` is told to it as a hint, `to` is where it goes afterwards."""
    attempt = Attempt(to, again=await Sessions(parts).has_ended(session_of(request)))
    answer = RedirectResponse(await _provider(parts).door(attempt, _callback(request), name), 303)
    keep_attempt(request, answer, attempt, parts.vault)
    return answer


@router.get("/login/callback")
async def callback(
    request: Request, parts: Parts, state: Given = "", code: Given = "", error: Given = ""
) -> Response:  # fmt: skip
    try:
        attempt = attempt_of(request, state, parts.vault)
        if attempt is None:
            raise SignInRefused("login.state", "这次登录不是在本浏览器发起的,或已超时、已完成,请重新登录")
        if error or not code:
            raise SignInRefused("login.denied", "身份认证平台没有让您登录,请重新登录或联系系统管理员")
        tokens = await _provider(parts).redeem(code, attempt, _callback(request))
    except SignInRefused as refused:
        log.warning("login.refused", code=refused.code)
        answer: Response = page(
            "error.html", refused.status, title="登录未完成", detail=refused.message, code=refused.code
        )  # fmt: skip
    else:
        log.info("login.signed_in", actor=tokens.account)
        answer = RedirectResponse(attempt.to, 303)
        # A new value: one that somebody else put into this browser before is worth nothing.
        keep_session(request, answer, await Sessions(parts).begin(tokens, session_of(request)))
    drop_attempt(request, answer, state)
    return answer


@router.post("/logout")
async def sign_out(request: Request, parts: Parts) -> Response:
    """Out here at once, then at the provider: by a page, since a form's answer may not lead to another site."""
    require_same_origin(request)
    await Sessions(parts).end(session_of(request))
    try:
        onward = await _provider(parts).exit(f"{_base(request)}/logout/done")
    except ProviderAway:
        onward = None
    answer = page("signed_out.html", onward=onward)
    drop_session(request, answer)
    return answer


@router.get("/logout/done")
async def signed_out() -> Response:
    return page("signed_out.html", onward=None)


def _provider(parts: PartsOf) -> Provider:
    return Provider(parts.settings, parts.verifier)


def _callback(request: Request) -> str:
    return f"{_base(request)}/login/callback"


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
