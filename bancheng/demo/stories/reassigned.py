"""退单改派: the wrong unit objects, the right one waits for the reporter's paper and asks for one more than it told."""

from collections.abc import Mapping
from typing import Any

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.checks import Check, clocks, fact, look, moment
from bancheng.demo.identities import CITY
from bancheng.demo.orders import draft_for
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue
from shared.contracts.codes import (
    FeedbackWay,
    HandlingPolicy,
    Kind,
    MatterState,
    OrderState,
    Outcome,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
)

NAME, WINDOW = "退单改派", CITY
WRONG, RIGHT = "410200-U06", "410200-U12"
JUDGEMENT = Judgement(
    Kind.HARD, HandlingPolicy.ORDERED, RootCause.DUTY_UNCLEAR, "两家单位均称不归自己办理,先交政务服务部门牵头。",
    sub_reasons=(SubReason.SHIRKING,), units=(WRONG,), rule="D15",
)  # fmt: skip
EXTRACT = (
    "自建房规划核实没有单位受理",
    "反映人申请自建房规划核实,政务服务部门与规划部门互相推让,三个月没有单位受理。",
    "请明确由谁受理,并出具核实意见。",
)
SURVEY = {"name": "房屋测绘成果", "basis": "规划核实办事指南(演示)", "form": "ORIGINAL", "copies": 1}
LICENCE = {"name": "建设工程规划许可证", "basis": "规划核实办事指南(演示)", "form": "COPY", "copies": 1}
PHOTO = {"name": "四邻签字照片", "basis": "窗口口头要求", "form": "COPY", "copies": 1}


async def play(cue: Cue, player: Player) -> str:
    """From the first day to the answer after the pause."""
    matter = Matter(cue, player, WINDOW)
    await cue.at("09-28 14:00")
    await matter.register(
        {"kind": "PERSON", "name": "孟某", "phone": "13800000041"}, "自建房规划核实没有单位受理",
        facts="我申请自建房规划核实,两家单位都说不归自己办,跑了三个月没有人受理。",
        demand="请明确由谁受理,尽快出核实意见。", disclosure="MASK", blamed_unit_ids=[WRONG, RIGHT], tries=5,
        item_code="GH-0021",
    )  # fmt: skip
    await matter.accept()
    await cue.at("09-28 14:30")
    await matter.propose(JUDGEMENT)
    await cue.at("09-28 15:00")
    await matter.approve(WRONG, rule="D15")
    await _objection(cue, matter)
    await _work(cue, matter)
    await cue.at("10-21 11:00")
    await matter.feed_back(FeedbackWay.PHONE, "核实意见已出具,可凭身份证到规划窗口领取。")
    await cue.at("10-22 10:00")
    await matter.call_back(Solved.SOLVED, Satisfaction.SATISFIED)
    return matter.id


async def _objection(cue: Cue, matter: Matter) -> None:
    wrong = await draft_for(matter, WRONG)
    wanted = {"what": "明确受理单位并出具核实意见", "evidence": "核实意见"}
    await wrong.write_extract(*EXTRACT, wanted, check=True)
    await cue.at("09-28 15:30")
    await wrong.sign()
    await cue.at("09-29 09:30")
    await wrong.object_to("权责清单(演示)第二十一项:规划核实由自然资源和规划部门办理", RIGHT)
    await cue.at("09-29 10:30")
    await wrong.uphold_objection(RIGHT, "经核对权责清单,规划核实确由自然资源和规划部门办理")
    await wrong.refused("handler", "objection", 409, "objection.final", reason="O1", basis="再次提出同样的退单异议意见")


async def _work(cue: Cue, matter: Matter) -> None:
    order = await draft_for(matter, RIGHT)
    await order.write_extract(*EXTRACT, {"what": "受理并出具核实意见", "evidence": "核实意见"}, check=True)
    await cue.at("09-29 11:00")
    await order.sign()
    await cue.at("09-29 14:00")
    await order.acknowledge()
    await order.ask_contact("请问房屋测绘是否已经委托")
    await cue.at("09-29 15:00")
    await order.contacted("已转告:测绘已委托,节后出成果")
    await cue.at("09-29 16:00")
    await order.give_notice(SURVEY, LICENCE)
    await cue.at("09-30 09:30")
    await order.ask_suspension("S2", "等待反映人提交房屋测绘成果", "2026-10-15")
    await cue.at("09-30 10:30")
    await order.grant_suspension("已出具一次性告知,缺测绘成果属实")
    await matter.reaches(MatterState.SUSPENDED)
    await cue.at("09-30 11:00")
    await order.contacted("已告知:等测绘成果,最迟十月十五日恢复办理")
    await cue.at("10-15 10:00")
    await order.reaches(OrderState.WORKING)
    await matter.reaches(MatterState.HANDLING)
    cue.tell("到期自动恢复计时")
    await order.give_notice(SURVEY, LICENCE, PHOTO)
    await cue.at("10-20 10:00")
    await order.answer("测绘成果收到,已出具规划核实意见,四邻签字照片不再要求。", "规划核实意见")
    await cue.at("10-20 15:00")
    await order.accept_answer("核实意见已出具")


async def check(player: Player, matter_id: str) -> list[Check]:
    """Another unit did it, the pause moved the due time, and the added paper is on record."""
    seen = await look(player, matter_id)
    old, new = seen.order_of(WRONG), seen.order_of(RIGHT)
    limit = await _limit(player, matter_id)
    return [
        fact("状态", MatterState.CLOSED, MatterState(seen.matter["state"])),
        fact("结果", Outcome.DONE, Outcome(seen.matter["outcome"])),
        fact("原交办单", OrderState.REASSIGNED, OrderState(old["state"])),
        fact(
            "后续交办单",
            (True, OrderState.CLOSED),
            (new["predecessor_id"] == old["order_id"], OrderState(new["state"])),
        ),
        fact("异议认定", True, old["objections"][0]["decision"]["granted"]),
        fact("联系由窗口办理", ["ASKED", "SUSPENSION"], [each["kind"] for each in new["contacts"]]),
        fact("恢复", ("10-15 09:00", "system"), _resumed(new)),
        fact("新增材料", ["四邻签字照片"], new["notices"][-1]["added"]),
        fact("D15 起算", "09-29 14:00", moment(limit["started_at"])),
        fact("D15 到期(中止后顺延)", "10-23 17:00", moment(limit["due_at"])),
        fact("没有超期", False, limit["overdue"]),
        fact("交办单不露反映人", True, "孟某" not in str(seen.orders)),
    ]


async def _limit(player: Player, matter_id: str) -> Mapping[str, Any]:
    found = await clocks(player, matter_id)
    return next(each for each in found if each["rule"] == "D15" and each["unit_id"] == RIGHT)


def _resumed(order: Mapping[str, Any]) -> tuple[str, str]:
    [suspension] = order["suspensions"]
    return moment(suspension["resumed_at"]), suspension["resumed_by"]
