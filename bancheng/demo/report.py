"""What the demo prints: each story's timeline, what was expected and found, and the system's own accounts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bancheng.demo.acts import UNIT_NAMES
from bancheng.demo.checks import Check
from bancheng.demo.tally import Tally
from shared.contracts.codes import Escalation, label
from shared.workdays import ZONE

WEEKDAYS = "一二三四五六日"
# Colours never stand alone: the words beside them say the same.
COLOURS = {"REMIND": "cyan", "BLUE": "blue", "YELLOW": "yellow", "RED": "red", "LISTED": "bold red"}


@dataclass(frozen=True)
class Told:
    """One story after its play."""

    name: str
    told: Sequence[tuple[datetime, str]]
    checks: Sequence[Check]
    clocks: Sequence[Mapping[str, Any]]

    @property
    def fits(self) -> bool:
        """Whether everything was as expected."""
        return all(check.fits for check in self.checks)


@dataclass(frozen=True)
class Effort:
    """What the play took."""

    commands: int
    repeats: int
    restarts: int
    starting: float
    playing: float


def timeline(out: Console, story: Told) -> None:
    """The story line by line, the steps of supervision between them."""
    out.print(f"\n[bold]{story.name}[/]")
    lines = [(when, Text(sentence)) for when, sentence in story.told] + list(_supervision(story.clocks))
    day = None
    for when, line in sorted(lines, key=lambda pair: pair[0]):
        head = f"{when:%m-%d} 周{WEEKDAYS[when.weekday()]}" if when.date() != day else ""
        day = when.date()
        row = Table.grid(padding=(0, 1), pad_edge=True)
        row.add_column(width=10)
        row.add_column(width=5)
        row.add_column(ratio=1)
        row.add_row(head, f"{when:%H:%M}", line)
        out.print(row)


def comparison(out: Console, stories: Iterable[Told]) -> None:
    """Expected against got."""
    for story in stories:
        table = Table("", "核对", "应为", "实为", title=f"{story.name}", title_justify="left", expand=True)
        for check in story.checks:
            mark = Text("✓", "green") if check.fits else Text("✗ 不符", "bold red")
            table.add_row(mark, Text(check.what), Text(check.expected), Text(check.got))
        out.print(table)


def accounts(out: Console, stories: Sequence[Told], tally: Tally, effort: Effort) -> None:
    """The sums, and whether all is as it must be."""
    checks = [check for story in stories for check in story.checks]
    wrong = sum(not check.fits for check in checks)
    log = tally.log
    table = Table(show_header=False, box=None)
    table.add_row("核对 / checks", f"{len(checks)},不符 / not as expected {wrong}")
    table.add_row("事件 / events", f"{tally.published},审计日志 / in the audit log {log.size}")
    table.add_row("搁置 / parked", str(tally.parked))
    table.add_row("死信 / dead-lettered", str(tally.dead))
    table.add_row("审计根 / audit root", f"{log.root} {'已验证 / verified' if log.sound else f'✗ {log.finding}'}")
    table.add_row("命令 / commands", f"{effort.commands},重发 / repeated {effort.repeats}")
    if effort.restarts:
        table.add_row("重启 / restarts", f"{effort.restarts} 次 / of six services")
    table.add_row("用时 / seconds", f"启动 / starting {effort.starting:.1f},演示 / playing {effort.playing:.1f}")
    out.print(table)
    if wrong or not tally.right:
        out.print("✗ 有与应有结果不符之处 / not everything is as expected", style="bold red")
    else:
        out.print("✓ 全部与应有结果相符 / everything is as expected", style="bold green")


def _supervision(clocks: Iterable[Mapping[str, Any]]) -> Iterable[tuple[datetime, Text]]:
    for clock in clocks:
        for step in clock["steps"]:
            if step["state"] != "PENDING":
                at, sent_at = _moment(step["at"]), _moment(step["sent_at"])
                sent = f",文书{sent_at:%m-%d %H:%M}发出" if sent_at != at else ""
                gone = ",后撤销" if step["state"] == "WITHDRAWN" else ""
                whom = f" {UNIT_NAMES[clock['unit_id']]}" if clock["unit_id"] else ""
                what = f"⚑ {label(Escalation(step['level']))}:{clock['rule']} {clock['name']}{whom}{sent}{gone}"
                yield at, Text(what, COLOURS[step["level"]])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)
