"""`python -m tests.bench.fill --matters N --data DIR`: a full system in a folder, for a benchmark to start again."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from bancheng.demo.seed import seed
from bancheng.local.stack import Stack
from tests.bench.__main__ import START, UNTIL
from tests.bench.fill.copying import Filled
from tests.bench.fill.filling import fill
from tests.bench.windows import identities, open_windows

out = Console(highlight=False, width=110)


def main(
    data: Annotated[Path, typer.Option(help="The folder to fill; made if it is not there.")],
    matters: Annotated[int, typer.Option(help="How many matters, 92 of 100 settled on the spot.")] = 100_000,
) -> None:
    """Start a system on a folder, fill it, and stop it."""
    data.mkdir(parents=True, exist_ok=True)
    asyncio.run(_run(data, matters))


async def _run(data: Path, matters: int) -> None:
    stack = Stack(data, lambda line: out.print(line, style="dim"), identities(), START)
    async with stack.running():
        assert stack.clock
        stack.clock.set(START, speed=1.0)
        await seed(stack, until=UNTIL)
        await open_windows(stack, until=UNTIL)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                   TimeRemainingColumn())  # fmt: skip
        with Progress(*columns, console=out, disable=not out.is_terminal) as bar:
            task = bar.add_task("templates", total=matters)
            _tell(await fill(stack, matters, lambda what, done, of: bar.update(
                task, description=what, completed=done, total=of)))  # fmt: skip


def _tell(filled: Filled) -> None:
    out.print(f"{filled.matters} matters, {filled.events} events")
    out.print("  rows: " + "  ".join(f"{name} {count}" for name, count in filled.rows.items()))
    out.print(
        "  seconds: "
        + "  ".join(f"{name} {taken:.1f} (own CPU {filled.cpu[name]:.1f})" for name, taken in filled.seconds.items())
    )


if __name__ == "__main__":
    typer.run(main)
