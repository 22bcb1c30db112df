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
from pydantic import BaseModel

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


class Exchange(BaseModel):
    """What a client sends to the token endpoint."""

    grant_type: str
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    refresh_token: str = ""
    client_id: str = ""
    client_secret: str = ""


class Grants:
    """Codes and refresh tokens that have not been used: each is good once."""

    def __init__(self) -> None:
        self._by_code: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}

    def code_for(self, name: str, asked: Mapping[str, str]) -> str:
        """A code for somebody who signed in, with what the client asked."""
        code, until = secrets.token_urlsafe(24), time.monotonic() + CODE_LIFE
        client, redirect = asked.get("client_id", ""), asked.get("redirect_uri", "")
        challenge, nonce = asked.get("code_challenge", ""), asked.get("nonce", "")
        self._by_code[code] = Grant(name, client, redirect, challenge, nonce, int(time.time()), until)
        return code

    def taken(self, sent: Exchange, client: str) -> Grant | None:
        """What a client may have tokens for; nothing for a code of others, too late or for the second time."""
        if sent.grant_type == "refresh_token":
            grant = self._by_refresh.pop(sent.refresh_token, None)
            return grant if grant and grant.client == client else None
        grant = self._by_code.pop(sent.code, None)
        shown = (client, sent.redirect_uri, _challenge(sent.code_verifier))
        if grant is None or grant.until < time.monotonic() or (grant.client, grant.redirect, grant.challenge) != shown:
            return None
        return grant

    def refresh_for(self, grant: Grant) -> str:
        """What the next tokens are had for."""
        fresh = secrets.token_urlsafe(24)
        self._by_refresh[fresh] = grant
        return fresh


PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>选择演示身份</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ font: 1rem/1.6 sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }}
a {{ display: block; padding: .4rem 0 }} small {{ color: #595959; margin-left: .6rem }}</style></head>
<body><h1>选择演示身份</h1><p>本机试用:选择一个演示身份登录。正式环境没有这个页面。</p>
<nav>{links}</nav></body></html>"""


def routes(issuer: Signing) -> APIRouter:
    """The endpoints for browsers, and the one where codes and refresh tokens become tokens."""
    router, grants = APIRouter(), Grants()

    @router.get("/authorize")
    async def authorize(request: Request) -> Response:
        return _authorized(issuer, grants, {**request.query_params})

    @router.post("/token")
    async def exchange(request: Request, sent: Annotated[Exchange, Form()]) -> Response:
        client, secret = _client(request.headers.get("authorization", "")) or (sent.client_id, sent.client_secret)
        if issuer.secret is not None and not secrets.compare_digest(secret, issuer.secret):
            return JSONResponse({"error": "invalid_client"}, 401)
        grant = grants.taken(sent, client)
        if grant is None or grant.name not in issuer.identities:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(_tokens(issuer, grant, grants.refresh_for(grant)))

    @router.get("/logout")
    async def end_session(post_logout_redirect_uri: str) -> Response:
        if not _is_page(post_logout_redirect_uri, SIGNED_OUT):
            return JSONResponse({"error": "invalid_request"}, 400)
        return RedirectResponse(post_logout_redirect_uri, 303)

    return router


def _authorized(issuer: Signing, grants: Grants, asked: Mapping[str, str]) -> Response:
    """Back to the client with a code for who is named, or the page to choose at."""
    back, name = asked.get("redirect_uri", ""), asked.get("login_hint", "")
    if not _is_page(back, CALLBACK):
        return JSONResponse({"error": "invalid_request", "error_description": "redirect_uri"}, 400)
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
        given = {"error": "invalid_request"}
    elif name in issuer.identities:
        given = {"code": grants.code_for(name, asked)}
    else:
        return HTMLResponse(_chooser(issuer.identities, asked))
    return RedirectResponse(f"{back}?{urlencode({**given, 'state': asked.get('state', '')})}", 303)


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
