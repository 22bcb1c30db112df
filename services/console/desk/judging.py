"""The forms of the judgement (研判, 批转), of the comparison with other cities, and of the second approval."""

from collections.abc import Mapping
from typing import Any

from services.console import words
from services.console.desk.fields import Field, Group, Values, in_row, numbered
from services.console.desk.form import LEADER, STAFF, Form
from shared.contracts.codes import (
    Complexity,
    DuplicateCheck,
    HandlingPolicy,
    Kind,
    MatterState,
    Role,
    RootCause,
    SubReason,
    UnitRole,
)

S = MatterState
JUDGED = (S.TRIAGED, S.HANDLING, S.COORDINATING, S.SUSPENDED, S.RESULT_REVIEW, S.CANNOT_REVIEW)
RULES = tuple((rule, words.rule(rule)) for rule in ("D11", "D12", "D13", "D15", "D16", "D17", "D18"))
CITIES = 3  # rows of one form; who found more records another comparison
VERDICTS = (("SAME", "与本市相同"), ("LOOSER", "比本市宽"), ("STRICTER", "比本市严"))
NEEDED = (("yes", "已与下列城市对比"), ("no", "无需对比"))

_UNITS = (
    Field("main_unit", "主办单位", "unit"),
    Field("co_units", "协办单位", "units"),
    Field("rule", "时限规则", "one", options=RULES, hint="须适合类别;可选更短的"),
)
_KIND = (
    Field("sub_reasons", "具体情形", "many", SubReason),
    Field("policy", "办理方式", "one", HandlingPolicy, required=True),
)
_REASON = Field("reason", "理由", "text", required=True)


def proposal(body: dict[str, Any]) -> dict[str, Any]:
    """研判意见 as triage takes it."""
    return {**_without_units(body), "proposed_units": _parts(body), "rule": body.get("rule")}


def approval(body: dict[str, Any]) -> dict[str, Any]:
    """批转意见 with an order for each unit under the same rule."""
    rest = {name: value for name, value in _without_units(body).items() if name not in ("rule", "requirement_codes")}
    order = {"rule": body.get("rule")}
    return {**rest, "orders": [{**part, **order} for part in _parts(body)]}


def comparison(body: dict[str, Any]) -> dict[str, Any]:
    """横向对比: the rows that were filled in, or why none is needed."""
    rows = numbered("rows", body)
    return {"needed": body.get("needed") == "yes", "reason": body.get("reason", ""), "rows": rows}


def from_sheet(sheet: Mapping[str, Any]) -> Values:
    """What the leader finds filled in: the units and the rule that were proposed."""
    units = sheet["proposed_units"]
    return {
        "main_unit": [unit["unit_id"] for unit in units if unit["role"] == UnitRole.MAIN],
        "co_units": [unit["unit_id"] for unit in units if unit["role"] == UnitRole.CO],
        "rule": [sheet["rule"] or ""],
    }


def _without_units(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("main_unit", "co_units")}


def _parts(body: dict[str, Any]) -> list[dict[str, str]]:
    main = [{"unit_id": body["main_unit"], "role": UnitRole.MAIN}] if "main_unit" in body else []
    return [*main, *({"unit_id": unit, "role": UnitRole.CO} for unit in body.get("co_units", ()))]


def _city(place: int) -> Group:
    name = in_row("rows", place)
    return Group(f"城市{'一二三'[place]}", (
        Field(name("city"), "城市"), Field(name("document"), "文件名称"), Field(name("number"), "文号"),
        Field(name("article"), "条款"), Field(name("effective_on"), "施行日期", "day"),
        Field(name("verdict"), "与本市相比", "one", options=VERDICTS), Field(name("text"), "条文", "text"),
        Field(name("checked_on"), "查证日期", "day"),
    ))  # fmt: skip


JUDGING: Mapping[str, Form] = {
    "proposal": Form("研判", (
        Group("核查与判断", (
            Field("verification_note", "核查情况", "text", required=True, hint="怎么核实的、查明什么"),
            Field("duplicate_check", "查重结果", "one", DuplicateCheck, required=True),
            Field("kind", "类别", "one", Kind, required=True), *_KIND,
            Field("root_cause_main", "主要原因", "one", RootCause, required=True),
            Field("root_cause_other", "其他原因", "many", RootCause),
            Field("complexity", "复杂程度", "one", Complexity, required=True),
        )),
        Group("拟交办", (*_UNITS, Field("reason", "改变类别的理由", "text", hint="与上次研判类别不同的必填"))),
    ), STAFF, (S.ACCEPTED,), "提出研判意见", {}, "triage", "assessment/proposal", proposal, on_sheet=True),
    "approval": Form("批转", (
        Group("批转意见", (
            Field("opinion", "意见", "text"), Field("class_hint", "提示可归入类案", "tick"),
        )),
        Group("交办(窗口自行办理的不选单位)", _UNITS),
    ), LEADER, (S.TRIAGED,), "批转", {}, "triage", "assessment/approval", approval, on_sheet=True),
    "return": Form(
        "退回重研", (Group("", (_REASON,)),), LEADER, (S.TRIAGED,), "退回", {}, "triage", "assessment/return",
        on_sheet=True,
    ),
    "reclassification": Form("重新分类", (Group("", (
        Field("to_kind", "类别", "one", Kind, required=True),
        Field("sub_reasons", "具体情形", "many", SubReason),
        Field("policy", "办理方式", "one", HandlingPolicy, hint="不选则不变"),
        Field("rule", "时限规则", "one", options=RULES, hint="不选则不变或用该类别的通常规则"), _REASON,
    )),), STAFF, JUDGED, "重新分类", {}, "triage", "assessment/reclassification", on_sheet=True),
    "comparisons": Form("横向对比", (
        Group("结论", (
            Field("needed", "是否对比", "one", options=NEEDED, required=True),
            Field("reason", "无需对比的理由", "text"),
        )),
        *(_city(place) for place in range(CITIES)),
    ), STAFF, (S.ACCEPTED, *JUDGED), "登记", {}, "referral", "", comparison),
    "lowering-confirmation": Form(
        "同意改判", (), (Role.SUPERVISION_DEPT,), (S.ACCEPTED, *JUDGED), "同意", {}, "triage",
        "assessment/lowering-confirmation", on_sheet=True, is_offered=False,
    ),
    "lowering-declination": Form(
        "不同意改判", (Group("", (_REASON,)),), (Role.SUPERVISION_DEPT,), (S.ACCEPTED, *JUDGED), "不同意", {}, "triage",
        "assessment/lowering-declination", on_sheet=True, is_offered=False,
    ),
}  # fmt: skip
