"""Calls to a service that go on through restarts, overload and expired tokens; a command keeps its key throughout."""

import asyncio
import random
import time
from dataclasses import dataclass

import httpx

from bancheng.client.access import Tokens
from bancheng.client.problems import Stopped

PATIENCE = 120.0  # seconds without any answer to one call before giving up
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
SAME_AGAIN = {"idempotency.running", "not_here_yet"}


@dataclass(frozen=True)
class Caller:
    """Speaks to one service."""

    http: httpx.AsyncClient
    url: str
    tokens: Tokens
    service: str = "intake"

    async def get(self, path: str) -> httpx.Response:
        return await self._call("GET", path, None, {})

    async def post(self, path: str, content: bytes, key: str, kind: str = "application/json") -> httpx.Response:
        return await self._call("POST", path, content, {"Idempotency-Key": key, "Content-Type": kind})

    def stopped_by(self, answer: httpx.Response) -> Stopped:
        """An answer that ends the work, in the service's own words."""
        code, sentence = problem_of(answer)
        return Stopped(f"{self.service} answered {answer.status_code} {code}: {sentence}")

    def is_another(self) -> Stopped:
        """What answers says what the service would not."""
        return Stopped(f"what answers at {self.url} is not {self.service}")

    async def _call(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> httpx.Response:
        """The first answer that is no passing trouble; raises Stopped when patience ends."""
        started, pause, renewed = time.monotonic(), FIRST_PAUSE, False
        while True:
            wait = 0.0
            try:
                token = await self.tokens.current()
                with_token = headers | {"Authorization": f"Bearer {token}"}
                answer = await self.http.request(method, self.url + path, content=content, headers=with_token)
                if answer.status_code == 401 and not renewed:
                    renewed = True
                    await self.tokens.renewed(token)
                    continue
                if not _is_passing(answer):
                    return answer
                trouble, wait = f"it answers {answer.status_code}", _retry_after(answer)
            except httpx.TransportError as error:
                trouble = type(error).__name__
            if time.monotonic() - started > PATIENCE:
                raise Stopped(f"{self.service} at {self.url} cannot be reached: {trouble}")
            await asyncio.sleep(max(wait, pause * random.uniform(0.5, 1.5)))
            pause = min(pause * 2, LONGEST_PAUSE)


def problem_of(answer: httpx.Response) -> tuple[str, str]:
    """Code and sentence of a problem document."""
    try:
        body = answer.json()
        return str(body["code"]), str(body["detail"])
    except (ValueError, KeyError, TypeError):
        return "http", "没有说明原因"


def _is_passing(answer: httpx.Response) -> bool:
    if answer.status_code in (429, 502, 503, 504):
        return True
    return answer.status_code in (404, 409) and problem_of(answer)[0] in SAME_AGAIN


def _retry_after(answer: httpx.Response) -> float:
    seconds = answer.headers.get("retry-after", "")
    return min(float(seconds), 60.0) if seconds.isdecimal() else 0.0
