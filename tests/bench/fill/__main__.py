"""`python -m tests.bench.fill --matters N --data DIR`: a full system in a folder, for a benchmark to start again."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.bench.fill.copying import Filled
from tests.bench.fill.filling import fill
from tests.bench.report import out
from tests.bench.system import open_for_work, stack_at


def main(
    data: Annotated[Path, typer.Option(help="The folder to fill; made if it is not there.")],
    matters: Annotated[int, typer.Option(help="How many matters, 92 of 100 settled on the spot.")] = 100_000,
) -> None:
    """Start a system on a folder, fill it, and stop it."""
    data.mkdir(parents=True, exist_ok=True)
    asyncio.run(_run(data, matters))


async def _run(data: Path, matters: int) -> None:
    stack = stack_at(data, light=True)
    async with open_for_work(stack):
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
