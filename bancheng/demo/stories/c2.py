"""C2 药品许可: first taken for missing material, sent back, and found to be a refusal; the list is given once."""

from collections.abc import Mapping, Sequence
from typing import Any

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.checks import Check, fact, look, moment
from bancheng.demo.identities import CITY
from bancheng.demo.orders import draft_for
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue
from shared.contracts.codes import (
    Disclosure,
    FeedbackWay,
    HandlingPolicy,
    Kind,
    MatterState,
    Outcome,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
)

NAME, WINDOW = "C2 药品许可", CITY
UNIT = "410200-U04"
REASONS = (SubReason.ATTITUDE, SubReason.NO_ONE_TIME_NOTICE)
FIRST = Judgement(
    Kind.HARD, HandlingPolicy.PUSH, RootCause.FLOW_POOR, "来人称多次来窗口均被要求补充材料,疑为材料不齐。",
    sub_reasons=(SubReason.MISSING_MATERIAL,), units=(UNIT,), rule="D15",
)  # fmt: skip
SECOND = Judgement(
    Kind.REFUSED, HandlingPolicy.SUPERVISED, RootCause.STYLE, "调取办件记录:历次均未出具材料清单,接待态度冷漠。",
    sub_reasons=REASONS, units=(UNIT,), rule="D12",
)  # fmt: skip
EXTRACT = (
    "药品零售经营许可多次补正未办结",
    "申请人多次到审批窗口申办药品零售经营许可证,每次都被要求补充不同的材料,从未拿到完整的材料清单。",
    "请一次性告知全部材料,依法办理许可。",
)
MATERIALS = [
    {"name": name, "basis": "药品经营许可办事指南(演示)", "form": form, "copies": 1}
    for name, form in (("营业执照", "COPY"), ("经营场所平面布置图", "ORIGINAL"), ("质量管理制度文本", "ELECTRONIC"))
]


async def play(cue: Cue, player: Player) -> str:
    """Three days."""
    matter = Matter(cue, player, WINDOW)
    await cue.at("09-28 09:05")
    await matter.register(
        {"kind": "PERSON", "name": "雷某", "phone": "13800000002"},
        "申办药品零售经营许可证反复被退",
        facts="我是雷某,申办药品零售经营许可证,跑了多次,每次都说还缺材料,说法还不一样。",
        demand="请一次说清要哪些材料,把证办下来。",
        disclosure="MASK", blamed_unit_ids=[UNIT], tries=6, item_code="YP-0007", counter_no="21",
    )  # fmt: skip
    await matter.hand_in("已提交的申请材料")
    await matter.hand_out_slip()
    await cue.at("09-28 09:15")
    await matter.accept()
    await cue.at("09-28 09:30")
    await matter.propose(FIRST)
    await cue.at("09-28 09:50")
    await matter.send_back("多次来访均被要求补材料,请核查是否做到一次性告知")
    await cue.at("09-28 10:10")
    await matter.reclassify(
        Kind.REFUSED, REASONS, HandlingPolicy.SUPERVISED, "D12", "材料早已齐全,系一次性告知不到位、态度冷漠"
    )
    await matter.propose(SECOND)
    await cue.at("09-28 10:30")
    await matter.approve(UNIT, rule="D12", codes=["ONE_TIME_NOTICE"])
    await _order(cue, matter)
    await cue.at("09-30 14:30")
    await matter.feed_back(FeedbackWay.PHONE, "许可证已办结,可到窗口领取。")
    await cue.at("09-30 16:00")
    await matter.call_back(Solved.SOLVED, Satisfaction.SATISFIED)
    return matter.id


async def _order(cue: Cue, matter: Matter) -> None:
    order = await draft_for(matter, UNIT)
    told = await matter.check_text(f"雷某反映:{EXTRACT[1]}")
    cue.expect("摘要写有反映人时文本核查不通过", False, told["clean"])
    await order.write_extract(
        *EXTRACT, {"what": "出具一次性告知和完整材料清单", "evidence": "材料清单", "due_rule": "D18"}, check=True
    )
    await cue.at("09-28 10:40")
    await order.sign()
    await cue.at("09-28 11:10")
    await order.acknowledge()
    await cue.at("09-28 14:30")
    await order.give_notice(*MATERIALS)
    await cue.at("09-30 10:00")
    await order.answer("材料收齐,已当场核发许可证;对窗口人员进行了批评教育。", "许可证副本")
    await cue.at("09-30 11:00")
    await order.accept_answer("许可证已核发")


async def check(player: Player, matter_id: str) -> list[Check]:
    """Done and answered in time; the history shows both kinds."""
    seen = await look(player, matter_id)
    order, limit = seen.order_of(UNIT), seen.clock("D12")
    return [
        fact("状态", MatterState.CLOSED, MatterState(seen.matter["state"])),
        fact("结果", Outcome.DONE, Outcome(seen.matter["outcome"])),
        fact("隐名交办", Disclosure.MASK, Disclosure(seen.matter["disclosure"])),
        fact("交办单不露反映人", True, "雷某" not in str(order)),
        fact("类别历史", [Kind.HARD, Kind.REFUSED], seen.kinds),
        fact("退回次数", 1, len(seen.assessment["returns"])),
        fact("主要原因", RootCause.STYLE, RootCause(seen.matter["root_cause"])),
        fact("批转前改变类别", True, _changed_before_approval(seen.assessment)),
        fact("签收", "09-28 11:10", moment(order["acked_at"])),
        fact("D12 从签收起算", "09-28 11:10", moment(limit.get("started_at"))),
        fact("D12 到期", "10-08 17:00", seen.due("D12")),
        fact("反馈", "09-30 10:00", moment(limit.get("stopped_at"))),
        fact("按期反馈", True, limit.get("overdue") is False),
        fact("材料清单只告知一次", "1份3项,追加0项", _notices(order["notices"])),
        fact("没有超期", [], seen.overdue()),
    ]  # fmt: skip


def _changed_before_approval(sheet: Mapping[str, Any]) -> bool:
    return bool(sheet["kind_history"][-1]["at"] < sheet["approval"]["approved_at"])


def _notices(notices: Sequence[Mapping[str, Any]]) -> str:
    added = sum(len(notice["added"]) for notice in notices)
    return f"{len(notices)}份{len(notices[-1]['materials'])}项,追加{added}项"
