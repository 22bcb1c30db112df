"""Ten windows of a city and its counties, opened and rostered over the real APIs, each with people of its own.

Register numbers are gap-free, so a window registers one matter at a time: a load on one window would measure its lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bancheng.demo import identities as demo
from bancheng.demo.identities import FIRST_PERIOD
from bancheng.demo.player import Addresses, Player
from bancheng.demo.seed import LENGTH, period_id

UNIT = "410200-U03"
_COUNTIES = ("410202", "410203", "410204", "410205", "410212", "410221", "410222", "410223", "410225", "410200Z1")


@dataclass(frozen=True)
class Desk:
    """A window with the names of those who work there, as the issuer knows them."""

    window: str
    org: str

    @property
    def staff(self) -> str:
        return f"bench-staff@{self.window}"

    @property
    def leader(self) -> str:
        return f"bench-leader@{self.window}"

    @property
    def caller(self) -> str:
        return f"bench-caller@{self.window}"

    @property
    def handler(self) -> str:
        return f"unit_handler@{UNIT}"

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody a matter of this window passes."""
        return self.staff, self.leader, self.caller, self.handler


DESKS = tuple(Desk(f"{org}-B1", org) for org in _COUNTIES)


def identities() -> dict[str, Mapping[str, Any]]:
    """Everybody of the demo, and the people of these windows."""
    known = demo.identities()
    for desk in DESKS:
        here = {"org": desk.org, "org_type": "DISCIPLINE", "window": desk.window}
        for name, role in ((desk.staff, "duty_staff"), (desk.leader, "duty_leader"), (desk.caller, "callback_officer")):
            known[name] = {"sub": name, "roles": [role], "title": name, **here}
    return known


async def open_windows(at: Addresses, until: date) -> None:
    """Open the windows and roster their people up to a day; what is there already stays."""
    async with Player(at) as player:
        known = {
            window["window_id"] for window in (await player.get("supervision_dept", "intake", "/windows"))["items"]
        }
        for desk in DESKS:
            if desk.window not in known:
                await _open(player, desk, until)


async def _open(player: Player, desk: Desk, until: date) -> None:
    level = "ZONE" if desk.org.endswith("Z1") else "COUNTY"
    mark = f"汴{'一二三四五六七八九十'[DESKS.index(desk)]}监窗"
    body = {
        "window_id": desk.window,
        "org_code": desk.org,
        "level": level,
        "register_mark": mark,
        "name": f"{desk.window} “办不成事”监督窗口",
    }
    await player.post("supervision_dept", "intake", "/windows", body)
    start = FIRST_PERIOD
    while start <= until:
        period = {
            "period_id": period_id(desk.window, start), "window_id": desk.window, "start_date": str(start),
            "leader_id": desk.leader, "staff_ids": [desk.staff, f"bench-deputy@{desk.window}"],
        }  # fmt: skip
        await player.post("supervision_dept", "intake", "/duty-periods", period)
        start += LENGTH


__all__ = ["DESKS", "UNIT", "Desk", "identities", "open_windows"]
