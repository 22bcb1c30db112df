"""The form of an amendment to a rule of time limits."""

from typing import Any

from services.console.desk.fields import Field, Group
from services.console.desk.form import Form
from shared.contracts.codes import Role
from shared.workdays import Unit

AMENDING = (Role.SUPERVISION_DEPT,)
_UNITS = (
    (Unit.WORKING_DAYS.value, "个工作日"), (Unit.WORKING_HOURS.value, "个工作小时"),
    (Unit.SAME_DAY.value, "当日(数值填1)"), (Unit.NATURAL_DAYS.value, "日(自然日)"), (Unit.MONTHS.value, "个月"),
)  # fmt: skip
_FLAGS = ("extendable", "suspendable", "red_at_once", "listed")
_YES_NO = (("yes", "是"), ("no", "否"))
_UNCHANGED = "不选则不变"


def amendment_form(rule: dict[str, Any], today: str) -> Form:
    """修订期限规则; one that may never be extended or suspended (5.3) is not asked about it."""
    changes = () if rule["never_extended"] else (
        Field("extendable", "可以延期", "one", options=_YES_NO, hint=_UNCHANGED),
        Field("suspendable", "可以中止计时", "one", options=_YES_NO, hint=_UNCHANGED),
    )  # fmt: skip
    return Form(f"修订{rule['rule']} {rule['name']}", (
        Group("内容", (
            Field("limit.amount", "期限", "number", required=True),
            Field("limit.unit", "单位", "one", required=True, options=_UNITS, usual=Unit.WORKING_DAYS.value),
            Field("valid_from", "生效日期", "day", required=True, usual=today, hint="今天或以后"),
            Field("basis", "依据", "sentence", required=True, hint="文件名称或文号"),
        )),
        Group("范围", (
            Field("org_code", "地区编码", hint="不填则全市适用;县区只能修订本级"),
            Field("window_id", "窗口编码", hint="只对一个窗口修订的填写,并填地区编码"),
        )),
        Group("其他", (
            *changes,
            Field("red_at_once", "超期即亮红灯", "one", options=_YES_NO, hint=_UNCHANGED),
            Field("listed", "逾期挂牌督办", "one", options=_YES_NO, hint=_UNCHANGED),
            Field("applies_to_running", "同时适用于正在计时的期限(须从今天起生效)", "tick"),
            Field("reason", "适用于正在计时期限的理由", "text"),
        )),
    ), AMENDING, submit="试算", shaped=_flags)  # fmt: skip


def _flags(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value == "yes" if name in _FLAGS else value for name, value in body.items()}
