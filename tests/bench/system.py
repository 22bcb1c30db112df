"""The system that is measured: everything on this machine, ten windows open, a load generator signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

import aiohttp

from bancheng.demo.seed import seed
from bancheng.local.stack import Stack
from shared.workdays import ZONE
from tests.bench.client import Load
from tests.bench.report import out
from tests.bench.windows import DESKS, identities, open_windows

START = datetime(2026, 9, 28, 9, 0, tzinfo=ZONE)
UNTIL = date(2026, 10, 25)
CONNECTIONS = 2000  # a burst's further requests wait for one of these


def stack_at(folder: Path, *, light: bool = False) -> Stack:
    """A system on the data in a folder, not started."""
    return Stack(folder, lambda line: out.print(line, style="dim"), identities(), START, light=light)


@asynccontextmanager
async def open_for_work(stack: Stack) -> AsyncIterator[None]:
    """Start it and open its windows."""
    async with stack.running():
        assert stack.clock
        stack.clock.set(START, speed=1.0)
        await seed(stack, until=UNTIL)
        await open_windows(stack, until=UNTIL)
        yield


@asynccontextmanager
async def signed_in(stack: Stack) -> AsyncIterator[Load]:
    """A load generator with everybody's token."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(120)) as session:
        load = Load(stack, session)
        await load.sign_in(*(name for desk in DESKS for name in desk.people))
        yield load
