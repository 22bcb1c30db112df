"""What the window does with orders (handbook 6.3): writes and signs them, reviews answers, decides on requests."""

from collections.abc import Mapping
from typing import Any

from services.console import words
from services.console.desk.act import ENDED, IN_HAND, NOTE, REASON, UNIT, Act, Order, S, plain
from services.console.desk.fields import Field, Group, Values, in_row, numbered
from services.console.desk.form import LEADER, STAFF, Form
from shared.contracts.codes import CopyTo, Role

REQUIREMENTS = 4  # rows of one form
RULES = tuple((rule, words.rule(rule)) for rule in ("D11", "D12", "D13", "D15", "D16", "D17", "D18"))
REVIEWED = (("ACCEPT", "审核通过"), ("RETURN", "退回重办"))
UPHELD = (("yes", "异议成立"), ("no", "异议不成立"))
GRANTED = (("yes", "批准"), ("no", "不批准"))
STATEMENT = (("UPHOLD", "说明成立"), ("REJECT", "说明不成立"))
# What intake's text check names.
FINDINGS = {
    "REPORTER_NAME": "反映人姓名", "REPORTER_PHONE": "反映人电话", "ID_NUMBER": "证件号码", "AGENT": "代办人",
    "BENEFICIARY": "当事人", "REPRESENTATIVE": "群体代表",
}  # fmt: skip
CONTACTS = {"ASKED": "承办单位请求联系", "EXTENSION": "告知延期", "SUSPENSION": "告知中止", "BY_UNIT": "承办单位已联系"}


def extract(body: dict[str, Any]) -> dict[str, Any]:
    """摘要 as referral takes it."""
    return {**body, "requirements": numbered("requirements", body)}


def checked_text(body: Mapping[str, Any]) -> str:
    """The text that intake checks: title, facts, demand, then each requirement with its evidence, line by line."""
    wanted = (row.get(part, "") for row in body["requirements"] for part in ("what", "evidence"))
    told = (body.get(part, "") for part in ("title", "facts_extract", "demand"))
    return "\n".join((*told, *(text for text in wanted if text)))


def _decided(name: str, body: dict[str, Any]) -> dict[str, Any]:
    return {**body, name: body[name] == "yes"} if name in body else body


def _extracting(order: Order) -> tuple[Group, ...]:
    what = Group("写给承办单位的内容", (
        Field("title", "事由", "sentence", required=True),
        Field("facts_extract", "事实摘要", "text", required=True, hint="不写反映人身份,不写对具体人员的指控"),
        Field("demand", "诉求", "text", required=True),
        Field("copies_to", "抄送", "many", CopyTo),
    ))  # fmt: skip
    names = tuple((mark, mark) for mark in (*order["confirmed"], *order["marks"]))
    confirming = Field(
        "confirmed", "经核对可以保留的姓名职务、工号", "many", options=names, hint="不能保留的,请从摘要中删去"
    )
    count = max(REQUIREMENTS, len(order["requirements"]))  # meetings may have agreed on more
    rows = tuple(_requirement(place) for place in range(count))
    return (what, Group("姓名职务核对", (confirming,)), *rows) if names else (what, *rows)


def _requirement(place: int) -> Group:
    name = in_row("requirements", place)
    return Group(f"办理要求{place + 1}", (
        Field(name("what"), "要求", "sentence", required=place == 0),
        Field(name("evidence"), "需提供的佐证", "sentence"),
        Field(name("due_rule"), "单独时限", "one", options=RULES, hint="不选则按交办单时限"),
        Field(name("due"), "或完成日期", "day", hint="会议定了日期的"),
    ))  # fmt: skip


def _written(order: Order) -> Values:
    values = {"title": [order["title"]], "facts_extract": [order["facts_extract"]], "demand": [order["demand"]],
              "confirmed": list(order["confirmed"]), "copies_to": list(order["copies_to"])}  # fmt: skip
    for place, (row, rule) in enumerate(zip(order["requirements"], order["requirement_rules"], strict=True)):
        parts = {"what": row["what"], "evidence": row["evidence"], "due_rule": rule or "", "due": row["due"] or ""}
        values |= {f"requirements.{place}.{part}": [value] for part, value in parts.items()}
    return values


def is_second_extension(order: Order) -> bool:
    """Whether one was granted before: then the committee's leader decides."""
    return any(each["decision"] and each["decision"]["granted"] for each in order["extensions"])


def _extending(order: Order) -> tuple[Group, ...]:
    choices = GRANTED[1:] if is_second_extension(order) else GRANTED
    hint = "第二次延期只能由纪委监委分管领导批准" if is_second_extension(order) else ""
    return plain(Field("granted", "决定", "one", options=choices, required=True, hint=hint), NOTE)


