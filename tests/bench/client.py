"""A lean client for load: times commands, repeats what is not here yet when the answer says so, counts everything."""

import asyncio
import time
from collections import Counter, defaultdict
from typing import Any

import aiohttp

from bancheng.demo.player import Addresses
from shared.ids import new_id

NOT_HERE = {"not_here_yet", "idempotency.running"}
TOKEN_LIFE = 10 * 60.0


class Failed(RuntimeError):
    """A service answered otherwise than the lifecycle wants."""


class Load:
    """One load generator over a running system."""

    def __init__(self, at: Addresses, session: aiohttp.ClientSession) -> None:
        self._at, self._session = at, session
        self._tokens: dict[str, tuple[float, str]] = {}
        self.commands: dict[str, list[float]] = defaultdict(list)  # seconds of those that went through, by step
        self.reads: dict[str, list[float]] = defaultdict(list)
        self.counts: Counter[str] = Counter()

    def forget(self) -> None:
        """Begin counting anew."""
        self.commands.clear()
        self.reads.clear()
        self.counts.clear()

    async def command(
        self, step: str, who: str, service: str, path: str, body: Any, method: str = "POST", repeat: bool = True
    ) -> Any:
        """One command; its time is that of the try that went through, waiting counts in the lifecycle only."""
        headers = {"Authorization": f"Bearer {await self._token(who)}", "Idempotency-Key": str(new_id())}
        while True:
            began = time.perf_counter()
            url = self._at.url(service) + path
            try:
                async with self._session.request(method, url, json=body, headers=headers) as answer:
                    found = await answer.json(content_type=None)
            except (aiohttp.ClientError, TimeoutError) as error:
                self.counts["errors"] += 1
                raise Failed(f"{step}: {type(error).__name__}") from error
            if answer.status < 300:
                self.commands[step].append(time.perf_counter() - began)
                return found
            if answer.status in (429, 503) and "Retry-After" in answer.headers:
                self.counts["told to come later"] += 1
                if not repeat:
                    return None
                await asyncio.sleep(float(answer.headers["Retry-After"]))
            elif found.get("code") in NOT_HERE:
                self.counts["not here yet"] += 1
                await asyncio.sleep(found["retry_after_ms"] / 1000)
            else:
                self.counts["errors"] += 1
                raise Failed(f"{step}: {answer.status} {found.get('code')}")

    async def read(self, step: str, who: str, service: str, path: str) -> Any:
        """One query; None where there is nothing (yet)."""
        headers = {"Authorization": f"Bearer {await self._token(who)}"}
        began = time.perf_counter()
        async with self._session.get(self._at.url(service) + path, headers=headers) as answer:
            found = await answer.json(content_type=None)
        if answer.status == 200:
            self.reads[step].append(time.perf_counter() - began)
            return found
        if answer.status != 404:
            self.counts["errors"] += 1
            raise Failed(f"{step}: {answer.status} {found.get('code')}")
        return None

    async def sign_in(self, *names: str) -> None:
        """Fetch the tokens of these identities ahead."""
        for name in names:
            await self._token(name)

    async def _token(self, name: str) -> str:
        until, token = self._tokens.get(name, (0.0, ""))
        if time.monotonic() > until:
            async with self._session.get(f"{self._at.issuer_url}/token", params={"name": name}) as answer:
                token = (await answer.json())["access_token"]
            self._tokens[name] = time.monotonic() + TOKEN_LIFE, token
        return token
