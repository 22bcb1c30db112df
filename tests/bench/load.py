"""Putting load on: as many clients as asked, each on with its next step at once; or steps begun by the clock."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bancheng.local.stack import Stack
from tests.bench.client import Failed, Load
from tests.bench.probes import cpu_seconds, events_published, probe_lag

Step = Callable[[Load], Awaitable[None]]


@dataclass
class Measured:
    """What one measurement gave; times in seconds."""

    title: str
    how: str
    took: float
    load: Load
    events: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    lags: dict[str, list[float]] = field(default_factory=dict)
    recovered: float | None = None  # seconds from a burst's last answer until lag was under a second again

    def per_second(self, count: str) -> float:
        """Done per second."""
        return self.load.counts[count] / self.took


async def clients(load: Load, step: Step, count: int, seconds: float) -> None:
    """Closed loop: `count` clients for so long."""
    end = time.monotonic() + seconds

    async def client() -> None:
        while time.monotonic() < end:
            await _tried(load, step)

    await asyncio.gather(*(client() for _ in range(count)))


async def paced(load: Load, step: Step, rate: float, seconds: float) -> None:
    """Open loop: a step begins every 1 / `rate` seconds, whether the ones before have ended or not."""
    began, tasks = time.monotonic(), set[asyncio.Task[None]]()
    number = 0
    while (now := time.monotonic()) < began + seconds:
        if now < began + number / rate:
            await asyncio.sleep(began + number / rate - now)
            continue
        tasks.add(task := asyncio.create_task(_tried(load, step)))
        task.add_done_callback(tasks.discard)
        number += 1
    await asyncio.gather(*tasks)


async def measure(
    title: str, how: str, stack: Stack, load: Load, work: Awaitable[None], probing: float = 0.0
) -> Measured:
    """Do `work` and take what it cost; with lag probes at one window while it goes on, for so many seconds."""
    load.forget()
    events = await events_published(stack)
    cpu, began = cpu_seconds(stack), time.monotonic()
    prober = asyncio.create_task(probe_lag(stack, load, probing)) if probing else None
    await work
    took = time.monotonic() - began
    lags = await prober if prober else {}
    used = {name: after - cpu.get(name, 0.0) for name, after in cpu_seconds(stack).items()}
    return Measured(title, how, took, load, await events_published(stack) - events, used, lags)


async def _tried(load: Load, step: Step) -> None:
    try:
        await step(load)
    except Failed as failure:  # counted as an error; the first ones are shown
        load.counts[f"! {failure}"] += 1
        await asyncio.sleep(0.2)
