"""交接: a day's substitute, the handover on the make-up Saturday, and the night of the change.

The old leader may not register any more but gives feedback in an own open matter; the new one registers.
"""

from collections.abc import Mapping
from typing import Any

from bancheng.demo.acts import FORM, Judgement, Matter
from bancheng.demo.checks import READER, Check, fact, look
from bancheng.demo.identities import CITY, FIRST_PERIOD, WINDOWS, staff_of
from bancheng.demo.player import Player
from bancheng.demo.seed import LENGTH, period_id
from bancheng.demo.stage import Cue
from shared.contracts.codes import FeedbackWay, HandlingPolicy, Kind, MatterState, RootCause, Satisfaction, Solved

NAME, WINDOW = "交接", CITY
OLD, NEW = f"duty_leader-1@{CITY}", f"duty_leader-2@{CITY}"
FIRST = f"/duty-periods/{period_id(CITY, FIRST_PERIOD)}"
INSURANCE = "410200-U09"
REPORTER = {"kind": "PERSON", "name": "秦某", "phone": "13800000031"}
WORDS = {"facts": "调动工作后社保关系转移申请交了两次,经办窗口都说没有收到。", "demand": "查明并办理转移。"}


async def play(cue: Cue, player: Player) -> str:
    """From the proposal of a substitute to the first night of the next period; the old leader's own matter."""
    await _substitute(cue, player)
    matter = await _own_matter(cue, player)
    await _sign(cue, player, matter)
    await _after_midnight(cue, player, matter)
    await cue.at("10-12 09:30")
    await matter.call_back(Solved.SOLVED, Satisfaction.SATISFIED)
    return matter.id


async def check(player: Player, matter_id: str) -> list[Check]:
    """Two contiguous periods with other leaders in each window, handed over in time."""
    seen = await look(player, matter_id)
    checks = [fact("原带班领导反馈的事项", MatterState.CLOSED, MatterState(seen.matter["state"]))]
    for window in WINDOWS:
        found = (await player.get(READER, "intake", "/duty-periods", window=window))["items"][:2]
        days = [f"{period['start_date'][5:]}…{period['end_date'][5:]}" for period in found]
        wanted = ["09-28…10-11", "10-12…10-25"]
        checks.append(fact(f"{window} 值班周期", wanted, days))
        checks.append(fact(f"{window} 两任带班领导", 2, len({period["leader_id"] for period in found})))
        path = f"/duty-periods/{period_id(window, FIRST_PERIOD)}/handover"
        handover = (await player.get(READER, "intake", path))["handover"]
        told = (handover["due_day"], handover["signed"], handover["late"])
        checks.append(fact(f"{window} 交接日、双方签字、逾期", ("2026-10-10", True, False), told))
    return checks


async def _substitute(cue: Cue, player: Player) -> None:
    """替班 for a day: proposed by the duty leader, approved by the department."""
    replaced, substitute = staff_of(CITY, 1)[1], staff_of(CITY, 2)[1]
    await cue.at("10-08 10:00")
    body = {"replaced_id": replaced, "substitute_id": substitute, "from_day": "2026-10-09", "to_day": "2026-10-09",
            "reason": "ILLNESS", "words": "感冒发热,请假一天"}  # fmt: skip
    asked = await player.post(OLD, "intake", f"{FIRST}/substitutions", body)
    cue.tell("带班领导提请替班一天")
    await cue.at("10-08 11:00")
    await player.post(READER, "intake", f"/substitutions/{asked['substitution_id']}/approval")
    cue.tell("党风政风监督室批准替班")
    await cue.at("10-09 09:00")
    roster = await player.get(READER, "intake", f"/windows/{CITY}/roster")
    cue.expect("10-09当日值班人员", [staff_of(CITY, 1)[0], substitute], roster["on_duty"]["staff_ids"])


async def _own_matter(cue: Cue, player: Player) -> Matter:
    """What the window handled itself, as far as the feedback."""
    matter = Matter(cue, player, CITY)
    await cue.at("10-10 09:30")
    await matter.register(REPORTER, "社保关系转移申请两次没有收到", **WORDS)
    await matter.accept()
    await cue.at("10-10 10:00")
    note = "经电话核实,申请在系统中停在上一环节,没有推送到经办窗口。"
    await matter.propose(Judgement(Kind.HARD, HandlingPolicy.PUSH, RootCause.FLOW_POOR, note))
    await cue.at("10-10 10:30")
    await matter.approve(opinion="窗口当日督办")
    await cue.at("10-10 14:30")
    await matter.record_on_site("经办窗口", "请当场查找并受理", "申请停在上一环节,已当场推送并受理。", INSURANCE)
    await cue.at("10-10 15:00")
    await matter.review("转移申请已受理。", RootCause.FLOW_POOR)
    return matter


async def _sign(cue: Cue, player: Player, matter: Matter) -> None:
    """The outgoing leaders sign first; both sign the same list."""
    for team, time in ((1, "10-10 16:00"), (2, "10-10 16:30")):
        await cue.at(time)
        for window in WINDOWS:
            path = f"/duty-periods/{period_id(window, FIRST_PERIOD)}/handover"
            following = period_id(window, FIRST_PERIOD + LENGTH)
            found = await player.post(f"duty_leader-{team}@{window}", "intake", path, {"next_period_id": following})
            cue.tell(f"{window} {'交班' if team == 1 else '接班'}领导签字")
            cue.expect(f"{window} {'接班' if team == 2 else '交班'}签字后交接完成", team == 2, found["signed"])
    sheet = await player.get(NEW, "intake", f"{FIRST}/handover")
    cue.expect("交接清单列有未办结事项", True, matter.register_no in _numbers(sheet))


async def _after_midnight(cue: Cue, player: Player, matter: Matter) -> None:
    """Rights end with the period, but for own open matters."""
    await cue.at("10-12 00:30")
    form = {**FORM, "reporter": REPORTER, "title": "社保卡挂失后无法补办", **WORDS}
    refused = await player.refused(OLD, "intake", "/matters", form, 403, "duty.not_on_duty")
    cue.expect("10-12零时后原带班领导登记", "duty.not_on_duty", refused["code"])
    body = {"way": FeedbackWay.PHONE, "content": "转移申请已受理,三日内可在手机上查到进度。"}
    await matter.do(OLD, "feedback", body)
    cue.tell("原带班领导不能再登记,可以反馈本人经手的未办结事项")
    cue.expect("原带班领导反馈后", MatterState.CALLBACK, await matter.state())
    fast = {"name": "何某", "phone": "13800000032", "title": "夜间急办社保卡挂失", "done": "联系经办窗口当场挂失",
            "root_cause": RootCause.FLOW_POOR, "minutes_spent": 10}  # fmt: skip
    made = await player.post(NEW, "intake", "/matters/on-the-spot", fast)
    cue.tell(f"新带班领导登记并当场办结,{made['register_no']}")


def _numbers(sheet: Mapping[str, Any]) -> list[str]:
    return [number for each in sheet["open_matters"] for number in each["register_numbers"]]
