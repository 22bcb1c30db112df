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
COLOURS = {"REMIND": "cyan", "BLUE": "blue", "YELLOW": "yellow", "RED": "red", "RAISED": "red", "LISTED": "bold red"}


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
        head = f"{when:%m-%d} 周{WEEKDAYS[when.weekday()]}" if when.date() != day else " " * 10
        day = when.date()
        out.print(Text.assemble("  ", (head, "bold"), f"  {when:%H:%M}  ", line), soft_wrap=True)


def comparison(out: Console, stories: Iterable[Told]) -> None:
    """Expected against got."""
    for story in stories:
        table = Table("", title=story.name, title_justify="left")
        for head in ("核对", "应为", "实为"):
            table.add_column(head, overflow="fold")
        for check in story.checks:
            mark = Text("✓", "green") if check.fits else Text("✗ 不符", "bold red")
            table.add_row(mark, Text(check.what), Text(check.expected), Text(check.got))
        out.print(table)


def accounts(out: Console, stories: Sequence[Told], tally: Tally, effort: Effort) -> None:
    """The sums, and whether all is as it must be."""
    checks = [check for story in stories for check in story.checks]
    wrong = sum(not check.fits for check in checks)
    log = tally.log
    lines = {
        "核对 / checks": f"{len(checks)},不符 / not as expected {wrong}",
        "事件 / events": f"{tally.published},审计日志 / in the audit log {log.size}",
        "含反映人信息 / naming a reporter": str(tally.telling),
        "搁置 / parked": str(tally.parked),
        "死信 / dead-lettered": str(tally.dead),
        "审计根 / audit root": f"{log.root} {'已验证 / verified' if log.sound else f'✗ {log.finding}'}",
        "命令 / commands": f"{effort.commands},重发 / repeated {effort.repeats}",
        "服务重启 / services restarted": str(effort.restarts),
        "用时 / seconds": f"启动 / starting {effort.starting:.1f},演示 / playing {effort.playing:.1f}",
    }
    for what, said in lines.items():
        out.print(f"{what}: {said}", soft_wrap=True)
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
