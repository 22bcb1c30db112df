"""C1 医保: an uncle reports for his niece; the duty leader goes to the counter at once, and no order is needed."""

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.checks import READER, Check, fact, look, moment
from bancheng.demo.identities import CITY
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue
from shared.contracts.codes import (
    FeedbackWay,
    HandlingPolicy,
    Kind,
    MatterState,
    Outcome,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    Urgency,
)

NAME, WINDOW = "C1 医保", CITY
HOSPITAL, INSURANCE, HEALTH = "410200-U08", "410200-U09", "410200-U10"
REPORTER = {
    "kind": "PERSON", "name": "李某", "phone": "13800000001",
    "agent": {"name": "李某", "relation": "舅舅", "phone": "13800000001"},
    "beneficiary": {"name": "徐某", "age": 24},
}  # fmt: skip


async def play(cue: Cue, player: Player) -> str:
    """One day."""
    matter = Matter(cue, player, WINDOW)
    await cue.at("09-28 09:10")
    await matter.register(
        REPORTER,
        "住院费用查不到参保信息无法结算",
        facts="外甥女在县人民医院住院,结算时查不到参保信息;先后问过县卫健委和乡政府,都没有结果。",
        demand="请查明原因,尽快办理住院费用结算。",
        blamed_unit_ids=[HEALTH], item_code="YB-0001", counter_no="3", tries=3, tried="县卫健委、乡政府",
        urgency=Urgency.URGENT,
    )  # fmt: skip
    await matter.hand_in("参保缴费凭证", "住院费用清单")
    await matter.hand_out_slip()
    await cue.at("09-28 09:20")
    await matter.accept()
    await cue.at("09-28 09:40")
    note = "经向县医保局电话核实,参保缴费正常,结算系统中无此人信息,疑为系统数据问题。"
    await matter.propose(Judgement(
        Kind.HARD, HandlingPolicy.PUSH, RootCause.FLOW_POOR, note, sub_reasons=(SubReason.SYSTEM_DATA,)
    ))  # fmt: skip
    await cue.at("09-28 10:00")
    await matter.approve(opinion="带班领导赴县医保局窗口现场督办")
    await cue.at("09-28 15:00")
    await matter.record_on_site(
        "县医保局服务窗口", "请从医保信息系统查起,当日查明原因", "医院新旧系统迁移时漏转参保记录,已补录。",
        HOSPITAL, SubReason.SYSTEM_DATA,
    )  # fmt: skip
    await cue.at("09-28 15:40")
    await matter.review("参保记录已补录,可以正常结算。", RootCause.FLOW_POOR)
    await cue.at("09-28 16:00")
    await matter.feed_back(FeedbackWay.PHONE, "参保记录已补录,住院费用已按规定报销。")
    await cue.at("09-28 16:40")
    await matter.call_back(Solved.SOLVED, Satisfaction.VERY_SATISFIED)
    return matter.id


async def check(player: Player, matter_id: str) -> list[Check]:
    """Done the same day, without an order, and not by the unit that was blamed."""
    seen = await look(player, matter_id)
    who = await player.get(READER, "intake", f"/matters/{matter_id}/identity", purpose="INSPECTION")
    return [
        fact("代为反映", ("舅舅", "徐某"), (who["agent"]["relation"], who["beneficiary"]["name"])),
        fact("状态", MatterState.CLOSED, MatterState(seen.matter["state"])),
        fact("结果", Outcome.DONE, Outcome(seen.matter["outcome"])),
        fact("当日办结", "09-28 16:40", moment(seen.matter["state_since"])),
        fact("类别", [Kind.HARD], seen.kinds),
        fact("办理方式", HandlingPolicy.PUSH, HandlingPolicy(seen.assessment["policy"])),
        fact("主要原因", RootCause.FLOW_POOR, RootCause(seen.matter["root_cause"])),
        fact("具体情形", [SubReason.SYSTEM_DATA], [SubReason(each) for each in seen.assessment["sub_reasons"]]),
        fact("没有交办单", 0, len(seen.orders)),
        fact("被反映单位", [HEALTH], seen.matter["blamed_unit_ids"]),
        fact("责任单位", HOSPITAL, seen.matter["responsible_unit_id"]),
        fact("没有超期", [], seen.overdue()),
    ]
