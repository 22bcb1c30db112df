"""政策跟踪: a statement that does not stand gets a new order; one that stands comes back when its policy changes."""

from typing import Any

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.checks import READER, Check, fact, look, moment
from bancheng.demo.identities import CITY
from bancheng.demo.orders import Order, draft_for
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
)

NAME, WINDOW = "政策跟踪", CITY
UNIT = "410200-U07"
JUDGEMENT = Judgement(
    Kind.CANNOT, HandlingPolicy.PUSH, RootCause.POLICY_UNCLEAR, "核查现行规定:门诊慢特病异地备案满三个月方可直接结算。",
    units=(UNIT,), rule="D13",
)  # fmt: skip
AGAIN = Judgement(
    Kind.HARD, HandlingPolicy.AT_ONCE, RootCause.POLICY_UNCLEAR, "新办法施行,备案即可结算,通知承办单位补办。",
    sub_reasons=(SubReason.POLICY_BARRIER,), units=(UNIT,), rule="D11",
)  # fmt: skip
LAW: dict[str, Any] = {
    "level": "NORMATIVE", "title": "异地就医结算经办规程(演示)", "number": "演示医保〔2022〕5号",
    "issued_by": "省级主管部门(演示)", "effective_on": "2022-06-01",
    "articles": [{"number": "第九条", "text": "门诊慢特病异地直接结算的,应当自备案之日起满三个月。"}],
}  # fmt: skip
NEW_LAW = LAW | {
    "number": "演示医保〔2026〕31号", "effective_on": "2026-10-15",
    "articles": [{"number": "第九条", "text": "门诊慢特病办理异地备案的,自备案之日起可以直接结算。"}],
}  # fmt: skip
EXTRACT = (
    "门诊慢特病异地直接结算被拒",
    "反映人已办理异地就医备案,门诊慢特病费用不能直接结算,经办窗口称须备案满三个月。",
    "请允许直接结算已发生的费用。",
)
REASONS = (
    "反映人备案时间为九月初,至申请结算时尚不满三个月;经办规程对门诊慢特病异地直接结算设有备案期限,"
    "没有可以提前或者补正的例外,经办机构无权放宽,因此目前不能直接结算,可先垫付后持票据回参保地报销。"
)


async def play(cue: Cue, player: Player) -> str:
    """Two statements: the first rests on nothing, the second on a policy that changes."""
    await cue.at("09-28 16:00")
    law = await player.post(READER, "referral", "/policies", LAW)
    matter = Matter(cue, player, WINDOW)
    await matter.register(
        {"kind": "PERSON", "name": "薛某", "phone": "13800000042"}, "异地门诊慢特病不能直接结算",
        facts="我在外地看慢性病,已经备案,窗口说要满三个月才能直接结算,费用只能自己垫。",
        demand="请允许直接结算。", blamed_unit_ids=[UNIT], tries=2, item_code="YB-0033",
    )  # fmt: skip
    await matter.accept()
    await cue.at("09-28 16:20")
    await matter.propose(JUDGEMENT)
    row = {"city": "甲市", "document": "异地就医规程(演示)", "number": "演示〔2021〕12号", "article": "第五条",
           "text": "备案满三个月可直接结算", "effective_on": "2021-05-01", "verdict": "SAME"}  # fmt: skip
    comparison = await matter.compare(row)
    await cue.at("09-28 16:40")
    await matter.approve(UNIT, rule="D13")
    await _rejected(cue, matter, law["policy_id"])
    await _upheld(cue, matter, law["policy_id"], comparison)
    await _back(cue, matter, law["policy_id"])
    return matter.id


async def _rejected(cue: Cue, matter: Matter, law: str) -> None:
    order = await _delivered(matter, "依规定研究,能办即办;不能办的报送情况说明", "情况说明")
    await cue.at("09-29 09:10")
    await order.acknowledge()
    await order.refused(
        "handler", "extension", 422, "extension.forbidden", days=2, reason="E2", evidence="待上级答复", plan="节后办结"
    )
    excuse = _statement(law) | {"basis": [{"level": "INTERNAL", "title": "内部规定", "number": "无"}]}
    await order.sign_refused(excuse, "cannot_do.no_legal_basis")
    await cue.at("09-30 10:00")
    await order.sign_statement(_statement(law) | {"reasons": REASONS.replace("九月初", "八月末")})
    await matter.reaches(MatterState.CANNOT_REVIEW)
    await cue.at("09-30 15:00")
    await order.reject("备案日期与事实不符:反映人九月一日备案,请据实重新说明")
    await order.order_again("D13")


