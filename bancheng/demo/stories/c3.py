"""C3 32号院: fifteen people, a meeting of two sessions, two orders, and a result for each of them after nine days."""

from bancheng.demo.acts import Judgement, Matter, Meeting
from bancheng.demo.checks import READER, Check, Look, fact, look, moment
from bancheng.demo.identities import CITY
from bancheng.demo.orders import Order, draft_for
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue
from shared.contracts.codes import (
    AnswerResult,
    FeedbackWay,
    HandlingPolicy,
    Kind,
    MatterState,
    MeetingKind,
    OrderState,
    Outcome,
    ReporterKind,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    Vulnerable,
)

NAME, WINDOW = "C3 32号院", CITY
REGISTRY, SOCIETY, HALL, LAND = "410200-U01", "410200-U02", "410200-U06", "410200-U12"
PEOPLE = [f"B{number:02d}" for number in range(1, 16)]
REPORTER = {
    "kind": "GROUP", "name": "32号院住户", "phone": "13800000003", "group_size": 15,
    "representatives": [{"name": "孙某", "phone": "13800000003"}, {"name": "钱某", "phone": "13800000004"}],
}  # fmt: skip
JUDGEMENT = Judgement(
    Kind.HARD, HandlingPolicy.PUSH, RootCause.DUTY_UNCLEAR, "查阅原始档案:建房手续齐全,土地未分割,需多部门补齐程序。",
    sub_reasons=(SubReason.MULTI_DEPT, SubReason.HISTORICAL), complexity="A", units=(REGISTRY, SOCIETY), rule="D16",
)  # fmt: skip
TITLE = "32号院综合楼不动产权证"
FACTS = "1990年代单位集资建房,当年只发了房屋证明,土地一直没有分割,至今办不了不动产权证。"


async def play(cue: Cue, player: Player) -> str:
    """Nine days."""
    matter = Matter(cue, player, WINDOW)
    await cue.at("10-12 09:20")
    await matter.register(
        REPORTER, "32号院15户办不了不动产权证", facts=FACTS, demand="请协调有关部门,给15户办理不动产权证。",
        blamed_unit_ids=[REGISTRY], tries=20, tried="登记中心、原单位、房管部门", item_code="BDC-0003",
        vulnerable=[Vulnerable.ELDERLY],
    )  # fmt: skip
    await matter.hand_in("房屋证明", "集资建房协议")
    await matter.hand_out_slip()
    await cue.at("10-12 09:40")
    await matter.accept()
    await cue.at("10-12 10:00")
    meeting = await matter.call_meeting(
        MeetingKind.COORDINATION, [HALL, REGISTRY, SOCIETY, LAND], "2026-10-12T15:00:00+08:00", "查清历史、明确责任"
    )
    await cue.at("10-12 15:00")
    await meeting.hold("找到原始档案,土地权属待核。", absent=[LAND])
    await cue.at("10-13 09:10")
    await matter.propose(JUDGEMENT)
    await cue.at("10-13 09:30")
    await matter.approve(REGISTRY, SOCIETY, rule="D16")
    await _coordinated(cue, matter, meeting)
    await _orders(cue, matter)
    await cue.at("10-21 10:30")
    await matter.feed_back(FeedbackWay.FACE_TO_FACE, "15户不动产权证已全部办出,可陆续领取。")
    await cue.at("10-21 15:00")
    await matter.call_back(Solved.SOLVED, Satisfaction.VERY_SATISFIED)
    return matter.id


async def _coordinated(cue: Cue, matter: Matter, meeting: Meeting) -> None:
    await matter.reaches(MatterState.COORDINATING)
    await cue.at("10-13 10:00")
    await meeting.hold("四家单位现场会诊,确定分割土地、补录房屋数据的办法。")
    await meeting.conclude(
        "供销社交齐材料,登记中心补录数据并逐户登记。",
        (REGISTRY, "补录房屋数据,逐户办证", "2026-10-30"), (SOCIETY, "交齐分割土地的全部材料", "2026-10-20"),
    )  # fmt: skip
    await matter.reaches(MatterState.HANDLING)


