"""A client as every client must be: it repeats a command under the same key until it is answered for good."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import aiohttp

from bancheng.local.stack import Stack
from shared.ids import new_id

PATIENCE = 180.0  # seconds for one command or one expected state, faults included
TOKEN_LIFE = 10 * 60.0
SLICE = 5.0  # seconds in each of which somebody at a counter must have been served
AGAIN = {"not_here_yet", "idempotency.running", "auth.keys_unavailable"}


class Unexpected(RuntimeError):
    """A service answered otherwise than the work wants."""


@dataclass(frozen=True)
class Accepted:
    """A command that a service answered with success, as the client noted it down."""

    step: str
    service: str
    correlation_id: str
    matter_id: str
    answer: dict[str, Any]
    tries: int
    at: float  # seconds of the machine's monotonic clock


@dataclass
class Journal:
    """What one run of work was promised. All its correlation ids begin with `mark`."""

    mark: str
    accepted: list[Accepted] = field(default_factory=list)
    since: dict[tuple[str, int], int] = field(default_factory=dict)  # topic, partition → end before the run
    outages: list[tuple[float, str]] = field(default_factory=list)  # when a try was answered 5xx or not at all

    @property
    def matters(self) -> set[str]:
        """The matters of this run."""
        return {command.matter_id for command in self.accepted}


class Client:
    """Acts as every demo identity on a running stack and keeps the journal."""

    def __init__(self, stack: Stack, journal: Journal) -> None:
        self._stack, self.journal = stack, journal
        self._tokens: dict[str, tuple[float, str]] = {}
        self._commands = 0
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=20)
        )

    async def close(self) -> None:
        await self._session.close()

    async def command(
        self, step: str, who: str, service: str, path: str, body: Any, matter_id: str = "", method: str = "POST"
    ) -> dict[str, Any]:
        """Carry out a command and note its acceptance; `matter_id` is empty where the answer brings it."""
        self._commands += 1
        correlation = f"{self.journal.mark}-{self._commands:08x}"
        headers = {"Idempotency-Key": str(new_id()), "X-Correlation-Id": correlation}
        deadline, pause, tries = time.monotonic() + PATIENCE, 0.02, 0
        while True:
            tries += 1
            status, found = await self._try(method, who, service, path, headers, body)
            if 200 <= status < 300:
                matter = matter_id or found["matter_id"]
                noted = Accepted(step, service, correlation, matter, found, tries, time.monotonic())
                self.journal.accepted.append(noted)
                return found
            if not self._passing(status, found):
                raise Unexpected(f"{step} ({correlation}) at try {tries}: {status} {str(found)[:400]}")
            if time.monotonic() > deadline:
                raise Unexpected(f"{step} ({correlation}): still {status} {str(found)[:400]} after {PATIENCE:.0f} s")
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 1.5, 1.0)

    async def until(self, who: str, service: str, path: str, ready: Any) -> Any:
        """Read again and again until `ready` says something true."""
        deadline, pause = time.monotonic() + PATIENCE, 0.03
        while True:
            status, found = await self._try("GET", who, service, path, {}, None)
            if status == 200 and (result := ready(found)):
                return result
            if status not in (200, 404) and not self._passing(status, found):
                raise Unexpected(f"GET {service}{path}: {status} {str(found)[:400]}")
            if time.monotonic() > deadline:
                raise Unexpected(f"GET {service}{path}: still {status} {str(found)[:400]} after {PATIENCE:.0f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, 0.5)

    def _passing(self, status: int, found: dict[str, Any]) -> bool:
        """Whether the same try may succeed later; 500 is not among them, it must not happen."""
        if status in (0, 429, 503):
            self.journal.outages.append((time.monotonic(), "no answer" if status == 0 else str(status)))
            return True
        return found.get("code") in AGAIN

    async def _try(
        self, method: str, who: str, service: str, path: str, headers: dict[str, str], body: Any
    ) -> tuple[int, dict[str, Any]]:
        """Status and body; status 0 where nobody answered, so that nobody knows what became of it."""
        try:
            signed = {**headers, "Authorization": f"Bearer {await self._token(who)}"}
            url = self._stack.url(service) + path
            async with self._session.request(method, url, json=body, headers=signed) as answer:
                found = await answer.json(content_type=None)
                if answer.status == 503 and "Retry-After" not in answer.headers:
                    raise Unexpected(f"{service}{path}: 503 without Retry-After")
                return answer.status, found
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return 0, {"nobody answered": type(error).__name__}

    async def _token(self, who: str) -> str:
        known = self._tokens.get(who)
        if known is None or time.monotonic() - known[0] > TOKEN_LIFE:
            async with self._session.get(f"{self._stack.issuer_url}/token", params={"name": who}) as answer:
                known = time.monotonic(), str((await answer.json())["access_token"])
            self._tokens[who] = known
        return known[1]


def served_all_the_while(journal: Journal, began: float, ended: float) -> None:
    """Nobody at a counter waited for the broker."""
    moments = sorted(command.at for command in journal.accepted if command.step == "on the spot")
    served = [began, *(at for at in moments if began <= at <= ended), ended]
    longest = max(after - before for before, after in pairwise(served))
    assert longest < SLICE, f"nobody was served for {longest:.1f} s"
    assert not [what for at, what in journal.outages if began <= at <= ended], "a command was refused"
