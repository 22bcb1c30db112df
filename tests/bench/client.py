"""A lean client for load: it times commands, repeats what is not here yet, and counts everything."""

import asyncio
import time
from collections import Counter, defaultdict
from typing import Any

import aiohttp

from bancheng.local.stack import Stack
from shared.ids import new_id

AGAIN = {"not_here_yet", "idempotency.running"}


class Load:
    """One load generator over a running stack."""

    def __init__(self, stack: Stack, session: aiohttp.ClientSession) -> None:
        self._stack, self._session = stack, session
        self._tokens: dict[str, str] = {}
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.counts: Counter[str] = Counter()

    async def sign_in(self, *names: str) -> None:
        """Fetch the tokens of these demo identities."""
        for name in names:
            async with self._session.get(f"{self._stack.issuer_url}/token", params={"name": name}) as answer:
                self._tokens[name] = (await answer.json())["access_token"]

    async def command(self, step: str, who: str, service: str, path: str, body: Any, method: str = "POST") -> Any:
        """One command; its time is that of the try that went through, waiting counts in the lifecycle only."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}", "Idempotency-Key": str(new_id())}
        while True:
            began = time.perf_counter()
            async with self._session.request(
                method, self._stack.url(service) + path, json=body, headers=headers
            ) as answer:
                found = await answer.json(content_type=None)
            if answer.status < 300:
                self.seconds[step].append(time.perf_counter() - began)
                return found
            if found.get("code") not in AGAIN:
                self.counts["errors"] += 1
                raise RuntimeError(f"{step}: {answer.status} {found}")
            self.counts["not here yet"] += 1
            await asyncio.sleep(0.01)

    async def read(self, who: str, service: str, path: str) -> Any:
        """One query; None where there is nothing yet."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        self.counts["reads"] += 1
        async with self._session.get(self._stack.url(service) + path, headers=headers) as answer:
            return await answer.json() if answer.status == 200 else None
