"""Where a service is and as whom to speak to it: as given, else as the local system that runs here says."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from bancheng.client.problems import Stopped, WrongInput

IDENTITY = "supervision_dept"
RENEW_AFTER = 10 * 60.0  # seconds; the local issuer's tokens live 15 minutes


class Tokens(Protocol):
    """A supply of bearer tokens."""

    async def current(self) -> str: ...

    async def renewed(self, refused: str) -> str:
        """Another token than the one that was refused; raises Stopped if there is none."""
        ...


@dataclass(frozen=True)
class GivenToken:
    """The one token from the command line or the environment."""

    token: str

    async def current(self) -> str:
        return self.token

    async def renewed(self, refused: str) -> str:
        raise Stopped("the token is refused (401): give a fresh one with --token or BANCHENG_TOKEN")


class IssuedTokens:
    """Tokens of a local system's issuer, renewed before they end."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._token, self._got_at = "", 0.0
        self._asking = asyncio.Lock()

    async def current(self) -> str:
        async with self._asking:
            if not self._token or time.monotonic() - self._got_at > RENEW_AFTER:
                await self._ask()
            return self._token

    async def renewed(self, refused: str) -> str:
        async with self._asking:
            if self._token == refused:
                await self._ask()
            return self._token

    async def _ask(self) -> None:
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.get(f"{self._issuer}/token", params={"name": IDENTITY})
        if answer.status_code != 200:
            raise Stopped(f"the issuer {self._issuer} gives no token for {IDENTITY} ({answer.status_code})")
        self._token, self._got_at = str(answer.json()["access_token"]), time.monotonic()


def find_service(service: str, url: str | None, token: str | None, data: Path) -> tuple[str, Tokens]:
    """A service's address and the tokens to use there; raises WrongInput with what to give."""
    if url and token:
        return _checked(url), GivenToken(token)
    from bancheng.local.stack import StackFailed, running_at  # the local runtime need not be installed elsewhere

    try:
        found = running_at(data)
    except StackFailed as error:
        raise WrongInput(f"{error}, or give --url and --token") from error
    tokens: Tokens = GivenToken(token) if token else IssuedTokens(found["issuer"])
    return _checked(url or found[service]), tokens


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise WrongInput(f"--url {url!r} is no address") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise WrongInput(f"--url takes http://… or https://…, not {url!r}")
    return url.rstrip("/")
