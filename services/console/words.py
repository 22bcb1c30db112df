"""The Chinese of the console: one sentence for each type of event, names of rules and limits, moments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.console.domain import supervision
from shared.contracts import deadlines, intake, referral, triage
from shared.contracts.codes import (
    AcceptMode,
    AnswerResult,
    CallbackResult,
    Channel,
    Danger,
    Disclosure,
    ErasureGround,
    ExtensionReason,
    FeedbackWay,
    FileFormat,
    HandlingPolicy,
    Kind,
    MatterState,
    MeetingKind,
    NotAcceptedReason,
    ObjectionReason,
    Outcome,
    PaperForm,
    ProposalKind,
    RecusalGround,
    ReopenReason,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    SuspendReason,
    TransferTo,
    UnitRole,
    UnsatisfiedReason,
    label,
)
from shared.workdays import ZONE, Limit

# What each clock counts (handbook 5.1); ACK and WORK are what a unit reads instead of a rule.
RULES = {
    "D01": "线上/转来事项登记",
    "D02": "受理审查",
    "D03": "首次响应反映人",
    "D04": "研判",
    "D05": "批转并下发交办单",
    "D06": "承办单位签收",
    "D07": "承办单位联系反映人",
    "D08": "退单异议",
    "D10": "当场办结",
    "D11": "马上办事项办理",
    "D12": "不给办事项办理",
    "D13": "不能办情况说明",
    "D14": "不能办反馈反映人",
    "D15": "很难办事项办理",
    "D16": "复杂事项办理(需会商)",
    "D17": "历史遗留事项办理",
    "D18": "一次性告知",
    "D19": "结果审核",
    "D20": "反馈反映人",
    "D21": "首次回访",
    "D22": "重办",
    "ACK": "签收交办单",
    "WORK": "办理并反馈",
}
_WEEKDAYS = "一二三四五六日"


def rule(code: str) -> str:
    """A rule by its name, with its number where the reader may know it."""
    name = RULES.get(code)
    return code if name is None else f"{name}({code})" if code.startswith("D") else name


def limit(code: str) -> str:
    """A limit as a person reads it: 3个工作日."""
    try:
        return Limit.parse(code).in_words
    except ValueError:
        return code


def moment(at: datetime | None) -> str:
    """2026-10-10 17:00"""
    return "" if at is None else at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def day(at: date) -> str:
    """2026-10-10(周六): the weekday matters where a Saturday is worked."""
    return f"{at:%Y-%m-%d}(周{_WEEKDAYS[at.weekday()]})"


def told_at(text: str | None) -> str:
    """A moment as another service tells it: 2026-10-10 17:00."""
    return moment(datetime.fromisoformat(text)) if text else ""


def due(at: datetime | None) -> str:
    """2026-10-10(周六)17:00"""
    if at is None:
        return ""
    local = at.astimezone(ZONE)
    return f"{day(local)}{local:%H:%M}"


def level(code: str) -> str:
    """A step of supervision with its shape: ▲ 黄色督办."""
    return f"{supervision.shape(code)} {supervision.name(code)}"


@dataclass(frozen=True)
class Facts:
    """The codes kept of one event, read out in words; what is missing reads as nothing."""

    codes: Mapping[str, Any]
    units: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.codes.get(name, "")

    def say(self, name: str, code: type[StrEnum], around: str = "{}") -> str:
        """The label of a code, in `around`; nothing where there is none, the bare code where it is not known."""
        value = self.codes.get(name)
        if value is None:
            return ""
        return around.format(label(code(value)) if value in code._value2member_map_ else value)

    def unit(self, name: str = "unit_id") -> str:
        """A unit by its name, by its id until the directory has come."""
        return self.units.get(self.codes.get(name, ""), self.codes.get(name, ""))

    def all_units(self, name: str) -> str:
        """Several units."""
        return "、".join(self.units.get(unit, unit) for unit in self.codes.get(name, ()))

    def labels(self, name: str, code: type[StrEnum]) -> str:
        """Several codes."""
        known = code._value2member_map_
        return "、".join(label(code(value)) if value in known else value for value in self.codes.get(name, ()))

    def due(self, name: str = "due_at") -> str:
        """A moment among the facts."""
        value = self.codes.get(name)
        return due(datetime.fromisoformat(value)) if value else ""

    def moment(self, name: str) -> str:
        """A moment among the facts, without its weekday."""
        value = self.codes.get(name)
        return moment(datetime.fromisoformat(value)) if value else ""

    def when(self, name: str, words: str) -> str:
        """Some words, if the fact is there and true."""
        return words if self.codes.get(name) else ""


def sentence(kind: str, codes: Mapping[str, Any], units: Mapping[str, str]) -> str:
    """An event as a sentence; one without words of its own still shows that something happened."""
    tell = _SENTENCES.get(kind)
    return f"其他记录({kind})" if tell is None else tell(Facts(codes, units))


def _judged(f: Facts) -> str:
    reasons = f.labels("sub_reasons", SubReason)
    parts = (f.say("policy", HandlingPolicy), f.say("root_cause", RootCause), reasons)
    return "".join(f",{part}" for part in parts if part)


def _approved(f: Facts) -> str:
    orders = f["orders"] or []
    units = "、".join(f.units.get(order["unit_id"], order["unit_id"]) for order in orders)
    given = f"交办{units}" if orders else "由窗口直接办理,不发交办单"
    return f"带班领导批转:{f.say('kind', Kind)}{_judged(f)};{given}{f.when('class_hint', ';提示可归入类案')}"


def _answered(f: Facts) -> str:
    counted = f",受益人已解决{f['beneficiaries_solved']}/{f['beneficiaries_total']}" if f["beneficiaries_total"] else ""
    return f"{f.unit()}反馈办理结果:{f.say('result', AnswerResult)},佐证{f['evidence_count']}份{counted}"


def _issued(f: Facts) -> str:
    return f"交办单{f['order_no']}签发并送达{f.unit()}{f.say('role', UnitRole, '({})')}"


def _moved(f: Facts) -> str:
    back = f.say("from_state", MatterState, "由「{}」")
    return (
        f"事项{back}转为{f.say('to_state', MatterState, '「{}」')}{f.when('transition', '(' + f['transition'] + ')')}"
    )


def _started(f: Facts) -> str:
    held = f",{f.unit()}" if f["unit_id"] else ""
    return f"开始计时:{rule(f['rule'])}{held},时限{limit(f['limit'])},应于{f.due()}前完成{_provisional(f)}"


def _recounted(f: Facts) -> str:
    same = f["previous_due_at"] == f["due_at"]
    return f"重新计时:{rule(f['rule'])},期限" + (
        f"仍为{f.due()}{_provisional(f)}" if same else f"由{f.due('previous_due_at')}改为{f.due()}{_provisional(f)}"
    )


def _stopped(f: Facts) -> str:
    return f"停止计时:{rule(f['rule'])}," + ("已超过期限" if f["overdue"] else "在期限内") + f"(期限{f.due()})"


def _reached(f: Facts) -> str:
    held = f"{f.unit()},{rule(f['rule'])}" if f["unit_id"] else rule(f["rule"])
    return f"督办升级:{level(f['level'])}({held},期限{f.due()});文书送出{f.due('sent_at')}"


def _sent(f: Facts) -> str:
    paper = supervision.paper(f["level"]) or "督办消息"
    held = f"{f.unit()},{rule(f['rule'])}" if f["unit_id"] else rule(f["rule"])
    return f"送出{paper}:{level(f['level'])}({held},期限{f.due()})"


def _provisional(f: Facts) -> str:
    return f.when("provisional", "(暂定:所跨年度节假日安排未公布)")


def _compared(f: Facts) -> str:
    return f"横向对比{f['cities']}个城市,其中{f['looser']}个更宽松" if f["needed"] else "记录:无需横向对比(已说明理由)"


def _called_back(f: Facts) -> str:
    said = f"接通,{f.say('solved', Solved)}{f.say('satisfaction', Satisfaction, ',{}')}"
    return f"回访完成({f['attempts']}次):" + (said if f["reached"] else "规定次数内未能接通")


_SENTENCES: dict[str, Callable[[Facts], str]] = {
    intake.MatterReceived.TYPE: lambda f: (
        f"收到反映事项({f.say('channel', Channel)}){f.when('historical', ',历史数据')}"
    ),
    intake.MatterRegistered.TYPE: lambda f: (
        f"登记编号{f['register_no']}({f.say('channel', Channel)}{f.say('disclosure', Disclosure, ',{}')}"
        f"{f.when('group_size', ',群体' + str(f['group_size']) + '人')})"
        f"{f.when('written_at', ',补录:纸质登记于' + f.moment('written_at'))}"
    ),
    intake.MatterAlarmRaised.TYPE: lambda f: f"紧急提醒:{f.labels('dangers', Danger)}",
    intake.MatterAlarmAcknowledged.TYPE: lambda f: "紧急情况已处置",
    intake.MatterAccepted.TYPE: lambda f: f"受理({f.say('mode', AcceptMode)})",
    intake.MatterResolvedOnSpot.TYPE: lambda f: f"当场办结,用时{f['minutes_spent']}分钟{_judged(f)}",
    intake.MatterHandledOnSite.TYPE: lambda f: (
        f"带班领导现场督办,查明责任单位:{f.unit('responsible_unit_id')}{_judged(f)}"
    ),
    intake.MatterReviewed.TYPE: lambda f: f"窗口审核:{f.say('outcome', Outcome)}{_judged(f)}",
    intake.MatterMoved.TYPE: _moved,
    intake.FeedbackGiven.TYPE: lambda f: (
        f"向反映人反馈结果({f.say('way', FeedbackWay)}){f.when('counselling', ',已作疏导')}"
    ),
    intake.CallbackAttempted.TYPE: lambda f: f"第{f['attempt_no']}次回访:{f.say('result', CallbackResult)}",
    intake.CallbackCompleted.TYPE: _called_back,
    intake.MatterReworkOrdered.TYPE: lambda f: (
        f"责令重办,进入第{f['round']}轮,原因:{f.say('reason', UnsatisfiedReason)}"
    ),
    intake.MatterMaterialAdded.TYPE: lambda f: (
        f"登记材料:{f.say('form', PaperForm)}{f['pages']}页({f.say('format', FileFormat)})"
    ),
    intake.MatterMaterialReturned.TYPE: lambda f: "材料已退还反映人",
    intake.MatterClosed.TYPE: lambda f: f"办结销号:{f.say('outcome', Outcome)}{_judged(f)}",
    intake.MatterProposed.TYPE: lambda f: (
        f"提请带班领导决定:{f.say('kind', ProposalKind)}{f.say('reason', NotAcceptedReason, ',{}')}"
    ),
    intake.MatterProposalDeclined.TYPE: lambda f: (
        "带班领导认定不满意的理由不成立"
        if f["kind"] == ProposalKind.REWORK
        else f"带班领导不同意{f.say('kind', ProposalKind)},继续办理"
    ),
    intake.SlipPrinted.TYPE: lambda f: "打印回执,原查询码作废",
    intake.MatterArchived.TYPE: lambda f: "归档",
    intake.MatterNotAccepted.TYPE: lambda f: f"不予受理:{f.say('reason', NotAcceptedReason)},已告知反映人去处",
    intake.MatterRecusalDeclared.TYPE: lambda f: f"有工作人员回避:{f.say('ground', RecusalGround)}",
    intake.MatterRecusalLifted.TYPE: lambda f: "误报的回避已撤销",
    intake.MatterMerged.TYPE: lambda f: "并入主件,由主件一并办理",
    intake.MatterWithdrawn.TYPE: lambda f: "反映人撤回",
    intake.MatterTransferred.TYPE: lambda f: f"转其他渠道:{f.say('receiver', TransferTo)},已取得回执",
    intake.ReporterErased.TYPE: lambda f: f"反映人信息已依法删除({f.say('ground', ErasureGround)})",
    intake.MatterReopened.TYPE: lambda f: f"复开,进入第{f['round']}轮,原因:{f.say('reason', ReopenReason)}",
    triage.MatterTriaged.TYPE: lambda f: f"研判意见:{f.say('kind', Kind)}{_judged(f)}",
    triage.MatterTriageReturned.TYPE: lambda f: "带班领导退回,重新研判",
    triage.MatterReclassified.TYPE: lambda f: (
        f"重新分类:{f.say('from_kind', Kind)}改为{f.say('to_kind', Kind)}{_judged(f)}"
    ),
    triage.MatterLoweringAsked.TYPE: lambda f: f"申请由不给办改为{f.say('to_kind', Kind)},待党风政风监督室复核",
    triage.MatterLoweringDeclined.TYPE: lambda f: f"复核不同意由不给办改为{f.say('to_kind', Kind)}",
    triage.MatterApproved.TYPE: _approved,
    referral.OrderDrafted.TYPE: lambda f: f"拟制交办单:{f.unit()}{f.say('role', UnitRole, '({})')},{rule(f['rule'])}",
    referral.OrderIssued.TYPE: _issued,
    referral.OrderAcked.TYPE: lambda f: f"{f.unit()}签收",
    referral.OrderAnswered.TYPE: _answered,
    referral.OrderReturned.TYPE: lambda f: f"窗口退回{f.unit()}的反馈,要求重办",
    referral.OrderAccepted.TYPE: lambda f: f"窗口审核通过{f.unit()}的反馈({f.say('result', AnswerResult)}),交办单销号",
    referral.OrderObjected.TYPE: lambda f: (
        f"{f.unit()}提出退单异议:{f.say('reason', ObjectionReason)}"
        f"{f.when('suggested_unit_id', ',建议改派' + f.unit('suggested_unit_id'))}"
    ),
    referral.OrderObjectionDecided.TYPE: lambda f: (
        f"带班领导认定{f.unit()}的异议" + ("成立" if f["upheld"] else "不成立,不得再次退单")
    ),
    referral.OrderReassigned.TYPE: lambda f: f"{f.unit()}的交办单改派{f.unit('successor_unit_id')}",
    referral.OrderDropped.TYPE: lambda f: f"{f.unit()}的交办单不再另行交办",
    referral.OrderExtensionRequested.TYPE: lambda f: (
        f"{f.unit()}第{f['number']}次申请延期{limit(f['limit'])}:{f.say('reason', ExtensionReason)}"
    ),
    referral.OrderExtensionDecided.TYPE: lambda f: (
        f"{f.unit()}的第{f['number']}次延期申请" + (f"获批准,延长{limit(f['limit'])}" if f["granted"] else "未获批准")
    ),
    referral.OrderSuspensionRequested.TYPE: lambda f: f"{f.unit()}申请中止计时:{f.say('reason', SuspendReason)}",
    referral.OrderSuspensionDeclined.TYPE: lambda f: f"{f.unit()}的中止申请未获批准,继续计时",
    referral.OrderSuspended.TYPE: lambda f: (
        f"{f.unit()}的交办单中止计时:{f.say('reason', SuspendReason)},最迟{f['resume_by']}恢复"
    ),
    referral.OrderResumed.TYPE: lambda f: f"{f.unit()}的交办单{f.when('automatic', '到期自动')}恢复计时",
    referral.OrderContactRequested.TYPE: lambda f: f"{f.unit()}请窗口联系反映人",
    referral.OrderContacted.TYPE: lambda f: f"{f.unit() if f['by_unit'] else '窗口'}已联系反映人",
    referral.OrderVoided.TYPE: lambda f: f"{f.unit()}的交办单作废",
    referral.OrdersAllSettled.TYPE: lambda f: f"第{f['round']}轮交办单全部办结:{f.say('outcome', Outcome)}",
    referral.CannotDoFiled.TYPE: lambda f: f"{f.unit()}报送不能办情况说明,政策依据{f['basis_count']}条",
    referral.CannotDoUpheld.TYPE: lambda f: f"带班领导认定{f.unit()}的不能办情况说明成立",
    referral.CannotDoRejected.TYPE: lambda f: f"带班领导认定{f.unit()}的不能办情况说明不成立",
    referral.CannotDoPolicyChanged.TYPE: lambda f: f"{f.unit()}说明所依据的政策已调整,重新办理",
    referral.NoticeBreachDetected.TYPE: lambda f: (
        f"{f.unit()}一次性告知不到位:第{f['version']}版新增{f['added_count']}项首次未告知的材料"
    ),
    referral.NoticeIssued.TYPE: lambda f: (
        f"{f.unit()}一次性告知(第{f['version']}版),材料{f['material_count']}项"
        f"{f.when('added_count', ',其中新增' + str(f['added_count']) + '项')}"
    ),
    referral.MeetingScheduled.TYPE: lambda f: f"召集{f.say('kind', MeetingKind)}:{f.all_units('unit_ids')}",
    referral.MeetingSessionHeld.TYPE: lambda f: (
        f"会议第{f['session_no']}次:到会{f.all_units('present_unit_ids')}"
        f"{f.when('absent_unit_ids', ';缺席' + f.all_units('absent_unit_ids'))}"
    ),
    referral.MeetingConcluded.TYPE: lambda f: (
        f"会议结束(共{f['sessions']}次),任务落实到:{f.all_units('task_unit_ids')}"
    ),
    referral.ComparisonRecorded.TYPE: _compared,
    deadlines.DeadlineStarted.TYPE: _started,
    deadlines.DeadlineMoved.TYPE: _recounted,
    deadlines.DeadlinePaused.TYPE: lambda f: f"中止计时:{rule(f['rule'])},最迟{f.due('resumes_at')}恢复",
    deadlines.DeadlineResumed.TYPE: lambda f: (
        f"恢复计时:{rule(f['rule'])},期限由{f.due('previous_due_at')}改为{f.due()}{_provisional(f)}"
    ),
    deadlines.DeadlineStopped.TYPE: _stopped,
    deadlines.SupervisionReached.TYPE: _reached,
    deadlines.SupervisionSent.TYPE: _sent,
    deadlines.SupervisionWithdrawn.TYPE: lambda f: (
        f"撤销督办:{level(f['level'])}({rule(f['rule'])}),行为发生在升级之前或期限已改"
    ),
    deadlines.OrderAckMissed.TYPE: lambda f: f"{f.unit()}逾期未签收,办理时限自送达之日起算",
}


# Lines of intake's record of handling, and what their texts are called.
RECORD_KINDS = {
    "ON_SPOT": "当场办结", "ON_SITE": "现场督办", "REVIEW": "审核", "FEEDBACK": "反馈反映人", "CALLBACK": "回访",
    "REFUSAL_PROPOSED": "提请不予受理", "MERGER_PROPOSED": "提请并件", "PROPOSAL_DECLINED": "不同意提请",
    "WITHDRAWAL": "反映人撤回", "RECUSAL": "回避", "RECUSAL_LIFTED": "撤销回避", "TRANSFER": "转其他渠道",
    "REOPENING": "复开", "LATE_ENTRY": "补录",
}  # fmt: skip
RECORD_WORDS = {
    "action_taken": "办理情况", "where": "地点", "urged": "督促内容", "found": "查明情况", "result": "办理结果",
    "content": "反馈内容", "counselling_note": "疏导情况", "remedy": "救济途径", "note": "备注", "reason": "理由",
}  # fmt: skip
CALENDAR_STATES = {"official": "正式", "amended": "正式(已修订)", "provisional": "暂定", "historical": "历史"}
# What a look opened, as events name it.
FIELD_GROUPS = {
    "CONTENT": "反映内容", "IDENTITY": "反映人身份", "MATERIALS": "材料", "CONTACT_SHEET": "反映人联系单",
    "ORDER_FILES": "交办单文件", "MINUTES": "会议纪要",
}  # fmt: skip