async def _upheld(cue: Cue, matter: Matter, law: str, comparison: str) -> None:
    await matter.reaches(MatterState.HANDLING)
    order = await _delivered(matter, "据实重新说明", "情况说明")
    await cue.at("10-08 09:30")
    await order.acknowledge()
    await cue.at("10-08 15:00")
    await order.sign_statement(_statement(law))
    await cue.at("10-09 10:00")
    await order.uphold(comparison, "依据现行有效,确不能办;政策调整后再办。", watch=True)
    await matter.feed_back(
        FeedbackWay.FACE_TO_FACE, "说明规程原文和不能直接结算的理由,告知先垫付后报销。",
        counselling_note="反映人表示理解,希望政策放宽后通知。", remedy="可依法申请行政复议。",
    )  # fmt: skip
    await cue.at("10-10 10:00")
    await matter.call_back(Solved.NOT_SOLVED, Satisfaction.BASICALLY_SATISFIED)
    await matter.reaches(MatterState.CLOSED)


async def _back(cue: Cue, matter: Matter, law: str) -> None:
    """The policy changes, and who was refused under it is taken up again without asking."""
    player = matter.player
    await cue.at("10-15 09:30")
    new = await player.post(READER, "referral", "/policies", NEW_LAW)
    ended = {"ended_on": "2026-10-14", "superseded_by": new["policy_id"]}
    await player.post(READER, "referral", f"/policies/{law}/end", ended)
    await matter.reaches(MatterState.ACCEPTED)
    cue.tell("所依据的政策调整,事项自动复开")
    await cue.at("10-15 10:00")
    await matter.propose(AGAIN, "新规程施行,可以直接结算")
    await cue.at("10-15 10:30")
    await matter.approve(UNIT, rule="D11")
    order = await _delivered(matter, "为反映人办理直接结算", "结算单")
    await cue.at("10-15 14:00")
    await order.acknowledge()
    await cue.at("10-16 10:00")
    await order.answer("已按新规程办理直接结算,垫付的费用同步补报。", "结算单")
    await cue.at("10-16 11:00")
    await order.accept_answer("结算单已核对")
    await matter.feed_back(FeedbackWay.PHONE, "新规程施行,费用已可直接结算,垫付部分已补报。")
    await cue.at("10-19 09:30")
    await matter.call_back(Solved.SOLVED, Satisfaction.VERY_SATISFIED)


async def check(player: Player, matter_id: str) -> list[Check]:
    """Done in the second round; three orders, each ended in its own way."""
    seen = await look(player, matter_id)
    first, second, third = seen.orders
    texts = [order["statement"]["text"]["basis"][0]["number"] for order in (first, second)]
    return [
        fact("状态", MatterState.CLOSED, MatterState(seen.matter["state"])),
        fact("结果", Outcome.DONE, Outcome(seen.matter["outcome"])),
        fact("轮次", 2, seen.matter["round"]),
        fact("交办单", ["REJECTED", "CLOSED", "CLOSED"], [order["state"] for order in seen.orders]),
        fact("不成立的说明有后续交办单", True, second["predecessor_id"] == first["order_id"]),
        fact("说明引用政策依据库", [LAW["number"]] * 2, texts),
        fact("政策调整后不再跟踪", False, second["statement"]["watched"]),
        fact("签字", "10-08 15:00", moment(second["statement"]["signed_at"])),
        fact("新一轮结果", "SOLVED", third["answers"][-1]["result"]),
        fact("3日时限未延长", [], [order["extensions"] for order in seen.orders if order["extensions"]]),
        fact("没有超期", [], seen.overdue()),
    ]


async def _delivered(matter: Matter, what: str, evidence: str) -> Order:
    order = await draft_for(matter, UNIT)
    await order.write_extract(*EXTRACT, {"what": what, "evidence": evidence})
    await order.sign()
    return order


def _statement(law: str) -> dict[str, Any]:
    return {
        "conclusion": "NOT_NOW", "basis": [{"level": "NORMATIVE", "article": "第九条", "policy_id": law}],
        "facts_vs_basis": "反映人备案未满三个月,不符合第九条规定的条件。", "reasons": REASONS,
        "alternatives": "可先垫付,持票据回参保地手工报销。", "remedy": "对处理意见不服的,可依法申请行政复议。",
        "counsellor": "医保局待遇科负责人",
    }  # fmt: skip
