"""What is measured beside the load: lag from commit to console and audit, events, CPU by process."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import asyncpg

from bancheng.local.stack import SERVICES, Stack
from tests.bench.client import Load
from tests.bench.lifecycle import settle_at
from tests.bench.windows import DESKS

_SEEN = {
    "console": "SELECT 1 FROM timeline WHERE matter_id = $1 LIMIT 1",
    "audit": "SELECT 1 FROM entry WHERE subject = $1 LIMIT 1",
}
TICK = os.sysconf("SC_CLK_TCK")


async def probe_lag(stack: Stack, load: Load, seconds: float, pause: float = 0.2) -> dict[str, list[float]]:
    """Settle a matter on the spot now and then, and time until console and audit have it (from the answer on)."""
    readers = {name: await asyncpg.connect(stack.database_url(name)) for name in _SEEN}
    lags: dict[str, list[float]] = {name: [] for name in _SEEN}
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            made = await settle_at(load, DESKS[0], "probe")
            began = time.perf_counter()
            await asyncio.gather(
                *(_until_seen(readers[name], name, made["matter_id"], began, lags[name]) for name in _SEEN)
            )
            await asyncio.sleep(pause)
    finally:
        for reader in readers.values():
            await reader.close()
    return lags


async def _until_seen(reader: Any, name: str, matter: str, began: float, lags: list[float]) -> None:
    while await reader.fetchval(_SEEN[name], matter) is None:
        await asyncio.sleep(0.002)
    lags.append(time.perf_counter() - began)


async def matters_kept(stack: Stack) -> int:
    """How many matters there are already."""
    connection = await asyncpg.connect(stack.database_url("intake"))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM matter"))
    finally:
        await connection.close()


async def events_published(stack: Stack) -> int:
    """Outbox rows of all services so far."""
    total = 0
    for service in SERVICES:
        connection = await asyncpg.connect(stack.database_url(service))
        total += await connection.fetchval("SELECT count(*) FROM outbox")
        await connection.close()
    return total


def cpu_seconds(stack: Stack) -> dict[str, float]:
    """User and system time so far, by part; this process is the load generator."""
    used = {name: _of(child.pid) for name, child in stack.children.items()}
    used["kafka"] = sum(_of(engine.pid or 0) for name, engine in stack.engines.items() if name != "postgres")
    used["postgres"] = tree_seconds(stack.postgres.pid or 0)
    used["load"] = _of(os.getpid())
    return used


def tree_seconds(root: int) -> float:
    """User and system time of a process and all below it."""
    return sum(_of(pid) for pid in _tree(root))


def _of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICK  # with waited-for children, for PostgreSQL's finished backends


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found
