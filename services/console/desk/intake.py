"""Intake's commands and looks, called with the user's own token: what it refuses is said to the user as it is."""

from dataclasses import dataclass
from typing import Any

import httpx
import structlog

PATIENCE = 10.0  # seconds a command may take
LONG = 60.0  # seconds a file may take
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Declined(Exception):
    """Intake said no, or is away: the sentence for the user, its code and the status."""

    status: int
    code: str
    detail: str


class Intake:
    """A client of intake."""

    def __init__(self, intake_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=intake_url, timeout=PATIENCE)

    async def command(self, path: str, body: dict[str, Any], token: str, key: str) -> dict[str, Any]:
        """Do something; the same key does it once however often the form is sent."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return await self._asked("POST", path, headers, json=body)

    async def query(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        """Look something up by what must not stand in an address."""
        return await self._asked("POST", path, {"Authorization": f"Bearer {token}"}, json=body)

    async def look(self, path: str, token: str, **params: str) -> dict[str, Any]:
        """Open something for a purpose."""
        return await self._asked("GET", path, {"Authorization": f"Bearer {token}"}, params=params)

    async def upload(self, path: str, fields: dict[str, Any], file: tuple[str, bytes], token: str, key: str) -> None:
        """Hand a file on with what is said of it; the same key does it once."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        await self._answer("POST", path, headers, data=fields, files={"file": file}, timeout=LONG)

    async def fetch(self, path: str, token: str, **params: str) -> httpx.Response:
        """Open a file for a purpose."""
        return await self._answer("GET", path, {"Authorization": f"Bearer {token}"}, params=params, timeout=LONG)

    async def printed(self, path: str, token: str) -> bytes:
        """A paper as PDF; whatever it says is not kept here."""
        return (await self._answer("POST", path, {"Authorization": f"Bearer {token}"})).content

    async def _asked(self, method: str, path: str, headers: dict[str, str], **what: Any) -> dict[str, Any]:
        answer = await self._answer(method, path, headers, **what)
        try:
            said: dict[str, Any] = answer.json()
        except ValueError as error:
            raise _away(error) from error
        return said

    async def _answer(self, method: str, path: str, headers: dict[str, str], **what: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, headers=headers, **what)
            said = {} if answer.is_success else answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _away(error) from error
        if answer.is_success:
            return answer
        raise Declined(answer.status_code, said.get("code", ""), said.get("detail", "未能完成,请稍后再试"))


def _away(error: Exception) -> Declined:
    log.warning("intake.away", error=type(error).__name__)
    return Declined(503, "intake.away", "受理登记服务暂时没有应答,内容仍在本页,请稍后再次提交")
