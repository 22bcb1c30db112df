"""Send batches of rows to intake until each is answered; repeats with the same key are harmless."""

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bancheng.importing.access import Tokens
from bancheng.importing.problems import Stopped
from bancheng.importing.rows import Received

BATCH = 200
PATIENCE = 120.0  # seconds without any answer for one batch before giving up
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
SAME_AGAIN = {"idempotency.running", "not_here_yet"}


@dataclass(frozen=True)
class Answered:
    """What intake said of one row."""

    row: Received
    status: str
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Sender:
    """Speaks to one intake for one run; `run` marks this run's keys, `file` the content that is imported."""

    http: httpx.AsyncClient
    url: str
    tokens: Tokens
    channel: str
    file: str
    run: str
    patience: float

    async def send_all(
        self, batches: Iterator[Sequence[Received]], concurrency: int, done: Callable[[list[Answered]], None]
    ) -> None:
        """Send all batches, `concurrency` at a time; raises Stopped."""

        async def work() -> None:
            for batch in batches:  # shared by all workers: each takes the next one
                done(await self.send(batch))

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(concurrency):
                    workers.create_task(work())
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def send(self, batch: Sequence[Received]) -> list[Answered]:
        """One batch; where intake cannot take it as a whole, in halves, down to the row that is at fault."""
        answer = await self._post(batch)
        if answer.status_code == 200:
            return self._read(batch, answer)
        problem = _problem(answer)
        if answer.status_code not in (413, 422):
            raise Stopped(f"intake answered {answer.status_code} {problem[0]}: {problem[1]}")
        if len(batch) == 1:
            return [Answered(batch[0], "REFUSED", *problem)]
        half = len(batch) // 2
        return await self.send(batch[:half]) + await self.send(batch[half:])

    async def _post(self, batch: Sequence[Received]) -> httpx.Response:
        content = json.dumps({"rows": [row.wire(self.channel) for row in batch]}, ensure_ascii=False).encode()
        key = hashlib.sha256(f"{self.run}\n{self.file}\n".encode() + content).hexdigest()
        started, pause, renewed = time.monotonic(), FIRST_PAUSE, False
        while True:
            problem, wait = "", 0.0
            try:
                token = await self.tokens.current()
                answer = await self._request(content, key, token)
                if answer.status_code == 401 and not renewed:
                    renewed = True
                    await self.tokens.renewed(token)
                    continue
                if not _is_passing(answer):
                    return answer
                problem, wait = f"it answers {answer.status_code}", _retry_after(answer)
            except httpx.TransportError as error:
                problem = type(error).__name__
            if time.monotonic() - started > self.patience:
                raise Stopped(f"intake at {self.url} cannot be reached: {problem}")
            await asyncio.sleep(max(wait, pause * random.uniform(0.5, 1.5)))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _request(self, content: bytes, key: str, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        return await self.http.post(f"{self.url}/received-matters/batch", content=content, headers=headers)

    def _read(self, batch: Sequence[Received], answer: httpx.Response) -> list[Answered]:
        try:
            results: list[dict[str, Any]] = answer.json()["results"]
            return [
                Answered(row, result["status"], result.get("code") or "", result.get("detail") or "")
                for row, result in zip(batch, results, strict=True)
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise Stopped(f"what answers at {self.url} is not intake") from error


def _is_passing(answer: httpx.Response) -> bool:
    if answer.status_code in (429, 502, 503, 504):
        return True
    return answer.status_code in (404, 409) and _problem(answer)[0] in SAME_AGAIN


def _retry_after(answer: httpx.Response) -> float:
    seconds = answer.headers.get("retry-after", "")
    return min(float(seconds), 60.0) if seconds.isdecimal() else 0.0


def _problem(answer: httpx.Response) -> tuple[str, str]:
    """Code and sentence of a problem document."""
    try:
        body = answer.json()
        return str(body["code"]), str(body["detail"])
    except (ValueError, KeyError, TypeError):
        return "http", "没有说明原因"
