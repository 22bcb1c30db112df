"""What a story must end as, and what the public APIs say it ended as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bancheng.demo.player import Player
from shared.contracts.codes import Kind, label
from shared.workdays import ZONE

READER = "supervision_dept"  # 党风政风监督室 of the city sees every window


@dataclass(frozen=True)
class Check:
    """One statement about a story: what was expected, and what was found."""

    what: str
    expected: str
    got: str

    @property
    def fits(self) -> bool:
        """Whether what was found is what was expected."""
        return self.expected == self.got


def fact(what: str, expected: Any, got: Any) -> Check:
    """A statement from two values, written the same way."""
    return Check(what, _written(expected), _written(got))


def moment(text: str | None) -> str:
    """An ISO time of an answer as `MM-DD HH:MM` of Kaifeng."""
    return f"{datetime.fromisoformat(text).astimezone(ZONE):%m-%d %H:%M}" if text else "—"


@dataclass(frozen=True)
class Look:
    """One matter as it stands in the services after the play."""

    matter: Mapping[str, Any]
    assessment: Mapping[str, Any]
    orders: Sequence[Mapping[str, Any]]
    clocks: Sequence[Mapping[str, Any]]

    @property
    def kinds(self) -> list[Kind]:
        """三类事 in the order in which they were judged."""
        return [Kind(line["to_kind"]) for line in self.assessment["kind_history"]]

    def order_of(self, unit_id: str) -> Mapping[str, Any]:
        """The order of one unit."""
        return next(order for order in self.orders if order["unit_id"] == unit_id)

    def clock(self, rule: str, unit_id: str | None = None) -> Mapping[str, Any]:
        """The clock of a rule, of one unit's order where there are several; empty if there is none."""
        found = [clock for clock in self.clocks if clock["rule"] == rule and unit_id in (None, clock["unit_id"])]
        return found[0] if found else {}

    def due(self, rule: str, unit_id: str | None = None) -> str:
        """When a rule's clock is due."""
        return moment(self.clock(rule, unit_id).get("due_at"))

    def overdue(self) -> list[str]:
        """The rules whose clocks ran over."""
        return [clock["rule"] for clock in self.clocks if clock["overdue"]]

    def ladder(self, rule: str) -> dict[str, tuple[str, str]]:
        """The steps a clock has reached: level → when, and when its paper went out."""
        steps = self.clock(rule).get("steps", ())
        return {s["level"]: (moment(s["at"]), moment(s["sent_at"])) for s in steps if s["state"] == "REACHED"}


async def look(player: Player, matter_id: str) -> Look:
    """Read everything about a matter."""
    matter = await player.get(READER, "intake", f"/matters/{matter_id}")
    assessment = await player.get(READER, "triage", f"/matters/{matter_id}/assessment")
    orders = (await player.get(READER, "referral", f"/matters/{matter_id}/orders"))["items"]
    whole = [await player.get(READER, "referral", f"/orders/{order['order_id']}") for order in orders]
    return Look(matter, assessment, whole, await clocks(player, matter_id))


async def clocks(player: Player, matter_id: str) -> list[Mapping[str, Any]]:
    """Every clock of a matter."""
    found = await player.get(READER, "deadlines", "/deadlines", matter=matter_id, limit=200)
    return list(found["items"])


def _written(value: Any) -> str:
    """A value as the table shows it: codes with their Chinese."""
    match value:
        case bool():
            return "是" if value else "否"
        case StrEnum():
            return f"{value} {label(value)}"
        case tuple() | list() | set():
            return "、".join(map(_written, value)) or "无"
        case dict():
            return "、".join(f"{key} {_written(item)}" for key, item in value.items())
        case None:
            return "无"
        case _:
            return str(value)