async def _orders(cue: Cue, matter: Matter) -> None:
    registry, society = await draft_for(matter, REGISTRY), await draft_for(matter, SOCIETY)
    await cue.at("10-13 11:20")
    for order, wanted in ((registry, "补录房屋数据,逐户登记发证"), (society, "交齐分割土地的材料")):
        await order.write_extract(TITLE, FACTS, "15户办理不动产权证。", {"what": wanted, "evidence": "办结材料"})
        await order.sign()
    await cue.at("10-13 13:40")
    await registry.acknowledge()
    await cue.at("10-13 14:00")
    await society.acknowledge()
    await cue.at("10-14 10:00")
    await registry.give_notice(
        {"name": "集资建房原始凭证", "basis": "不动产登记办事指南(演示)", "form": "COPY", "copies": 1},
        {"name": "身份证明", "basis": "不动产登记办事指南(演示)", "form": "COPY", "copies": 1},
    )
    await cue.at("10-19 10:00")
    await society.answer("分割土地的材料已全部交齐,土地已分割。", "土地分割协议")
    await cue.at("10-19 15:00")
    await society.accept_answer("材料齐全")
    await _settled_by_the_second(cue, matter, registry)


async def _settled_by_the_second(cue: Cue, matter: Matter, registry: Order) -> None:
    await cue.at("10-20 09:00")
    cue.expect("一家办结后事项仍在办理", MatterState.HANDLING, await matter.state())
    await cue.at("10-20 16:00")
    await registry.answer("15户不动产权证全部办出。", "发证清单", PEOPLE)
    await matter.reaches(MatterState.RESULT_REVIEW)
    await cue.at("10-21 09:30")
    cue.expect("第二家审核前事项未办结", MatterState.RESULT_REVIEW, await matter.state())
    await registry.accept_answer("逐户核对无误")


async def check(player: Player, matter_id: str) -> list[Check]:
    """Done on 10-21, after both orders, with a result for each of the fifteen."""
    seen = await look(player, matter_id)
    [meeting] = (await player.get(READER, "referral", f"/matters/{matter_id}/meetings"))["items"]
    days = f"{moment(seen.matter['registered_at'])[:5]} → {moment(seen.matter['state_since'])[:5]}"
    return [
        fact("状态", MatterState.CLOSED, MatterState(seen.matter["state"])),
        fact("结果", Outcome.DONE, Outcome(seen.matter["outcome"])),
        fact("九天办结", "10-12 → 10-21", days),
        fact("反映人类别", ReporterKind.GROUP, ReporterKind(seen.matter["reporter_kind"])),
        fact("人数", 15, seen.matter["group_size"]),
        fact("类别", [Kind.HARD], seen.kinds),
        fact("具体情形", JUDGEMENT.sub_reasons, [SubReason(each) for each in seen.assessment["sub_reasons"]]),
        fact("会议", ["10-12 15:00", "10-13 10:00"], [moment(one["held_at"]) for one in meeting["sessions"]]),
        fact("交办单", [REGISTRY, SOCIETY], sorted(order["unit_id"] for order in seen.orders)),
        fact("主办签收", "10-13 13:40", moment(seen.order_of(REGISTRY)["acked_at"])),
        fact("协办签收", "10-13 14:00", moment(seen.order_of(SOCIETY)["acked_at"])),
        *[fact(f"D16 到期({unit})", "11-03 17:00", seen.due("D16", unit)) for unit in (REGISTRY, SOCIETY)],
        *[fact(f"交办单销号({unit})", OrderState.CLOSED, OrderState(seen.order_of(unit)["state"]))
          for unit in (REGISTRY, SOCIETY)],
        fact("逐人结果 B01…B15", (15, {AnswerResult.SOLVED}), _results(seen)),
        fact("没有超期", [], seen.overdue()),
    ]  # fmt: skip


def _results(seen: Look) -> tuple[int, set[AnswerResult]]:
    answer = seen.order_of(REGISTRY)["answers"][-1]
    results = {one["label"]: AnswerResult(one["result"]) for one in answer["beneficiaries"]}
    return len(results.keys() & set(PEOPLE)), set(results.values())
