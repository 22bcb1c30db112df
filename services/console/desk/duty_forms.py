"""Forms of the duty roster: a substitute within a period, and the next period."""

from collections.abc import Sequence

from services.console.desk.fields import Field, Group
from services.console.desk.form import Form
from shared.contracts.codes import Role, SubstitutionReason

PROPOSING = (Role.DUTY_LEADER, Role.SUPERVISION_DEPT)


def substitution_form(people: Sequence[str], first: str) -> Form:
    """替班 within a period of these people, from its first day that is still to come."""
    return Form("提请替班", (Group("", (
        Field("replaced_id", "被替换的人", "one", required=True, options=tuple((each, each) for each in people)),
        Field("substitute_id", "替班人员账号", required=True, hint="这些日期不得在其他窗口值班"),
        Field("from_day", "从", "day", required=True, usual=first),
        Field("to_day", "到(含当日)", "day", required=True, usual=first),
        Field("reason", "原因", "one", SubstitutionReason, required=True),
        Field("words", "理由", "text", required=True, hint="密封保存,只供提请和审批时查看"),
    )),), PROPOSING, submit="提请党风政风监督室批准")  # fmt: skip


def period_form(window: str, first: str) -> Form:
    """排班: the next period, which joins the last one."""
    return Form("发布值班周期", (Group("", (
        Field("start_date", "开始日期", "day", required=True, usual=first, hint="14天一个周期,首尾相接"),
        Field("leader_id", "带班领导账号", required=True),
        Field("staff_ids", "值班人员账号", "accounts", required=True, hint="至少2人,每行一个账号"),
    )),), (Role.SUPERVISION_DEPT,), submit="发布", fixed={"window_id": window})  # fmt: skip
