"""Signing in with a demo identity; in production the token comes with the request and this page says so."""

from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console.http.rendering import page
from services.console.http.visitor import COOKIE, require_same_origin
from shared.contracts.errors import DomainError, Forbidden
from shared.web import Parts

router = APIRouter()
Name = Annotated[str, Form(min_length=1, max_length=200)]


class IssuerAway(DomainError):
    """The local issuer does not answer: 503."""

    status = 503


@router.get("/login")
async def login(
    request: Request, parts: Parts, name: Annotated[str | None, Query(min_length=1, max_length=200)] = None
) -> Response:
    address = parts.settings.demo_login_url
    if address and name:
        return await _signed_in(request, address, name)
    identities = await _ask(address, "/identities") if address else None
    return page("login.html", identities=identities)


@router.post("/login")
async def sign_in(request: Request, parts: Parts, name: Name) -> Response:
    require_same_origin(request)
    address = parts.settings.demo_login_url
    if not address:
        raise Forbidden("login.elsewhere", "请从单位统一身份认证入口登录")
    return await _signed_in(request, address, name)


@router.post("/logout")
async def sign_out(request: Request) -> Response:
    require_same_origin(request)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


async def _signed_in(request: Request, address: str, name: str) -> Response:
    found = await _ask(address, "/token", name=name)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        COOKIE, found["access_token"], max_age=int(found["expires_in"]), httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


async def _ask(address: str, path: str, **params: str) -> Any:
    try:
        async with httpx.AsyncClient(base_url=address, timeout=5) as client:
            answer = await client.get(path, params=params)
    except httpx.HTTPError as error:
        raise IssuerAway("login.issuer_away", "本机身份服务暂不可用,请稍后重试", retry_after_ms=1000) from error
    if answer.status_code == 404:
        raise Forbidden("login.unknown", "没有这个演示身份,请从列表中选择")
    if answer.status_code != 200:
        raise IssuerAway("login.issuer_away", "本机身份服务暂不可用,请稍后重试", retry_after_ms=1000)
    return answer.json()
