"""C4 加油站: it truly cannot be done; the statement counts only with the principal's own signature."""

from typing import Any

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.checks import READER, Check, clocks, fact, look, moment
from bancheng.demo.identities import CITY
from bancheng.demo.orders import Order, draft_for
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
)

NAME, WINDOW = "C4 加油站", CITY
UNIT = "410200-U05"
RULES = "成品油零售经营管理规定(演示)"
JUDGEMENT = Judgement(
    Kind.CANNOT, HandlingPolicy.PUSH, RootCause.POLICY_UNCLEAR, "核查现行规定:换发证照后须经主管部门审查方可恢复营业。",
    units=(UNIT,), rule="D13",
)  # fmt: skip
EXTRACT = (
    "加油站换证后请求即时恢复营业",
    "该加油站新证照即将下发,希望证照一到手就恢复营业,不再等待审查。",
    "证照下发后立即恢复营业。",
)
STATEMENT: dict[str, Any] = {
    "conclusion": "CANNOT",
    "basis": [{
        "level": "RULE", "title": RULES, "number": "演示令〔2020〕1号", "article": "第十二条",
        "quotation": "换发经营证照的,应当经主管部门现场审查合格后方可恢复经营。",
        "issued_by": "省级主管部门(演示)", "effective_on": "2020-07-01",
    }],
    "facts_vs_basis": "该站属换发证照,尚未经现场审查,符合第十二条所列情形。",
    "reasons": "该站改造后储油设施和消防设施均有变化,规定要求换发证照后由主管部门现场审查合格方可恢复经营,"
               "审查涉及公共安全,不能以承诺代替,也没有可以容缺的规定,因此不能在证照下发的同时恢复营业。",
    "alternatives": "可在证照下发前预约现场审查,审查时间可缩短到两个工作日。",
    "remedy": "对处理意见不服的,可依法申请行政复议或提起行政诉讼。",
    "counsellor": "商务局行业管理科负责人",
}  # fmt: skip


async def play(cue: Cue, player: Player) -> str:
    """Over the holiday, to the make-up Saturday and the Monday after it."""
    matter = Matter(cue, player, WINDOW)
    await cue.at("09-29 14:00")
    await matter.register(
        {"kind": "ENTERPRISE", "name": "某加油站有限公司", "phone": "13800000005"},
        "换证后不让马上恢复营业",
        facts="加油站停业改造已完成,新证照马上下发,主管部门说发证后还要再审查才能营业。",
        demand="证照一下发就恢复营业。", blamed_unit_ids=[UNIT], item_code="JY-0012",
    )  # fmt: skip
    await matter.hand_out_slip()
    await matter.accept()
    await cue.at("09-29 15:00")
    await matter.propose(JUDGEMENT)
    await matter.approval_refused("approval.comparison_missing", UNIT, rule="D13")
    await cue.at("09-29 15:15")
    comparison = await _compared(matter)
    await cue.at("09-29 15:30")
    await matter.approve(UNIT, rule="D13")
    order = await draft_for(matter, UNIT)
    await order.write_extract(*EXTRACT, {"what": "依规定研究,能办即办;不能办的报送情况说明", "evidence": "情况说明"})
    await cue.at("09-29 16:00")
    await order.sign()
    await cue.at("09-30 09:30")
    await order.acknowledge()
    await cue.at("10-09 10:00")
    await _deputy_may_not(cue, order)
    await cue.at("10-10 10:00")
    await order.sign_statement(STATEMENT)
    await _upheld(cue, matter, order, comparison)
    return matter.id


async def _deputy_may_not(cue: Cue, order: Order) -> None:
    await order.file_refused(order.person("deputy"), STATEMENT, "cannot_do.not_principal")
    await cue.at("10-09 11:00")
    found = await order.read()
    running = [one for one in await clocks(order.matter.player, order.matter.id) if one["rule"] == "D13"]
    cue.expect("副职签字报送被拒(422)后未留存", None, found["statement"])
    cue.expect("被拒后交办单仍在办理", OrderState.WORKING, OrderState(found["state"]))
    cue.expect(
        "被拒后D13照常计时", [("OPEN", "10-10 17:00")], [(one["state"], moment(one["due_at"])) for one in running]
    )


async def _compared(matter: Matter) -> str:
    row = {"document": "成品油经营审查办法(演示)", "article": "第八条", "text": "换证后须经审查", "verdict": "SAME"}
    return await matter.compare(*[
        {**row, "city": city, "number": f"演示〔2021〕{number}号", "effective_on": "2021-05-01"}
        for number, city in enumerate(("甲市", "乙市", "丙市"), 1)
    ])  # fmt: skip


async def _upheld(cue: Cue, matter: Matter, order: Order, comparison: str) -> None:
    await matter.reaches(MatterState.CANNOT_REVIEW)
    await cue.at("10-10 11:00")
    await order.uphold(comparison, "依据现行有效,三市做法一致,不能办属实。")
    await cue.at("10-10 14:30")
    await matter.feed_back(
        FeedbackWay.FACE_TO_FACE, "当面说明规定原文和不能办的理由,并协助预约现场审查。",
        counselling_note="带班领导当面疏导,反映人表示理解,愿意预约审查。",
        remedy="可依法申请行政复议或提起行政诉讼。",
    )  # fmt: skip
    await cue.at("10-12 10:30")
    await matter.call_back(Solved.NOT_SOLVED, Satisfaction.BASICALLY_SATISFIED)


async def check(player: Player, matter_id: str) -> list[Check]:
    """Explained that it cannot be done, with a counselling note."""
    seen = await look(player, matter_id)
    order, limit = seen.order_of(UNIT), seen.clock("D13")
    statement, content = order["statement"], f"/matters/{matter_id}/content"
    records = (await player.get(READER, "intake", content, purpose="INSPECTION"))["records"]
    [compared] = (await player.get(READER, "referral", f"/matters/{matter_id}/comparisons"))["items"]
    return [
        fact("状态", MatterState.CLOSED, MatterState(seen.matter["state"])),
        fact("结果", Outcome.CANNOT_EXPLAINED, Outcome(seen.matter["outcome"])),
        fact("类别", [Kind.CANNOT], seen.kinds),
        fact("签收", "09-30 09:30", moment(order["acked_at"])),
        fact("D13 到期(周六补班日)", "10-10 17:00", seen.due("D13")),
        fact("情况说明报送", "10-10 10:00", moment(statement["filed_at"])),
        fact("D13 停于", "cannot_do.filed", limit.get("stop_event")),
        fact("按期报送", True, limit.get("overdue") is False),
        fact("签字人", f"principal@{UNIT}", statement["signer_id"]),
        fact("认定", "UPHOLD", statement["decision"]["decision"]),
        fact("认定时看过横向对比", True, statement["decision"]["comparison_id"] == compared["comparison_id"]),
        fact("对比先于认定", True, compared["recorded_at"] < statement["decision"]["at"]),
        fact("对比城市", 3, len(compared["rows"])),
        fact("有疏导记录", True, any("counselling_note" in record["words"] for record in records)),
        fact("没有超期", [], seen.overdue()),
    ]
