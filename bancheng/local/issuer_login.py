"""Signing in at the local issuer: authorization code with PKCE; the page asks only who one wants to be."""

import base64
import hashlib
import html
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol
from urllib.parse import unquote, urlencode, urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

CODE_LIFE = 60.0  # seconds
CALLBACK, SIGNED_OUT = "/login/callback", "/logout/done"


class Signing(Protocol):
    """What is needed of the issuer."""

    identities: Mapping[str, Mapping[str, Any]]
    secret: str | None
    lifetime: int

    def token(self, claims: Mapping[str, Any]) -> str: ...


@dataclass(frozen=True)
class Grant:
    """Who signed in for which client, and what the one who comes with the code has to show."""

    name: str
    client: str
    redirect: str
    challenge: str
    nonce: str
    signed_in_at: int
    until: float


Given = Annotated[str, Form()]
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>选择演示身份</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ font: 1rem/1.6 sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }}
a {{ display: block; padding: .4rem 0 }} small {{ color: #595959; margin-left: .6rem }}</style></head>
<body><h1>选择演示身份</h1><p>本机试用:选择一个演示身份登录。正式环境没有这个页面。</p>
<nav>{links}</nav></body></html>"""


def routes(issuer: Signing) -> APIRouter:
    """The endpoints for browsers, and the one where codes and refresh tokens become tokens."""
    router, grants, refreshing = APIRouter(), dict[str, Grant](), dict[str, Grant]()

    @router.get("/authorize")
    async def authorize(request: Request, client_id: str, redirect_uri: str, login_hint: str = "") -> Response:
        asked = request.query_params
        if not _is_page(redirect_uri, CALLBACK):
            return JSONResponse({"error": "invalid_request", "error_description": "redirect_uri"}, 400)
        back = {"state": asked.get("state", "")}
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return RedirectResponse(f"{redirect_uri}?{urlencode({'error': 'invalid_request', **back})}", 303)
        if login_hint not in issuer.identities:
            return HTMLResponse(_chooser(issuer.identities, {**asked}))
        code, until = secrets.token_urlsafe(24), time.monotonic() + CODE_LIFE
        challenge, nonce = asked.get("code_challenge", ""), asked.get("nonce", "")
        grants[code] = Grant(login_hint, client_id, redirect_uri, challenge, nonce, int(time.time()), until)
        return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, **back})}", 303)

    @router.post("/token")
    async def exchange(
        request: Request, grant_type: Given, code: Given = "", redirect_uri: Given = "", code_verifier: Given = "",
        refresh_token: Given = "", client_id: Given = "", client_secret: Given = "",
    ) -> Response:  # fmt: skip
        client, secret = _client(request.headers.get("authorization", "")) or (client_id, client_secret)
        if issuer.secret is not None and not secrets.compare_digest(secret, issuer.secret):
            return JSONResponse({"error": "invalid_client"}, 401)
        if grant_type == "authorization_code":
            grant = grants.pop(code, None)
            if grant and (grant.redirect, grant.challenge) != (redirect_uri, _challenge(code_verifier)):
                grant = None
        else:
            grant = refreshing.pop(refresh_token, None)
        over = grant is None or (grant_type == "authorization_code" and grant.until < time.monotonic())
        if grant is None or over or grant.client != client or grant.name not in issuer.identities:
            return JSONResponse({"error": "invalid_grant"}, 400)
        fresh = secrets.token_urlsafe(24)
        refreshing[fresh] = grant
        return JSONResponse(_tokens(issuer, grant, fresh))

    @router.get("/logout")
    async def end_session(post_logout_redirect_uri: str) -> Response:
        if not _is_page(post_logout_redirect_uri, SIGNED_OUT):
            return JSONResponse({"error": "invalid_request"}, 400)
        return RedirectResponse(post_logout_redirect_uri, 303)

    return router


def _tokens(issuer: Signing, grant: Grant, refresh: str) -> dict[str, Any]:
    claims = issuer.identities[grant.name]
    signed_in_at = claims.get("auth_time", grant.signed_in_at)
    person = {"sub": claims["sub"], "aud": grant.client, "nonce": grant.nonce, "auth_time": signed_in_at}
    return {
        "access_token": issuer.token(claims),
        "id_token": issuer.token(person),
        "refresh_token": refresh,
        "token_type": "Bearer",
        "expires_in": issuer.lifetime,
    }


def _chooser(identities: Mapping[str, Mapping[str, Any]], asked: Mapping[str, str]) -> str:
    links = [
        f'<a href="/authorize?{html.escape(urlencode({**asked, "login_hint": name}))}">'
        f"{html.escape(str(claims.get('title', name)))}<small>{html.escape(name)}</small></a>"
        for name, claims in identities.items()
    ]
    return PAGE.format(links="".join(links))


def _is_page(address: str, path: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and parts.path == path and not parts.query


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _client(authorization: str) -> tuple[str, str] | None:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    name, _, secret = base64.b64decode(given).decode().partition(":")
    return unquote(name), unquote(secret)
