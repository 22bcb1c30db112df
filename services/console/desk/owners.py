"""Commands and looks of the services that own things, with the user's own token: what they refuse is said as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

PATIENCE = 10.0  # seconds a command may take
LONG = 60.0  # seconds a file may take, or a load that counts everything anew
CALLED = {
    "intake": "受理登记服务",
    "triage": "研判服务",
    "referral": "交办服务",
    "deadlines": "期限服务",
    "audit": "留痕服务",
}
Headers = Mapping[str, str]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Declined(Exception):
    """The owner said no, or is away: the sentence for the user, its code and the status."""

    status: int
    code: str
    detail: str


class Owner:
    """A client of one service; `user` are the headers that say for whom it is asked."""

    def __init__(self, name: str, url: str) -> None:
        self._name, self._http = name, httpx.AsyncClient(base_url=url, timeout=PATIENCE)

    async def command(
        self, path: str, body: dict[str, Any], user: Headers, key: str, method: str = "POST",
        within: float = PATIENCE,
    ) -> dict[str, Any]:  # fmt: skip
        """Do something; the same key does it once however often the form is sent."""
        headers = {**user, "Idempotency-Key": key}
        return await self._asked(method, path, headers, json=body, timeout=within)

    async def query(self, path: str, body: dict[str, Any], user: Headers) -> dict[str, Any]:
        """Look something up by what must not stand in an address."""
        return await self._asked("POST", path, user, json=body)

    async def look(self, path: str, user: Headers, **params: str | list[str]) -> dict[str, Any]:
        """Open something for a purpose."""
        return await self._asked("GET", path, user, params=params)

    async def upload(self, path: str, fields: dict[str, Any], file: tuple[str, bytes], user: Headers, key: str) -> None:
        """Hand a file on with what is said of it; the same key does it once."""
        headers = {**user, "Idempotency-Key": key}
        await self._answer("POST", path, headers, data=fields, files={"file": file}, timeout=LONG)

    async def fetch(self, path: str, user: Headers, **params: str) -> httpx.Response:
        """Open a file for a purpose."""
        return await self._answer("GET", path, user, params=params, timeout=LONG)

    async def printed(self, path: str, user: Headers) -> bytes:
        """A paper as PDF; whatever it says is not kept here."""
        return (await self._answer("POST", path, user)).content

    async def _asked(self, method: str, path: str, headers: Headers, **what: Any) -> dict[str, Any]:
        answer = await self._answer(method, path, headers, **what)
        try:
            said: dict[str, Any] = answer.json()
        except ValueError as error:
            raise self._away(error) from error
        return said

    async def _answer(self, method: str, path: str, headers: Headers, **what: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, headers=headers, **what)
            said = {} if answer.is_success else answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise self._away(error) from error
        if answer.is_success:
            return answer
        raise Declined(answer.status_code, said.get("code", ""), said.get("detail", "未能完成,请稍后再试"))

    def _away(self, error: Exception) -> Declined:
        log.warning("owner.away", owner=self._name, error=type(error).__name__)
        return Declined(
            503, f"{self._name}.away", f"{CALLED[self._name]}暂时没有应答,内容仍在本页,请稍后再次提交"
        )  # fmt: skip