def _contacting(order: Order) -> tuple[Group, ...]:
    waiting = tuple(
        (each["id"], f"{CONTACTS[each['kind']]}:{each['what']}") for each in order["contacts"] if not each["done_at"]
    )
    return plain(
        Field("contact_id", "哪一项", "one", options=waiting, required=True, usual=waiting[0][0] if waiting else ""),
        Field("outcome", "联系情况", "text", required=True, hint="联系不上的也要写明;不写反映人的身份信息"),
    )


def _comparing(order: Order) -> tuple[Group, ...]:
    found = tuple((each["comparison_id"], _compared(each)) for each in order["comparisons"])
    return plain(
        Field("decision", "决定", "one", options=STATEMENT, required=True),
        Field("comparison_id", "横向对比", "one", options=found, hint="认定成立的须选择;没有的先在事项页面登记"),
        NOTE,
        Field("watch", "所引用的文件变动时,重新办理本事项", "tick"),
    )


def _compared(comparison: Mapping[str, Any]) -> str:
    if not comparison["needed"]:
        return f"无需对比:{comparison['reason']}"
    return f"已对比:{'、'.join(row['city'] for row in comparison['rows'])}"


def _waits_for_heir(order: Order) -> bool:
    return not order["dropped"]


WINDOW_ACTS: Mapping[str, Act] = {
    "extract": Act(
        Form("摘要", (), STAFF, submit="保存", shaped=extract), (S.DRAFT,), "extract", asks=_extracting, usual=_written,
        method="PUT",
    ),
    "signature": Act(Form("签发", (), LEADER, submit="签发并送达"), (S.DRAFT,), "signature"),
    "review": Act(Form("审核", plain(
        Field("decision", "决定", "one", options=REVIEWED, required=True),
        Field("note", "意见", "text", hint="退回重办的须写明理由"),
    ), STAFF, submit="审核"), (S.ANSWERED,), "review"),
    "objection-decision": Act(Form("审定异议", plain(
        Field("upheld", "决定", "one", options=UPHELD, required=True), NOTE,
        Field("unit_id", "改派到", "unit", hint="成立的可以直接选承办单位;不选的以后另行交办"),
    ), LEADER, submit="决定", shaped=lambda body: _decided("upheld", body)), (S.OBJECTED,), "objection/decision"),
    "extension-decision": Act(
        Form("审批延期", (), LEADER, submit="决定", shaped=lambda body: _decided("granted", body)), (S.EXT_ASKED,),
        "extension/decision", asks=_extending,
    ),
    "second-extension-decision": Act(
        Form("审批第二次延期", plain(Field("granted", "决定", "one", options=GRANTED, required=True), NOTE),
             (Role.COMMITTEE_LEADER,), submit="决定", shaped=lambda body: _decided("granted", body)),
        (S.EXT_ASKED,), "extension/decision", is_second_extension,
    ),
    "suspension-decision": Act(Form("审批中止", plain(
        Field("granted", "决定", "one", options=GRANTED, required=True), NOTE,
        Field("resume_by", "最迟恢复日期", "day", hint="只能早于申请的日期;不填则按申请"),
    ), LEADER, submit="决定", shaped=lambda body: _decided("granted", body)), (S.WORKING, S.RETURNED),
        "suspension/decision", lambda order: bool(order["suspension_waits"])),
    "resumption": Act(Form("恢复计时", (), (*UNIT, *LEADER), submit="恢复计时"), (S.SUSPENDED,), "resumption"),
    "contact-outcome": Act(
        Form("联系情况", (), STAFF, submit="登记"), tuple(S), "contact-requests/{contact_id}/outcome",
        lambda order: bool(order["open_contacts"]), _contacting,
    ),
    "statement-decision": Act(
        Form("审定情况说明", (), LEADER, submit="决定"), (S.CANNOT_FILED,), "cannot-do-statement/decision",
        asks=_comparing,
    ),
    "reassignment": Act(Form("改派", plain(
        Field("unit_id", "改派到", "unit", required=True), REASON,
    ), LEADER, submit="改派"), tuple(state for state in IN_HAND if state is not S.OBJECTED), "reassignment"),
    "successor": Act(Form("另行交办", plain(
        Field("unit_id", "承办单位", "unit", hint="不选则仍交原单位;异议成立、改派的须另选"),
        Field("rule", "时限规则", "one", options=RULES, hint="不选则不变"),
    ), LEADER, submit="另行交办"), (S.REJECTED, S.REASSIGNED), "successor", _waits_for_heir),
    "voiding": Act(
        Form("作废", plain(REASON), LEADER, submit="作废"), tuple(state for state in S if state not in ENDED), "voiding"
    ),
    "dropping": Act(
        Form("不再另行交办", plain(REASON), LEADER, submit="登记"), (S.REJECTED, S.REASSIGNED), "dropping",
        _waits_for_heir,
    ),
}  # fmt: skip
