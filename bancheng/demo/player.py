"""The player: carries out commands through the public HTTP APIs, as any client must.

It repeats a command with the same idempotency key as long as the answer says "not yet" or nobody answers, which is
all that is needed to live through the restart of any service.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import httpx

from shared.ids import new_id

PATIENCE = 60.0  # seconds of real time for one command or one expected state
AGAIN = {
    "not_here_yet",
    "idempotency.running",
    "service.unavailable",
    "service.busy",
    "service.starting",
    "auth.keys_unavailable",
}
TOKEN_LIFE = 10 * 60.0


class Unexpected(RuntimeError):
    """A service answered otherwise than the story wants."""


class Addresses(Protocol):
    """Where services and the issuer answer: a stack here, or containers."""

    @property
    def issuer_url(self) -> str: ...

    def url(self, service: str) -> str: ...


class Player:
    """One client of a running system that can act as every demo identity."""

    def __init__(self, at: Addresses) -> None:
        self._at = at
        self._http = httpx.AsyncClient(timeout=20)
        self._tokens: dict[str, tuple[float, str]] = {}
        self.commands = 0
        self.repeats = 0
        self.on_command: Callable[[int, str], None] = lambda _number, _service: None

    async def __aenter__(self) -> "Player":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def post(self, who: str, service: str, path: str, body: Any = None, method: str = "POST") -> dict[str, Any]:
        """Carry out a command; anything but success is Unexpected."""
        answer = await self._command(who, service, path, method, json={} if body is None else body)
        return dict(_successful(answer, f"{method} {service}{path} as {who}").json())

    async def upload(self, who: str, service: str, path: str, fields: Mapping[str, str], file: bytes) -> dict[str, Any]:
        """Hand a file in with what is said of it."""
        answer = await self._command(who, service, path, data=fields, files={"file": ("file", file)})
        return dict(_successful(answer, f"POST {service}{path} as {who}").json())

    async def printed(self, who: str, service: str, path: str) -> bytes:
        """Have a paper printed."""
        return _successful(await self._command(who, service, path), f"POST {service}{path} as {who}").content

    async def put(self, who: str, service: str, path: str, body: Any = None) -> dict[str, Any]:
        """Carry out a command that replaces something."""
        return await self.post(who, service, path, body, "PUT")

    async def refused(self, who: str, service: str, path: str, body: Any, status: int, code: str) -> dict[str, Any]:
        """Carry out a command that must be refused with this status and code."""
        answer = await self._command(who, service, path, json=body)
        found = dict(answer.json())
        if (answer.status_code, found.get("code")) != (status, code):
            raise Unexpected(
                f"{service}{path} as {who}: wanted {status} {code}, got {answer.status_code} {answer.text}"
            )
        return found

    async def get(self, who: str, service: str, path: str, **params: Any) -> Any:
        """Read something; None while it is not there."""
        deadline = time.monotonic() + PATIENCE
        while (answer := await self._look(who, service, path, params)) is None or answer.status_code >= 500:
            if time.monotonic() > deadline:
                said = answer.text[:400] if answer is not None else "nobody answers"
                raise Unexpected(f"GET {service}{path} as {who}: still {said} after {PATIENCE:.0f} s")
            self.repeats += 1
            await asyncio.sleep(0.1)
        if answer.status_code == 404:
            return None
        if answer.is_error:
            raise Unexpected(f"GET {service}{path} as {who}: {answer.status_code} {answer.text[:600]}")
        return answer.json()

    async def until(
        self, who: str, service: str, path: str, found: Callable[[Any], Any], what: str, **params: Any
    ) -> Any:
        """Read again and again until `found` says something true; events are on their way meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while True:
            body = await self.get(who, service, path, **params)
            if body is not None and (result := found(body)):
                return result
            if time.monotonic() > deadline:
                raise Unexpected(f"{what}: not within {PATIENCE:.0f} s; {service}{path} says {str(body)[:400]}")
            await asyncio.sleep(0.03)

    async def _command(
        self, who: str, service: str, path: str, method: str = "POST", **what: Any
    ) -> httpx.Response:  # fmt: skip
        self.commands += 1
        self.on_command(self.commands, service)
        key, pause = str(new_id()), 0.05
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = await self._try(who, service, path, method, key, what)
            if answer is not None and not _again(answer):
                return answer
            if time.monotonic() > deadline:
                said = answer.text[:400] if answer is not None else "nobody answers"
                raise Unexpected(f"{method} {service}{path} as {who}: still {said} after {PATIENCE:.0f} s")
            self.repeats += 1
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 1.0)

    async def _try(
        self, who: str, service: str, path: str, method: str, key: str, what: Mapping[str, Any]
    ) -> httpx.Response | None:
        try:
            headers = {**await self._authorized(who), "Idempotency-Key": key}
            return await self._http.request(method, self._at.url(service) + path, headers=headers, **what)
        except httpx.TransportError:
            return None

    async def _look(self, who: str, service: str, path: str, params: Any) -> httpx.Response | None:
        try:
            url = self._at.url(service) + path
            return await self._http.get(url, params=params, headers=await self._authorized(who))
        except httpx.TransportError:
            return None

    async def _authorized(self, who: str) -> Mapping[str, str]:
        known = self._tokens.get(who)
        if known is None or time.monotonic() - known[0] > TOKEN_LIFE:
            answer = await self._http.get(f"{self._at.issuer_url}/token", params={"name": who})
            known = time.monotonic(), str(answer.raise_for_status().json()["access_token"])
            self._tokens[who] = known
        return {"Authorization": f"Bearer {known[1]}"}


def _successful(answer: httpx.Response, doing: str) -> httpx.Response:
    if answer.is_error:
        raise Unexpected(f"{doing}: {answer.status_code} {answer.text[:600]}")
    return answer


def _again(answer: httpx.Response) -> bool:
    if answer.status_code not in (404, 409, 503):
        return False
    try:
        return answer.json().get("code") in AGAIN
    except ValueError:
        return answer.status_code == 503
