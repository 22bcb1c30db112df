"""Rules and amendments for people: versions with their scope and basis, and the clocks that move."""

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shared.workdays import ZONE


def rules(items: Iterable[dict[str, Any]]) -> None:
    """Every version, those in force marked."""
    table = Table("规则", "名称", "版本", "范围", "期限", "延期", "中止", "生效", "依据", "现行")
    for rule in items:
        for version in rule["versions"]:
            table.add_row(
                rule["rule"], rule["name"] + ("" if rule["active"] else "(未启用)"), str(version["version"]),
                scope(version), version["limit_name"], _yes(version["extendable"]), _yes(version["suspendable"]),
                version["valid_from"] or "—", escape(version["basis"]), _yes(version["in_force"]),
            )  # fmt: skip
    _print(table)


def amended(report: dict[str, Any]) -> None:
    """The clocks that run by the new version though they began before, with what they were due at."""
    table = Table("事项", "交办单", "窗口", "原期限", "原到期", "新期限", "新到期", "是否超期")
    for moved in report["moved"]:
        before, after = moved["before"], moved["after"]
        table.add_row(
            moved["matter_id"], moved["order_id"] or "—", moved["window_id"], before["limit_name"],
            _moment(before["due_at"]), after["limit_name"], _moment(after["due_at"]), _yes(after["overdue"]),
        )  # fmt: skip
    if table.row_count:
        _print(table)


def summary(report: dict[str, Any]) -> str:
    """What was or would be amended, in one line."""
    version = report["amended"]
    said = (
        f"{report['rule']} version {version['version']}: {version['limit']} for {scope(version)}"
        f" from {version['valid_from']}, {len(report['moved'])} running clocks move"
    )
    return f"dry run, nothing written: {said}; give --apply to do it" if report["dry_run"] else said


def scope(version: dict[str, Any]) -> str:
    """Where a version holds."""
    return version["window_id"] or version["org_code"] or "全市"


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(ZONE):%Y-%m-%d %H:%M}"


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _print(table: Table) -> None:
    Console(width=None if sys.stdout.isatty() else 160).print(table)
