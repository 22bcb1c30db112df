"""The work that goes on while something is broken: matters settled on the spot, and whole lifecycles."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bancheng.demo.identities import CITY, ZONE
from bancheng.local.stack import Stack
from tests.bench.lifecycle import (
    ANSWER,
    CALLBACK,
    EXTRACT,
    ON_THE_SPOT,
    PROPOSAL,
    REGISTRATION,
)
from tests.bench.windows import UNIT
from tests.faults import evidence
from tests.faults.client import Client, Journal

WINDOWS = (CITY, ZONE)


class Work:
    """Many matters at a bounded concurrency; on-the-spot clients and lifecycle clients do not wait for each other.

    `share` is the part of whole lifecycles among `at_least` matters; `pace` bounds the on-the-spot matters a second.
    """

    def __init__(self, stack: Stack, at_least: int, share: float = 0.1, at_once: int = 12, pace: float = 60.0) -> None:
        self.journal = Journal(uuid.uuid4().hex[:12])
        self._stack = stack
        self._lifecycles = max(1, round(at_least * share))
        self._spots = at_least - self._lifecycles
        self._at_once, self._pause = at_once, at_once / 2 / pace
        self.begun = {"lifecycle": 0, "on the spot": 0}
        self.done = {"lifecycle": 0, "on the spot": 0}
        self._over = asyncio.Event()
        self.seconds = 0.0

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator["Work"]:
        """Work through the body and until there are enough matters; every matter that was begun is finished."""
        self.journal.since = await evidence.ends(self._stack.kafka.bootstrap)
        began = time.monotonic()
        client = Client(self._stack, self.journal)
        try:
            async with asyncio.TaskGroup() as clients:
                for number in range(self._at_once):
                    story, wanted = (lifecycle, self._lifecycles) if number % 2 else (on_the_spot, self._spots)
                    clients.create_task(self._client(client, story, wanted, WINDOWS[number // 2 % len(WINDOWS)]))
                try:
                    yield self
                finally:
                    self._over.set()
        finally:
            self.seconds = time.monotonic() - began
            await client.close()

    async def reached(self, part: float) -> None:
        """Wait until this part of the wanted matters has been begun."""
        wanted = part * (self._lifecycles + self._spots)
        while sum(self.begun.values()) < wanted:
            await asyncio.sleep(0.02)

    async def _client(
        self, client: Client, story: Callable[[Client, str], Awaitable[None]], wanted: int, window: str
    ) -> None:
        name = "lifecycle" if story is lifecycle else "on the spot"
        while self.begun[name] < wanted or not self._over.is_set():
            self.begun[name] += 1
            began = time.monotonic()
            await story(client, window)
            self.done[name] += 1
            if story is on_the_spot:
                await asyncio.sleep(max(0.0, self._pause - (time.monotonic() - began)))


async def on_the_spot(client: Client, window: str) -> None:
    """Settled at the counter, in one request."""
    await client.command("on the spot", f"duty_staff-1a@{window}", "intake", "/matters/on-the-spot", ON_THE_SPOT)


async def lifecycle(client: Client, window: str) -> None:
    """Register, accept, propose, approve, extract, sign, acknowledge, answer, review, feed back, call back."""
    staff, leader, caller = f"duty_staff-1a@{window}", f"duty_leader-1@{window}", f"callback_officer@{window}"
    handler = f"unit_handler@{UNIT}"
    matter = (await client.command("register", staff, "intake", "/matters", REGISTRATION))["matter_id"]
    here = f"/matters/{matter}"
    await client.command("accept", staff, "intake", f"{here}/acceptance", {}, matter)
    await client.command("propose", staff, "triage", f"{here}/assessment/proposal", PROPOSAL, matter)
    orders = [{"unit_id": UNIT, "role": "MAIN", "rule": "D15"}]
    await client.command("approve", leader, "triage", f"{here}/assessment/approval", {"orders": orders}, matter)
    drafts = await client.until(leader, "referral", f"{here}/orders", lambda found: found["items"])
    paper = f"/orders/{drafts[0]['order_id']}"
    await client.command("extract", leader, "referral", f"{paper}/extract", EXTRACT, matter, "PUT")
    await client.command("sign", leader, "referral", f"{paper}/signature", {}, matter)
    await client.command("acknowledge", handler, "referral", f"{paper}/acknowledgement", {}, matter)
    await client.command("answer", handler, "referral", f"{paper}/answer", ANSWER, matter)
    review = {"decision": "ACCEPT", "note": "材料齐全"}
    await client.command("review", staff, "referral", f"{paper}/review", review, matter)
    await client.until(staff, "intake", here, lambda found: found["state"] == "FEEDBACK")
    told = {"way": "PHONE", "content": "已办结,请到窗口领取"}
    await client.command("feed back", staff, "intake", f"{here}/feedback", told, matter)
    await client.command("call back", caller, "intake", f"{here}/callbacks", CALLBACK, matter)
