"""The report of an import for people: the lines that changed something or were refused, and counts."""

import sys
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = {"NEW": "新增", "CHANGED": "变更", "SAME": "未变", "REFUSED": "退回"}


def as_table(report: dict[str, Any]) -> None:
    """Every line but those the directory has already, by its row in the file."""
    table = Table("行", "单位编码", "结果", "原因")
    for line in report["rows"]:
        if line["result"] != "SAME":
            style = "red" if line["result"] == "REFUSED" else None
            result = RESULTS.get(line["result"], line["result"])
            table.add_row(str(line["row"]), line["unit_id"] or "", result, line["message"] or "", style=style)
    if table.row_count:
        Console(width=None if sys.stdout.isatty() else 120).print(table)


def summary(report: dict[str, Any]) -> str:
    """The counts in one line."""
    counts = ", ".join(f"{name} {report[name]}" for name in ("new", "changed", "same", "refused"))
    return f"dry run, nothing written: {counts}" if report["dry_run"] else counts
