"""C5 公积金: what cannot be done turns out to be a barrier of policy, and the policy is rewritten."""

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.checks import READER, Check, fact, look, moment
from bancheng.demo.identities import CITY
from bancheng.demo.orders import draft_for
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

NAME, WINDOW = "C5 公积金", CITY
UNIT = "410200-U03"
JUDGEMENT = Judgement(
    Kind.CANNOT, HandlingPolicy.PUSH, RootCause.POLICY_UNCLEAR, "核查:补缴后不满连续正常缴存6个月,现行条件下不能贷款。",
    units=(UNIT,), rule="D13",
)  # fmt: skip
CITIES = (("甲市", "LOOSER"), ("乙市", "LOOSER"), ("丙市", "SAME"))


async def play(cue: Cue, player: Player) -> str:
    """About one week."""
    matter = Matter(cue, player, WINDOW)
    await cue.at("10-12 09:05")
    await matter.register(
        {"kind": "PERSON", "name": "贾某", "phone": "13800000006"},
        "工作调动断缴后办不了公积金贷款",
        facts="因工作调动公积金断缴两个月,补缴后申请贷款,被告知不符合连续正常缴存6个月的条件。",
        demand="请允许补缴后申请公积金贷款。", blamed_unit_ids=[UNIT], tries=3, item_code="GJJ-01",
    )  # fmt: skip
    await matter.hand_in("补缴凭证")
    await matter.hand_out_slip()
    await cue.at("10-12 09:15")
    await matter.accept()
    await cue.at("10-12 09:45")
    await matter.propose(JUDGEMENT)
    await cue.at("10-12 10:30")
    await matter.compare(*[
        {"city": city, "document": "公积金贷款管理办法(演示)", "number": f"演示〔2022〕{number}号", "article": "第六条",
         "text": "欠缴在规定期限内补缴的,视同连续缴存", "effective_on": "2022-03-01", "verdict": verdict}
        for number, (city, verdict) in enumerate(CITIES, 1)
    ])  # fmt: skip
    await cue.at("10-12 11:00")
    await matter.reclassify(
        Kind.HARD, [SubReason.POLICY_BARRIER], HandlingPolicy.PUSH, "D15", "省内多地补缴后视同连续缴存,系政策障碍"
    )
    await cue.at("10-12 11:30")
    await matter.approve(UNIT, rule="D15", class_hint=True)
    await _order(cue, matter)
    await cue.at("10-19 15:30")
    await matter.feed_back(FeedbackWay.PHONE, "贷款条件已修订,请携带材料到中心申请。")
    await cue.at("10-20 10:00")
    await matter.call_back(Solved.SOLVED, Satisfaction.VERY_SATISFIED)
    return matter.id


async def _order(cue: Cue, matter: Matter) -> None:
    order = await draft_for(matter, UNIT)
    await order.write_extract(
        "工作调动断缴补缴后的公积金贷款", "职工因工作调动断缴两个月,补缴后不符合连续正常缴存6个月的贷款条件。",
        "补缴后可以申请贷款。", {"what": "研究修订贷款条件,并答复本件", "evidence": "修订后的贷款条件"},
    )  # fmt: skip
    await cue.at("10-12 14:00")
    await order.sign()
    await cue.at("10-12 15:30")
    await order.acknowledge()
    await cue.at("10-19 10:00")
    await order.answer(
        "已修订贷款条件:连续、正常缴存6个月以上,因工作变动补缴不超过三个月的视同连续;已通知本人申请。",
        "修订后的缴存职工申请贷款条件",
    )
    await cue.at("10-19 14:00")
    await order.accept_answer("修订后的条件已公布")


async def check(player: Player, matter_id: str) -> list[Check]:
    """Done, as a barrier of policy, with a hint at a class of matters."""
    seen = await look(player, matter_id)
    order, limit, sheet = seen.order_of(UNIT), seen.clock("D15"), seen.assessment
    [compared] = (await player.get(READER, "referral", f"/matters/{matter_id}/comparisons"))["items"]
    return [
        fact("状态", MatterState.CLOSED, MatterState(seen.matter["state"])),
        fact("结果", Outcome.DONE, Outcome(seen.matter["outcome"])),
        fact("类别历史", [Kind.CANNOT, Kind.HARD], seen.kinds),
        fact("具体情形", [SubReason.POLICY_BARRIER], [SubReason(each) for each in sheet["sub_reasons"]]),
        fact("先对比后改变类别", True, compared["recorded_at"] < sheet["kind_history"][-1]["at"]),
        fact("更宽的城市", 2, sum(row["verdict"] == "LOOSER" for row in compared["rows"])),
        fact("类案提示", True, sheet["approval"]["class_hint"]),
        fact("当日交办", "10-12 14:00", moment(order["delivered_at"])),
        fact("当日签收", "10-12 15:30", moment(order["acked_at"])),
        fact("D15 到期", "10-21 17:00", seen.due("D15")),
        fact("反馈", "10-19 10:00", moment(limit.get("stopped_at"))),
        fact("按期反馈", True, limit.get("overdue") is False),
        fact("没有超期", [], seen.overdue()),
    ]
