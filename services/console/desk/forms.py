"""Every form of the desk, readable as a table: who may open it, in which states of a matter, and what it asks."""

from collections.abc import Mapping

from services.console.desk.fields import Field, Group
from services.console.desk.form import CALLER, LEADER, STAFF, Form
from services.console.desk.judging import JUDGING
from shared.contracts.actor import Actor
from shared.contracts.codes import (
    AlreadyIn,
    CallbackResult,
    Channel,
    ConfirmMode,
    Disclosure,
    FeedbackWay,
    IdType,
    MatterState,
    NotAcceptedReason,
    Outcome,
    PaperForm,
    RecusalGround,
    ReopenReason,
    ReporterKind,
    Role,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    TransferTo,
    UnsatisfiedReason,
    Urgency,
    Vulnerable,
)
from shared.rights import OVERSEEING_ROLES

S = MatterState
OPEN = tuple(
    state
    for state in MatterState
    if state not in (S.PENDING_INTAKE, S.NOT_ACCEPTED, S.CLOSED, S.ARCHIVED, S.MERGED, S.WITHDRAWN, S.TRANSFERRED)
)
POSTED_NOTICE = "POSTED"  # the privacy notice that hangs at the counter


_NOTE = Field("note", "备注", "text")
_TOLD = Field("told", "告知反映人的方式", "one", FeedbackWay, required=True)
_CAUSE = Field("root_cause", "主要原因", "one", RootCause, required=True)

_WHO = Group("反映人", (
    Field("reporter.kind", "反映人类别", "one", ReporterKind, required=True, usual=ReporterKind.PERSON),
    Field("reporter.name", "姓名或名称", hint="匿名的可不填"),
    Field("reporter.phone", "联系电话", hint="手机号,或带区号的固定电话"),
    Field("reporter.id_type", "证件类型", "one", IdType, hint="确需时填写"),
    Field("reporter.id_no", "证件号码"),
    Field("disclosure", "是否同意向承办单位公开身份", "one", Disclosure, required=True, usual=Disclosure.MASK),
    Field("vulnerable", "特殊群体", "many", Vulnerable),
))  # fmt: skip
_FOR_WHOM = Group("代办与群体(没有的不填)", (
    Field("reporter.agent.name", "代办人姓名"),
    Field("reporter.agent.relation", "与当事人关系"),
    Field("reporter.agent.phone", "代办人电话"),
    Field("reporter.beneficiary.name", "当事人姓名"),
    Field("reporter.beneficiary.age", "当事人年龄", "number", hint="未满14周岁的须由监护人反映"),
    Field("reporter.group_size", "群体人数", "number"),
    Field("reporter.representatives", "群体代表", "people", hint="每行一人:姓名 电话,不超过5人"),
))  # fmt: skip
_WHAT = Group("反映事项", (
    Field("title", "事由", "sentence", required=True, hint="一句话,不写电话和证件号码"),
    Field("facts", "反映内容", "text", required=True, hint="时间、地点、经过、跑过几次;向反映人复述"),
    Field("demand", "诉求", "text", required=True),
    Field("item_code", "事项编码", hint="其他事项填 OTHER"),
    Field("item_text", "事项名称", hint="编码填 OTHER 时写明"),
    Field("blamed_unit_ids", "被反映单位", "units"),
    Field("counter_no", "窗口号"),
    Field("tries", "已跑次数", "number"),
    Field("tried", "已找过的单位", "text"),
    Field("already_in", "已走的其他程序", "many", AlreadyIn),
    Field("hotline_ref", "12345工单号", hint="反映人知道的填上,避免同一件再从热线转来"),
    Field("urgency", "紧急程度", "one", Urgency, required=True, usual=Urgency.NORMAL),
))  # fmt: skip
_CONFIRMED = Group("确认", (
    Field("confirm_mode", "反映人确认方式", "one", ConfirmMode, required=True, usual=ConfirmMode.ORAL_READBACK),
    Field("conflict_of_interest", "我与反映人或所反映事项有利害关系(应当回避)", "tick"),
))  # fmt: skip
_WHENCE = Group("来源", (
    Field("channel", "反映渠道", "one", Channel, required=True, usual=Channel.WALK_IN),
    Field("source_ref", "来源单号", hint="除窗口来访外必填"),
))  # fmt: skip

