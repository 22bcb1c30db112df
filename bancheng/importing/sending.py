"""Send rows to intake, batch by batch, until each is answered; repeats with the same key are harmless."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bancheng.client.calling import Caller, problem_of
from bancheng.client.problems import Stopped, WrongInput
from bancheng.importing.rows import Received
from shared.contracts.codes import WindowLevel

BATCH = 200
HIGHEST_FIRST = list(WindowLevel)


@dataclass(frozen=True)
class Answered:
    """What intake said of one row."""

    row: Received
    status: str
    code: str = ""
    reason: str = ""


async def find_window(caller: Caller) -> str:
    """The window of the highest level that the account sees; raises WrongInput if that is not one."""
    answer = await caller.get("/windows")
    if answer.status_code != 200:
        raise caller.stopped_by(answer)
    try:
        seen = [(HIGHEST_FIRST.index(item["level"]), str(item["window_id"])) for item in answer.json()["items"]]
    except (ValueError, KeyError, TypeError) as error:
        raise caller.is_another() from error
    if not seen:
        raise Stopped("this account has no window to import into")
    highest = [window for level, window in seen if level == min(seen)[0]]
    if len(highest) != 1:
        raise WrongInput(f"--window is needed to say which window takes the rows in; there are {', '.join(highest)}")
    return highest[0]


@dataclass(frozen=True)
class Sender:
    """Sends one file's rows to one window; `run` marks this run's keys, `file` the content that is imported."""

    caller: Caller
    window: str
    channel: str
    file: str
    run: str

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
        if answer.status_code not in (413, 422):
            raise self.caller.stopped_by(answer)
        if len(batch) == 1:
            return [Answered(batch[0], "REFUSED", *problem_of(answer))]
        half = len(batch) // 2
        return await self.send(batch[:half]) + await self.send(batch[half:])

    async def _post(self, batch: Sequence[Received]) -> httpx.Response:
        body = {"window_id": self.window, "rows": [row.wire(self.channel) for row in batch]}
        content = json.dumps(body, ensure_ascii=False).encode()
        key = hashlib.sha256(f"{self.run}\n{self.file}\n".encode() + content).hexdigest()
        return await self.caller.post("/received-matters/batch", content, key)

    def _read(self, batch: Sequence[Received], answer: httpx.Response) -> list[Answered]:
        try:
            results: list[dict[str, Any]] = answer.json()["results"]
            return [
                Answered(row, result["status"], result.get("code") or "", result.get("detail") or "")
                for row, result in zip(batch, results, strict=True)
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise self.caller.is_another() from error
