"""`python -m tests.bench.scale --data DIR`: how fast 1, 2, 4 consumer processes of a service take a backlog in.

The service's copy of the events in the folder is emptied first, so that the whole log is its backlog: use a folder that
`tests.bench.fill` made and that you can spare.
"""

import asyncio
import contextlib
import signal
import time
from pathlib import Path
from typing import Annotated

import asyncpg
import httpx
import typer
from rich.table import Table

from bancheng.local.stack import Stack
from tests.bench.probes import cpu_seconds
from tests.bench.report import out
from tests.bench.system import stack_at
from tests.metrics import metric

_PLACES = "TRUNCATE watermark, consumer_offset;"
EMPTY = {
    "audit": _PLACES + "ALTER TABLE entry DISABLE TRIGGER append_only; TRUNCATE entry;"
    "ALTER TABLE checkpoint DISABLE TRIGGER append_only; TRUNCATE checkpoint;"
    "UPDATE tree_head SET size = 0, frontier = ''",
    "console": _PLACES + "TRUNCATE matter, timeline, matter_order, clock, supervision_step",
}
COLUMNS = (
    "service",
    "consumer processes",
    "events/s",
    "µs of CPU an event: them",
    "PostgreSQL",
    "broker",
    "cores busy",
)
Figures = tuple[float, dict[str, float], float]  # events, CPU seconds by part, seconds


def main(
    data: Annotated[Path, typer.Option(help="A filled folder; what the services measured have in it is lost.")],
    services: Annotated[str, typer.Option(help=f"Which, by commas: {', '.join(EMPTY)}.")] = ",".join(EMPTY),
    processes: Annotated[str, typer.Option(help="How many processes at once, by commas.")] = "1,2,4",
    seconds: Annotated[float, typer.Option(help="How long each is measured, once all take part.")] = 15,
) -> None:
    """Measure and print, a line for each number of processes."""
    if unknown := sorted(set(services.split(",")) - set(EMPTY)):
        raise typer.BadParameter(f"no such service here: {', '.join(unknown)}", param_hint="--services")
    asyncio.run(_scale(data, services.split(","), [int(number) for number in processes.split(",")], seconds))


async def _scale(data: Path, services: list[str], counts: list[int], seconds: float) -> None:
    stack = stack_at(data)
    table = Table(*COLUMNS)
    async with stack.running():
        for service in services:
            await stack.halt(service, signal.SIGTERM)
            for count in counts:
                await _emptied(stack, service)
                events, cpu, took = await _measured(stack, service, count, seconds)
                own = sum(used for name, used in cpu.items() if name.startswith(f"{service}-"))
                each = (f"{1e6 * used / max(events, 1):.0f}" for used in (own, cpu["postgres"], cpu["kafka"]))
                table.add_row(
                    service, str(count), f"{events / took:,.0f}", *each, f"{sum(cpu.values()) / took:.1f}"
                )  # fmt: skip
            await stack.resume(service)
    out.print(table)


async def _emptied(stack: Stack, service: str) -> None:
    connection = await asyncpg.connect(stack.database_url(service))
    await connection.execute(EMPTY[service])
    await connection.close()


async def _measured(stack: Stack, service: str, count: int, seconds: float) -> Figures:
    """Events taken in by `count` processes, from when each has had some."""
    names = [stack.add(service, "consumer") for _ in range(count)]
    async with asyncio.timeout(120):
        while not all([await _taken(stack, name) for name in names]):
            await asyncio.sleep(0.5)
    cpu, before, began = cpu_seconds(stack), await _taken(stack, *names), time.monotonic()
    await asyncio.sleep(seconds)
    events, took = await _taken(stack, *names) - before, time.monotonic() - began
    used = {name: after - cpu.get(name, 0.0) for name, after in cpu_seconds(stack).items()}
    for name in names:
        await stack.remove(name)
    return events, used, took


async def _taken(stack: Stack, *names: str) -> float:
    """Events applied so far by these processes; 0 while one does not answer yet."""
    total = 0.0
    for name in names:
        with contextlib.suppress(httpx.TransportError):
            total += await metric(stack.processes[name].port, "bancheng_events_consumed_total", 'what="applied"')
    return total


if __name__ == "__main__":
    typer.run(main)