_PAPER = Group("补录(网络中断期间在纸质登记簿上登记的)", (
    Field("late.year", "预留编号年份", "number"),
    Field("late.number", "预留编号", "number", hint="纸页上印的号码"),
    Field("late.written_at", "纸质登记时间", "moment"),
    Field("late.reason", "补录原因", "sentence"),
))  # fmt: skip

ON_THE_SPOT = Form("快速登记 · 当场办结", (Group("", (
    Field("name", "姓名或名称", required=True),
    Field("phone", "联系电话", required=True),
    Field("item_code", "事项编码"),
    Field("title", "事由", "sentence", required=True, hint="一句话,不写电话和证件号码"),
    Field("done", "办理情况", "text", required=True, hint="当场怎么办的、怎么答复的"),
    _CAUSE,
    Field("minutes_spent", "用时(分钟)", "number", usual="10"),
)),), submit="登记并办结", finds_alike=True)  # fmt: skip
REGISTER = Form(
    "登记", (_WHENCE, _WHO, _WHAT, _FOR_WHOM, _PAPER, _CONFIRMED), submit="登记",
    finds_alike=True, fixed={"privacy_notice_version": POSTED_NOTICE},
)  # fmt: skip

# Forms about a matter, by the last part of their address.
ACTS: Mapping[str, Form] = {
    **JUDGING,
    "registration": Form(
        "登记来件", (_WHO, Group(_WHAT.title, (
            Field("title", "事由", "sentence", hint="不填则按来件"),
            Field("facts", "反映内容", "text", hint="不填则按来件"),
            *_WHAT.fields[2:],
        )), _FOR_WHOM, _CONFIRMED), STAFF, (S.PENDING_INTAKE,), "登记",
        {"privacy_notice_version": POSTED_NOTICE},
    ),
    "acceptance": Form("受理", (), STAFF, (S.REGISTERED,), "受理"),
    "on-spot-settlement": Form("当场办结", (Group("", (
        Field("done", "办理情况", "text", required=True), _CAUSE,
        Field("minutes_spent", "用时(分钟)", "number", usual="10"),
    )),), STAFF, (S.REGISTERED,), "办结"),
    "refusal-proposal": Form("提请不予受理", (Group("", (
        Field("reason", "不予受理原因", "one", NotAcceptedReason, required=True), _TOLD, _NOTE,
    )),), STAFF, (S.REGISTERED,), "提请带班领导确认"),
    "merger-proposal": Form("提请并件", (Group("", (
        Field("into", "主件登记编号", required=True, hint="并入哪一件;可以只写年份和号码,如 2026-123"),
        Field("told", "告知本件反映人的方式", "one", FeedbackWay, required=True),
        Field("told_main", "告知主件反映人的方式", "one", FeedbackWay, hint="同一反映人的可不填"), _NOTE,
    )),), STAFF, OPEN, "提请带班领导确认"),
    "proposal-confirmation": Form("同意提请", (), LEADER, OPEN, "同意", on_proposal=True),
    "archiving": Form("归档", (), (Role.SUPERVISION_DEPT,), (S.CLOSED,), "归档"),
    "proposal-declination": Form("不同意提请", (Group("", (
        Field("reason", "理由", "text", required=True),
    )),), LEADER, OPEN, "不同意", on_proposal=True),
    "on-site-record": Form("现场督办记录", (Group("", (
        Field("where", "地点", required=True),
        Field("urged", "督促内容", "text", required=True),
        Field("found", "查明情况", "text", required=True),
        Field("responsible_unit_id", "责任单位(查明)", "unit", required=True),
        Field("sub_reasons", "具体情形", "many", SubReason),
    )),), LEADER, (S.HANDLING,), "记录"),
    "review": Form("审核(窗口自行办理的)", (Group("", (
        Field("result", "办理结果", "text", required=True),
        Field("outcome", "结果", "one", (Outcome.DONE, Outcome.PARTLY), required=True, usual=Outcome.DONE), _CAUSE,
    )),), STAFF, (S.RESULT_REVIEW,), "审核通过"),
    "feedback": Form("反馈反映人", (Group("", (
        Field("way", "反馈方式", "one", FeedbackWay, required=True),
        Field("content", "反馈内容", "text", required=True),
        Field("counselling_note", "疏导情况", "text", hint="不能办的必填"),
        Field("remedy", "救济途径", "text", hint="复议、诉讼、信访复查等"),
    )),), STAFF, (S.FEEDBACK,), "登记反馈"),
    "callbacks": Form("回访记录", (Group("", (
        Field("result", "接通情况", "one", CallbackResult, required=True),
        Field("identity_checked", "已核对是反映人本人", "tick"),
        Field("solved", "是否解决", "one", Solved, hint="接通的必填"),
        Field("satisfaction", "满意度", "one", Satisfaction, hint="接通的必填"),
        Field("on_attitude", "对态度的评价", "one", Satisfaction),
        Field("unsatisfied_reason", "不满意原因", "one", UnsatisfiedReason, hint="不满意的必填"), _NOTE,
    )),), CALLER, (S.CALLBACK, S.CLOSED), "登记回访"),
    "withdrawal": Form("反映人撤回", (Group("", (
        Field("confirm_mode", "反映人确认方式", "one", ConfirmMode, required=True),
        Field("identity_checked", "已核对是反映人本人", "tick"),
        Field("all_agree", "群体反映的:全体成员同意", "tick"), _NOTE,
    )),), STAFF, OPEN, "登记撤回"),
    "transfer": Form("转其他渠道", (Group("", (
        Field("receiver", "转往", "one", TransferTo, required=True),
        Field("receipt_no", "对方回执编号", required=True), _TOLD, _NOTE,
    )),), LEADER, OPEN, "转出"),
    "materials": Form("登记材料", (Group("", (
        Field("name", "材料名称", required=True, hint="如:参保证明;不写证件号码"),
        Field("form", "原件或复印件", "one", PaperForm, required=True, usual=PaperForm.COPY),
        Field("pages", "页数", "number", required=True, usual="1"),
        Field("file", "文件", "file", required=True, hint="pdf、jpg、png、ofd、docx,每个不超过20MB"),
    )),), STAFF, OPEN, "登记"),
    "alarm-acknowledgement": Form(
        "紧急情况已处置", (), (Role.DUTY_LEADER, *OVERSEEING_ROLES), tuple(MatterState), "已处置", is_offered=False
    ),
    "recusals": Form("申报回避", (Group("申报后您不能再查看和办理该事项", (
        Field("ground", "回避事由", "one", RecusalGround, required=True),
        Field("account_id", "为谁登记(带班领导为本窗口人员登记的填其账号)", hint="不填为本人"), _NOTE,
    )),), (*STAFF, Role.CALLBACK_OFFICER, *OVERSEEING_ROLES), OPEN, "申报"),
    "reopening": Form("复开", (Group("", (
        Field("reason", "复开原因", "one", ReopenReason, required=True),
        Field("note", "复开理由", "text", required=True),
    )),), LEADER, (S.CLOSED,), "复开"),
}  # fmt: skip


def acts_for(actor: Actor, state: MatterState | None, is_proposed: bool = False) -> dict[str, str]:
    """What this person may do with a matter in this state, by address, with its title."""
    return {
        act: form.title
        for act, form in ACTS.items()
        if form.is_offered and form.is_for(actor, state) and (is_proposed or not form.on_proposal)
    }
