"""交接: on the make-up Saturday both windows are handed over from the first period's leader to the second's."""

from bancheng.demo.checks import READER, Check, fact
from bancheng.demo.identities import CITY, FIRST_PERIOD, WINDOWS
from bancheng.demo.player import Player
from bancheng.demo.seed import LENGTH, period_id
from bancheng.demo.stage import Cue

NAME, WINDOW = "交接", CITY


async def play(cue: Cue, player: Player) -> str:
    """The outgoing leaders sign first."""
    for team, time in ((1, "10-10 16:00"), (2, "10-10 16:30")):
        await cue.at(time)
        for window in WINDOWS:
            path = f"/duty-periods/{period_id(window, FIRST_PERIOD)}/handover"
            following = period_id(window, FIRST_PERIOD + LENGTH)
            found = await player.post(f"duty_leader-{team}@{window}", "intake", path, {"next_period_id": following})
            cue.tell(f"{window} {'交班' if team == 1 else '接班'}领导签字")
            cue.expect(f"{window} {'接班' if team == 2 else '交班'}签字后交接完成", team == 2, found["signed"])
    return ""


async def check(player: Player, matter_id: str) -> list[Check]:
    """Two contiguous periods with other leaders in each window."""
    checks = []
    for window in WINDOWS:
        found = (await player.get(READER, "intake", "/duty-periods", window=window))["items"][:2]
        days = [f"{period['start_date'][5:]}…{period['end_date'][5:]}" for period in found]
        wanted = ["09-28…10-11", "10-12…10-25"]
        checks.append(fact(f"{window} 值班周期", wanted, days))
        checks.append(fact(f"{window} 两任带班领导", 2, len({period["leader_id"] for period in found})))
    return checks
