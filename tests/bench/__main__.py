"""`make bench`: lifecycles, registrations, lag and CPU of the whole system, everything on this machine."""

import asyncio
import time
from collections import deque
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from bancheng.local.stack import Stack
from tests.bench.client import Load
from tests.bench.lifecycle import four_steps, lifecycle, on_the_spot, once, prepare
from tests.bench.load import Measured, clients, measure, paced
from tests.bench.probes import matters_kept, probe_lag
from tests.bench.report import tell
from tests.bench.system import open_for_work, signed_in, stack_at
from tests.bench.windows import Desk
from tests.engines import open_folder

PARTS = ("lifecycles", "half", "four", "spot", "burst")


def main(
    count: Annotated[int, typer.Option("--clients", help="How many lifecycles go on at once.")] = 96,
    seconds: Annotated[float, typer.Option(help="How long each measurement lasts.")] = 30,
    warm: Annotated[float, typer.Option(help="How long to warm up: the broker's Java compiles itself.")] = 30,
    only: Annotated[str, typer.Option(help=f"Which, by commas: {', '.join(PARTS)}.")] = ",".join(PARTS[:-1]),
    results: Annotated[Path | None, typer.Option(help="Add each measurement to this file, a JSON line each.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="A folder that `tests.bench.fill` made; else a fresh store.")
    ] = None,
) -> None:
    """Measure over ten windows, on a fresh store or a filled one; nothing is asserted, figures are printed."""
    with nullcontext(data) if data else open_folder() as folder:
        asyncio.run(_bench(folder, count, seconds, warm, only.split(","), results))


async def _bench(
    folder: Path, count: int, seconds: float, warm: float, only: list[str], results: Path | None
) -> None:  # fmt: skip
    stack = stack_at(folder)
    async with open_for_work(stack):
        matters = await matters_kept(stack)
        async with signed_in(stack) as load:
            await clients(load, lifecycle, count // 2, warm / 2)
            await clients(load, on_the_spot, count // 2, warm / 2)
            await _measure(stack, load, count, seconds, only, matters, results)


async def _measure(
    stack: Stack, load: Load, count: int, seconds: float, only: list[str], matters: int, results: Path | None
) -> None:  # fmt: skip
    rate = 5.0
    if "lifecycles" in only:
        work = clients(load, lifecycle, count, seconds)
        line = tell(await measure("lifecycles", f"{count} clients", stack, load, work), matters, results)
        rate = line["per_second"]
    if "half" in only:
        work = paced(load, lifecycle, rate / 2, seconds)
        found = await measure("lifecycles at half load", f"{rate / 2:.1f}/s", stack, load, work, seconds)
        tell(found, matters, results)
    if "four" in only:
        drafts: deque[tuple[Desk, str]] = deque()
        await clients(load, lambda load: prepare(load, drafts), count, seconds)
        work = clients(load, lambda load: _until_empty(load, drafts), count, seconds)
        tell(await measure("four-step lifecycle", f"{count} clients", stack, load, work), matters, results)
    if "spot" in only:
        work = clients(load, on_the_spot, count, seconds)
        line = tell(await measure("on the spot", f"{count} clients", stack, load, work), matters, results)
        rate = line["per_second"]
    if "burst" in only:
        tell(await _burst(stack, load, rate if "spot" in only else 50.0, seconds), matters, results)


async def _burst(stack: Stack, load: Load, rate: float, seconds: float) -> Measured:
    """Ten times what it can do, by the clock; then how long until an event is seen again within a second."""
    found = await measure(
        "burst", f"{10 * rate:.0f} begun a second", stack, load, paced(load, once, 10 * rate, seconds)
    )
    began = time.monotonic()
    while True:
        lags = await probe_lag(stack, load, 0.1)
        if max(max(values) for values in lags.values()) < 1.0:
            found.recovered = round(time.monotonic() - began, 1)
            return found


async def _until_empty(load: Load, drafts: "deque[tuple[Desk, str]]") -> None:
    if drafts:
        await four_steps(load, drafts)
    else:
        await asyncio.sleep(0.1)  # the drafts are used up before the time


if __name__ == "__main__":
    typer.run(main)
