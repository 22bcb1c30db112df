"""What a measurement looks like on the screen, and as one line of JSON for the tables in docs/performance.md."""

import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.load import Measured

out = Console(highlight=False, width=110)
WORK = ("lifecycles", "four steps", "on the spot")


def line_of(found: Measured, matters: int) -> dict[str, Any]:
    """The figures of one measurement."""
    commands = [value for times in found.load.commands.values() for value in times]
    whole = sum(value for name, value in found.cpu.items() if name != "load")
    done = found.load.counts["lifecycles"] or found.load.counts["four steps"] or len(commands) or 1
    return {
        "title": found.title, "how": found.how, "matters": matters, "seconds": round(found.took, 1),
        "per_second": round(done / found.took, 2), "commands_per_second": round(len(commands) / found.took, 1),
        "events_per_second": round(found.events / found.took, 1), "cpu_ms_each": round(1000 * whole / done, 1),
        "command_ms": quantiles(commands),
        "read_ms": {step: quantiles(times) for step, times in found.load.reads.items() if step != "waiting"},
        "lag_ms": {name: quantiles(values) for name, values in found.lags.items()},
        "errors": found.load.counts["errors"], "not_here_yet": found.load.counts["not here yet"],
        "told_to_come_later": found.load.counts["told to come later"],
        "recovered_s": found.recovered,
        "cpu_seconds": {name: round(value, 1) for name, value in found.cpu.items()},
    }  # fmt: skip


def tell(found: Measured, matters: int, results: Path | None) -> dict[str, Any]:
    """Print a measurement; keep its line where asked."""
    line = line_of(found, matters)
    out.print(f"\n[bold]{found.title}[/] ({found.how}, {matters:,} matters in the store), {found.took:.0f} s")
    out.print(f"  {line['per_second']:.1f}/s   CPU each {line['cpu_ms_each']:.0f} ms (the load generator apart)   "
              f"commands/s {line['commands_per_second']:.0f}   events/s {line['events_per_second']:.0f}")  # fmt: skip
    out.print(f"  command ms {_said(line['command_ms'])}")
    for name, values in [*line["read_ms"].items(), *(("lag to " + n, v) for n, v in line["lag_ms"].items())]:
        out.print(f"  {name} ms {_said(values)}")
    out.print(f"  errors {line['errors']}   tries answered not_here_yet {line['not_here_yet']}   "
              f"told to come later {line['told_to_come_later']}")  # fmt: skip
    for said in [name for name in found.load.counts if name.startswith("! ")][:3]:
        out.print(said, style="red")
    if found.recovered is not None:
        out.print(f"  lag under 1 s again {found.recovered:.1f} s after the last answer")
    out.print("  CPU s: " + "  ".join(f"{name} {value}" for name, value in line["cpu_seconds"].items()), soft_wrap=True)
    _table(found)
    if results:
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return line


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    if len(values) < 2:
        return {}
    cuts = statistics.quantiles(values, n=100)
    return {f"p{percent}": round(1000 * cuts[percent - 1], 1) for percent in (50, 95, 99)}


def _said(found: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.0f}" for name, value in found.items()) or "nothing measured"


def _table(found: Measured) -> None:
    table = Table("command", "n", "p50 ms", "p95 ms", "p99 ms")
    for name, values in found.load.commands.items():
        cuts = quantiles(values)
        table.add_row(name, str(len(values)), *(str(value) for value in cuts.values()))
    out.print(table)
