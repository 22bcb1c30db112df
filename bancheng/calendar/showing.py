"""What a load does to deadlines: for people as a table, for programs as JSON or CSV."""

import csv
import json
import sys
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

Content = dict[str, Any]
COLUMNS = ("deadline_id", "matter_id", "org_code", "window_id", "order_id", "unit_id", "rule", "limit", "started_at",
           "previous_due_at", "due_at", "provisional")  # fmt: skip


def as_table(answer: Content) -> None:
    """Every deadline that moves, by its new due time; those that only become firm are counted."""
    moving = [each for each in answer["deadlines"] if each["previous_due_at"] != each["due_at"]]
    table = Table("事项", "交办单", "规则", "单位", "起算", "原到期", "新到期")
    for each in sorted(moving, key=lambda each: (each["due_at"], each["deadline_id"])):
        table.add_row(
            each["matter_id"], each["order_id"] or "", each["rule"], each["unit_id"] or "",
            _minute(each["started_at"]), _minute(each["previous_due_at"]),
            f"{_minute(each['due_at'])}{'(暂定)' if each['provisional'] else ''}",
        )  # fmt: skip
    console = Console(width=None if sys.stdout.isatty() else 180)
    if answer["changed_days"]:
        console.print("改变的日期:" + "、".join(answer["changed_days"]), highlight=False)
    if moving:
        console.print(table)
    if firm := len(answer["deadlines"]) - len(moving):
        console.print(f"另有{firm}项日期不变,由暂定转为确定(--csv 列出)", highlight=False)


def as_json(answer: Content) -> None:
    """The answer as it came."""
    print(json.dumps(answer, ensure_ascii=False, indent=1))


def as_csv(answer: Content) -> None:
    """A header and a line for each deadline."""
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(answer["deadlines"])


def summary(answer: Content) -> str:
    """What was done, in one line."""
    year = f"{answer['year']} ({answer['status']}, sha256 {answer['sha256'][:12]})"
    if not answer["changed"]:
        return f"{year} is there already: nothing changes"
    counts = f"moved {answer['moved']}, firm now {answer['confirmed']}"
    return f"dry run, nothing loaded: {year}: {counts}" if answer["dry_run"] else f"loaded {year}: {counts}"


def _minute(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}"
