"""`make bench`: commands/s, events/s and the lag from commit to console, on one machine with everything on it."""

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from rich.console import Console
from rich.table import Table

from bancheng.demo.identities import identities
from bancheng.demo.seed import seed
from bancheng.local.stack import Stack
from shared.workdays import ZONE
from tests.bench.client import Load
from tests.bench.lifecycle import EVERYBODY, lifecycle, on_the_spot
from tests.bench.probes import cpu_seconds, events_published, probe_lag

START = datetime(2026, 9, 28, 9, 0, tzinfo=ZONE)
out = Console(highlight=False, width=110)
Step = Callable[[Load], Awaitable[None]]


def main(
    clients: Annotated[int, typer.Option(help="How many lifecycles go on at once.")] = 16,
    seconds: Annotated[float, typer.Option(help="How long each measurement lasts.")] = 20,
) -> None:
    """Measure lifecycles and on-the-spot registrations on a fresh store."""
    folder = Path(tempfile.mkdtemp(prefix="bancheng-bench-"))
    folder.chmod(0o711)
    try:
        asyncio.run(_bench(folder, clients, seconds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _bench(folder: Path, clients: int, seconds: float) -> None:
    stack = Stack(folder, lambda line: out.print(line, style="dim"), identities(), START)
    async with stack.running():
        assert stack.clock
        stack.clock.set(START, speed=1.0)
        await seed(stack, until=date(2026, 10, 25))
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(60)) as session:
            await _measure("warming up", stack, session, lifecycle, 4, 5)
            await _measure("lifecycles", stack, session, lifecycle, clients, seconds)
            await _measure("on the spot", stack, session, on_the_spot, clients, seconds)
            await _measure("half load, lag", stack, session, _at_half_speed, max(1, clients // 4), seconds)


async def _at_half_speed(load: Load) -> None:
    await lifecycle(load)
    await asyncio.sleep(0.3)


async def _measure(
    title: str, stack: Stack, session: aiohttp.ClientSession, step: Step, clients: int, seconds: float
) -> None:
    load, prober = Load(stack, session), Load(stack, session)
    await load.sign_in(*EVERYBODY)
    await prober.sign_in(*EVERYBODY)
    cpu, events, began = cpu_seconds(stack), await events_published(stack), time.monotonic()
    end = began + seconds
    probing = asyncio.create_task(probe_lag(stack, prober, seconds))
    await asyncio.gather(*(_client(load, step, end) for _ in range(clients)))
    took = time.monotonic() - began
    lags = await probing
    events = await events_published(stack) - events
    used = {name: after - cpu.get(name, 0.0) for name, after in cpu_seconds(stack).items()}
    if title != "warming up":
        _print(title, clients, took, load, events, lags, used)


async def _client(load: Load, step: Step, end: float) -> None:
    while time.monotonic() < end:
        try:
            await step(load)
        except RuntimeError as error:
            out.print(str(error)[:300], style="red")
            await asyncio.sleep(0.5)


def _print(
    title: str,
    clients: int,
    took: float,
    load: Load,
    events: int,
    lags: dict[str, list[float]],
    used: dict[str, float],
) -> None:
    times = [value for each in load.seconds.values() for value in each]
    out.print(f"\n[bold]{title}[/]: {clients} clients, {took:.1f} s")
    done = load.counts["lifecycles"]
    if done:
        whole = sum(value for name, value in used.items() if name != "load")
        out.print(f"  lifecycles/s {done / took:.1f}   CPU per lifecycle {1000 * whole / done:.0f} ms (load apart)")
    rates = {"commands/s": len(times), "reads/s": load.counts["reads"], "events/s": events}
    out.print("  " + "   ".join(f"{name} {number / took:.0f}" for name, number in rates.items()))
    out.print(f"  command time {_quantiles(times)}")
    for name, values in lags.items():
        out.print(f"  lag from commit to {name} {_quantiles(values)} ({len(values)} probes)")
    out.print(f"  errors {load.counts['errors']}   tries answered not_here_yet {load.counts['not here yet']}")
    out.print("  CPU s: " + "  ".join(f"{name} {value:.1f}" for name, value in used.items()))
    table = Table("command", "n", "p50 ms", "p95 ms", "p99 ms")
    for name, values in load.seconds.items():
        table.add_row(name, str(len(values)), *(f"{1000 * _quantile(values, q):.1f}" for q in (50, 95, 99)))
    out.print(table)


def _quantiles(values: Sequence[float]) -> str:
    return (
        "  ".join(f"p{q} {1000 * _quantile(values, q):.0f} ms" for q in (50, 95, 99)) if values else "nothing measured"
    )


def _quantile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=100)[percent - 1]


if __name__ == "__main__":
    typer.run(main)
