"""Playing the templates: real matters through the real services, at every window, until the system has settled."""

import asyncio
from uuid import UUID

import aiohttp
import asyncpg

from bancheng.demo.player import Player
from bancheng.demo.seed import period_id
from bancheng.local.authority import authority
from bancheng.local.stack import Stack
from tests.bench.client import Load
from tests.bench.fill.plan import periods_before
from tests.bench.lifecycle import lifecycle, settle_at
from tests.bench.windows import DESKS


async def play(stack: Stack) -> set[UUID]:
    """At each window one matter settled on the spot and one that goes all the way: their ids."""
    await _roster_the_past(stack)
    async with authority(stack) as ruler, aiohttp.ClientSession() as session:
        await ruler.settle()
        before = await _matters(stack)
        load = Load(stack, session)
        await asyncio.gather(*(settle_at(load, desk, "template") for desk in DESKS))
        await asyncio.gather(*(lifecycle(load) for _ in DESKS))  # each takes the next window
        await ruler.settle()
    return await _matters(stack) - before


async def _roster_the_past(stack: Stack) -> None:
    """Duty periods for the last twelve months, so that every matter finds whose hands it was in."""
    async with Player(stack) as player:
        known = {
            each["period_id"] for each in (await player.get("supervision_dept", "intake", "/duty-periods"))["items"]
        }

        async def one(window: str, leader: str, staff: list[str]) -> None:
            for start in periods_before():
                if period_id(window, start) not in known:
                    body = {"period_id": period_id(window, start), "window_id": window, "start_date": str(start),
                            "leader_id": leader, "staff_ids": staff}  # fmt: skip
                    await player.post("supervision_dept", "intake", "/duty-periods", body)

        await asyncio.gather(*(one(d.window, d.leader, [d.staff, f"bench-deputy@{d.window}"]) for d in DESKS))


async def _matters(stack: Stack) -> set[UUID]:
    connection = await asyncpg.connect(stack.database_url("intake"))
    try:
        return {row["matter_id"] for row in await connection.fetch("SELECT matter_id FROM matter")}
    finally:
        await connection.close()
