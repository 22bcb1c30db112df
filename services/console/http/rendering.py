"""Templates into pages: autoescape on, labels and moments as filters."""

from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console import words
from services.console.access import (
    amends_rules,
    explains,
    loads_calendar,
    opens_content,
    receives_papers,
    reviews_looks,
    sees_calendar,
    sees_orders,
    sees_roster,
    sums_callbacks,
)
from services.console.desk import forms
from services.console.desk.owners import Declined
from services.console.desk.window_acts import CONTACTS
from services.console.domain import StageMark, When, supervision
from services.console.store.inbox import COUNTED as MOST_WAITING
from services.console.store.views import COUNTED
from shared.contracts.actor import Actor
from shared.contracts.codes import (
    AnswerResult,
    BasisLevel,
    CallbackResult,
    Channel,
    Complexity,
    CopyTo,
    DuplicateCheck,
    ExtensionReason,
    FileFormat,
    HandlingPolicy,
    Kind,
    MatterState,
    ObjectionReason,
    OrderState,
    Outcome,
    PaperForm,
    Purpose,
    Role,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    SubstitutionReason,
    SuspendReason,
    UnitRole,
    label,
)
from shared.rights import WINDOW_ROLES

FOLDER = Path(__file__).parent.parent

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {
    "label": lambda code: "" if code is None else label(code),
    "shape": supervision.shape,
    "level_name": supervision.name,
    "moment": words.moment,
    "day": words.day,
    "due": words.due,
    "told_at": words.told_at,
    "rule": words.rule,
    "uuid": UUID,
}


def _desk_forms(actor: Actor) -> list[tuple[str, str]]:
    """The forms that make a matter, the day's list, the call-backs, roster and calendar, for who may open them."""
    named = (("/desk/on-the-spot", "快速登记", forms.ON_THE_SPOT), ("/desk/register", "完整登记", forms.REGISTER))
    shown = [(address, name) for address, name, form in named if form.is_for(actor)]
    day = [("/desk/day", "当日登记")] if shown else []
    judging = [("/desk/assessments", "研判批转")] if actor.has(*WINDOW_ROLES, Role.SUPERVISION_DEPT) else []
    orders = [("/desk/orders", "交办单")] if sees_orders(actor) else []
    callbacks = [("/desk/callbacks", "回访汇总")] if sums_callbacks(actor) else []
    roster = [("/desk/roster", "值班")] if sees_roster(actor) else []
    calendar = [("/desk/calendar", "工作日历")] if sees_calendar(actor) else []
    reviews = [("/desk/access-review", "查看留痕")] if reviews_looks(actor) else []
    rules = [("/desk/rules", "期限规则")] if amends_rules(actor) else []
    inbox = [(INBOX, "收件箱")] if receives_papers(actor) else []
    board = [("/desk/deadlines", "期限看板")]
    return [*inbox, *shown, *day, *judging, *orders, *board, *callbacks, *roster, *calendar, *rules, *reviews]


INBOX = "/desk/inbox"
# How open clocks stand, on the board: never a colour alone.
WHENS = {
    When.OVERDUE: ("▲", "已超期"), When.TODAY: ("●", "今日到期"), When.TOMORROW: ("◐", "明日到期"),
    When.LATER: ("○", "以后到期"), When.PAUSED: ("‖", "中止计时"),
}  # fmt: skip


def _labels(codes: type[StrEnum]) -> dict[str, str]:
    return {code.value: label(code) for code in codes}


_templates.globals |= {
    "COUNTED": COUNTED,
    "WHENS": WHENS,
    "INBOX": INBOX,
    "MOST_WAITING": MOST_WAITING,
    "STATES": tuple(MatterState),
    "STATE_NAMES": _labels(MatterState),
    "CHANNELS": _labels(Channel),
    "OUTCOMES": _labels(Outcome),
    "RESULTS": _labels(CallbackResult),
    "SOLVED": _labels(Solved),
    "SATISFACTION": _labels(Satisfaction),
    "CAUSES": _labels(RootCause),
    "StageMark": StageMark,
    "acts_for": forms.acts_for,
    "may_answer": lambda actor: actor.has(*forms.ACTS["alarm-acknowledgement"].roles),
    "desk_forms": _desk_forms,
    "may_approve": lambda actor: actor.has(Role.DUTY_LEADER),
    "may_confirm": lambda actor: actor.has(Role.SUPERVISION_DEPT),
    "KINDS": _labels(Kind),
    "SUB_REASONS": _labels(SubReason),
    "POLICIES": _labels(HandlingPolicy),
    "COMPLEXITIES": _labels(Complexity),
    "DUPLICATE_CHECKS": _labels(DuplicateCheck),
    "UNIT_ROLES": _labels(UnitRole),
    "FIELD_GROUPS": words.FIELD_GROUPS,
    "RECORD_KINDS": words.RECORD_KINDS,
    "RECORD_WORDS": words.RECORD_WORDS,
    "may_propose_substitute": lambda actor: actor.has(Role.DUTY_LEADER, Role.SUPERVISION_DEPT),
    "may_keep_roster": lambda actor: actor.has(Role.SUPERVISION_DEPT),
    "may_sign_handover": lambda actor: actor.has(Role.DUTY_LEADER),
    "CALENDAR_STATES": words.CALENDAR_STATES,
    "may_load_calendar": loads_calendar,
    "SUBSTITUTION_REASONS": _labels(SubstitutionReason),
    "may_print": lambda actor: actor.has(*WINDOW_ROLES),
    "may_search": opens_content,
    "may_open_content": opens_content,
    "may_give_back": lambda actor: actor.has(*WINDOW_ROLES),
    "PURPOSES": _labels(Purpose),
    "sees_orders": sees_orders,
    "explains": explains,
    "ORDER_STATES": _labels(OrderState),
    "ANSWER_RESULTS": _labels(AnswerResult),
    "OBJECTION_REASONS": _labels(ObjectionReason),
    "EXTENSION_REASONS": _labels(ExtensionReason),
    "SUSPEND_REASONS": _labels(SuspendReason),
    "BASIS_LEVELS": _labels(BasisLevel),
    "CONTACT_KINDS": CONTACTS,
    "COPIES": _labels(CopyTo),
    "FORMATS": _labels(FileFormat),
    "PAPER_FORMS": _labels(PaperForm),
}


def page(template: str, status: int = 200, **what: Any) -> HTMLResponse:
    """A page or a part of one."""
    return HTMLResponse(_templates.get_template(template).render(**what), status)


def refusal(title: str, declined: Declined) -> HTMLResponse:
    """The page in place of one that its owner does not give."""
    return page("error.html", declined.status, title=title, detail=declined.detail, code=declined.code)
