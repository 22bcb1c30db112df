"""C6 入企访廉: nobody acknowledges and nobody answers, and the whole ladder of supervision is climbed."""

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.checks import Check, fact, look, moment
from bancheng.demo.identities import ZONE
from bancheng.demo.orders import draft_for
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue
from shared.contracts.codes import (
    Channel,
    Escalation,
    HandlingPolicy,
    Kind,
    MatterState,
    OrderState,
    RootCause,
    SubReason,
)

NAME, WINDOW = "C6 入企访廉", ZONE
UNIT = "410200-U11"
JUDGEMENT = Judgement(
    Kind.HARD, HandlingPolicy.ORDERED, RootCause.DUTY_UNCLEAR, "走访企业核实:配套道路手续一年未批,部门间互相推诿。",
    sub_reasons=(SubReason.MULTI_DEPT, SubReason.SHIRKING), units=(UNIT,), rule="D15",
)  # fmt: skip
# What must be reached when, and when its paper goes out (the next opening of the office).
LADDERS = {
    "D06": {
        "BLUE": ("09-28 13:00", "09-28 13:00"),
        "YELLOW": ("09-28 15:00", "09-28 15:00"),
        "RED": ("09-29 17:00", "09-30 09:00"),
    },
    "D15": {
        "REMIND": ("10-09 13:30", "10-09 13:30"),
        "BLUE": ("10-12 09:00", "10-12 09:00"),
        "YELLOW": ("10-13 17:00", "10-14 09:00"),
        "RED": ("10-16 17:00", "10-19 09:00"),
        "RAISED": ("10-20 17:00", "10-21 09:00"),
        "LISTED": ("10-21 17:00", "10-22 09:00"),
    },
}


async def play(cue: Cue, player: Player) -> str:
    """From delivery to the end of the play, and nothing is done."""
    matter = Matter(cue, player, WINDOW)
    await cue.at("09-28 09:10")
    await matter.register(
        {"kind": "ENTERPRISE", "name": "某机械制造有限公司", "phone": "13800000007"},
        "厂区配套道路手续迟迟不批",
        facts="走访中企业反映,厂区配套道路的规划手续报送一年没有结果,几个部门互相推。",
        demand="请明确牵头部门,尽快批复。", channel="VISIT", source_ref="RQFL-2026-0031", blamed_unit_ids=[UNIT],
    )  # fmt: skip
    await matter.accept()
    await cue.at("09-28 09:30")
    await matter.propose(JUDGEMENT)
    await cue.at("09-28 09:45")
    await matter.approve(UNIT, rule="D15")
    order = await draft_for(matter, UNIT)
    await order.write_extract(
        "厂区配套道路规划手续", "企业厂区配套道路的规划手续报送一年未批,部门之间责任不清。", "明确牵头部门,尽快批复。",
        {"what": "牵头协调并批复", "evidence": "批复文件"},
    )  # fmt: skip
    await cue.at("09-28 10:00")
    await order.sign()
    await cue.at("10-23 17:00")
    cue.tell("仍未签收、未反馈")
    return matter.id


async def check(player: Player, matter_id: str) -> list[Check]:
    """Every step at its minute; still open."""
    seen = await look(player, matter_id)
    order, limit = seen.order_of(UNIT), seen.clock("D15")
    facts = [
        fact("状态", MatterState.HANDLING, MatterState(seen.matter["state"])),
        fact("渠道", Channel.VISIT, Channel(seen.matter["channel"])),
        fact("窗口", ZONE, seen.matter["window_id"]),
        fact("交办单", OrderState.DELIVERED, OrderState(order["state"])),
        fact("送达", "09-28 10:00", moment(order["delivered_at"])),
        fact("逾期未签收", True, order["ack_missed"]),
        fact("D15 从送达起算", "09-28 10:00", moment(limit.get("started_at"))),
        fact("D15 到期", "10-13 17:00", seen.due("D15")),
        fact("D15 未停", "OPEN", limit.get("state")),
        fact("督办等级", Escalation.LISTED, Escalation(limit["level"])),
    ]
    for rule, steps in LADDERS.items():
        found = seen.ladder(rule)
        facts.append(fact(f"{rule} 各级", list(steps), list(found)))
        unsent = [step["level"] for step in seen.clock(rule)["steps"] if not step["is_sent"]]
        facts.append(fact(f"{rule} 未送达的文书", [], unsent))
        facts += [_step(rule, level, times, found.get(level)) for level, times in steps.items()]
    return facts


def _step(rule: str, level: str, expected: tuple[str, str], got: tuple[str, str] | None) -> Check:
    (reached, sent), (was_reached, was_sent) = expected, got or ("—", "—")
    what = f"{rule} {Escalation(level).value}"
    return fact(what, f"{reached},文书 {sent}", f"{was_reached},文书 {was_sent}")
