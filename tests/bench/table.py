"""`python -m tests.bench.table`: writes the table in docs/performance.md anew from docs/performance.jsonl.

The lines come from `make bench ARGS="--results docs/performance.jsonl …"`; the last one of each kind and store counts.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
PAGE, LINES = DOCS / "performance.md", DOCS / "performance.jsonl"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
COLUMNS = (
    "what", "matters in the store", "a second", "CPU ms each", "commands p50 / p95 / p99 ms", "look-up p95", "list p95",
    "lag p99 to console / audit", "errors", "told to come later",
    "lag under 1 s again, s",
)  # fmt: skip
STORES = (0, 100_000, 1_000_000)


def table(lines: Iterable[dict[str, Any]]) -> str:
    """The table as Markdown."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for line in lines:
        found[line["title"], _store(line["matters"])] = line
    titles = list(dict.fromkeys(title for title, _ in found))
    rows = [found[title, store] for title in titles for store in STORES if (title, store) in found]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (COLUMNS, ["---"] * len(COLUMNS), *map(_cells, rows)))


def _store(matters: int) -> int:
    """The store that was meant: those filled have what earlier measurements added besides."""
    return max(store for store in STORES if store <= matters)


def _cells(line: dict[str, Any]) -> list[str]:
    reads, lags = line["read_ms"], line["lag_ms"]
    return [
        line["title"],
        f"{line['matters']:,}",
        f"{line['per_second']:.1f}",
        f"{line['cpu_ms_each']:.0f}",
        " / ".join(f"{value:.0f}" for value in line["command_ms"].values()),
        *(f"{reads[name]['p95']:.0f}" if reads.get(name) else "" for name in ("look-up", "list")),
        " / ".join(f"{lags[name]['p99']:.0f}" for name in ("console", "audit") if lags.get(name)),
        str(line["errors"]),
        str(line["told_to_come_later"]),
        "" if line["recovered_s"] is None else f"{line['recovered_s']:.0f}",
    ]


def main() -> None:
    """Put the table in its place."""
    lines = [json.loads(line) for line in LINES.read_text(encoding="utf-8").splitlines()]
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + table(lines) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
