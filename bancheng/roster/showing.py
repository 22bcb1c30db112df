"""The plan for people as a table, for programs as JSON or CSV."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bancheng.roster.plan import Planned
from bancheng.roster.published import PLANNED

COLUMNS = ("number", "period_id", "start_date", "end_date", "team", "leader_id", "staff_ids", "handover_day",
           "holidays", "note", "status")  # fmt: skip


def as_table(planned: Sequence[Planned], status: Mapping[str, str]) -> None:
    """For people."""
    table = Table("", "起", "止", "组", "带班领导", "值班人员", "交接日", "假日", "备注", "状态")
    for each in planned:
        period = each.period
        table.add_row(
            str(each.number), str(period.start_date), str(period.end_date), str(each.team), period.leader_id,
            "\n".join(period.staff_ids), str(each.handover_day), "\n".join(_spans(each)), each.note,
            status.get(period.period_id, PLANNED),
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def as_json(planned: Sequence[Planned], status: Mapping[str, str]) -> None:
    """A list of objects."""
    print(json.dumps([_row(each, status) for each in planned], ensure_ascii=False, indent=1))


def as_csv(planned: Sequence[Planned], status: Mapping[str, str]) -> None:
    """A header and a line for each period; what is several stands with spaces between."""
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for each in planned:
        row = _row(each, status)
        writer.writerow(row | {name: " ".join(row[name]) for name in ("staff_ids", "holidays")})


def _row(each: Planned, status: Mapping[str, str]) -> dict[str, Any]:
    period = each.period
    return {
        "number": each.number, "period_id": period.period_id, "start_date": str(period.start_date),
        "end_date": str(period.end_date), "team": each.team, "leader_id": period.leader_id,
        "staff_ids": list(period.staff_ids), "handover_day": str(each.handover_day), "holidays": _spans(each),
        "note": each.note, "status": status.get(period.period_id, PLANNED),
    }  # fmt: skip


def _spans(each: Planned) -> list[str]:
    return [f"{name}{first:%m-%d}" + (f"…{last:%m-%d}" if last > first else "") for name, first, last in each.holidays]
