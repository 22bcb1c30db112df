"""Every transition T01–T26 of a matter with where it leads from and to: hold it beside handbook 3.2.

What is not in the register yet (PENDING_INTAKE) is registered before it can be merged, withdrawn or transferred: an end
needs a register number.
Two rows are wider than the handbook: T13 also from COORDINATING, and T16 also from CANNOT_REVIEW, because an order
may be answered while a meeting runs, and returned while another order's statement is looked at.
"""

from dataclasses import dataclass

from shared.contracts.codes import MatterState as S


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: its number, the states it leads from (None: nothing yet), the state it leads to, the act, its event.

    The event is what the act publishes beside `matter.moved`, or what another service told that brought it about.
    """

    number: str
    sources: tuple[S | None, ...]
    to: S
    doing: str
    event: str | None = None


FINAL = frozenset({S.NOT_ACCEPTED, S.CLOSED, S.ARCHIVED, S.MERGED, S.WITHDRAWN, S.TRANSFERRED})
BEFORE_HANDLING = frozenset({S.PENDING_INTAKE, S.REGISTERED, S.ACCEPTED, S.TRIAGED})
OPEN = tuple(state for state in S if state not in FINAL and state is not S.PENDING_INTAKE)

TRANSITIONS = (
    Transition("T01", (None,), S.PENDING_INTAKE, "接收", "matter.received"),
    Transition("T02", (None, S.PENDING_INTAKE), S.REGISTERED, "登记", "matter.registered"),
    Transition("T03", (S.REGISTERED,), S.CLOSED, "当场办结", "matter.resolved_on_spot"),
    Transition("T04", (S.REGISTERED,), S.NOT_ACCEPTED, "不予受理", "matter.not_accepted"),
    Transition("T05", (S.REGISTERED,), S.ACCEPTED, "受理", "matter.accepted"),
    Transition("T06", (S.ACCEPTED,), S.TRIAGED, "研判", "matter.triaged"),
    Transition("T07", (S.TRIAGED,), S.HANDLING, "批转", "matter.approved"),
    Transition("T08", (S.TRIAGED,), S.ACCEPTED, "退回重新研判", "matter.triage_returned"),
    Transition("T09", (S.HANDLING,), S.COORDINATING, "会商协调", "meeting.scheduled"),
    Transition("T09", (S.COORDINATING,), S.HANDLING, "结束会商", "meeting.concluded"),
    Transition("T10", (S.HANDLING, S.COORDINATING), S.SUSPENDED, "中止计时", "order.suspended"),
    Transition("T11", (S.SUSPENDED,), S.HANDLING, "恢复计时", "order.resumed"),
    Transition("T12", (S.HANDLING, S.COORDINATING), S.RESULT_REVIEW, "转入审核", "order.answered"),
    Transition("T12b", (S.HANDLING,), S.RESULT_REVIEW, "记录现场督办", "matter.handled_on_site"),
    Transition("T13", (S.HANDLING, S.COORDINATING), S.CANNOT_REVIEW, "转入不能办审核", "cannot_do.filed"),
    Transition("T14", (S.CANNOT_REVIEW,), S.FEEDBACK, "认定不能办", "order.all_settled"),
    Transition("T15", (S.CANNOT_REVIEW,), S.HANDLING, "驳回不能办说明", "cannot_do.rejected"),
    Transition("T16", (S.RESULT_REVIEW, S.CANNOT_REVIEW), S.HANDLING, "退回重办", "order.returned"),
    Transition("T17", (S.RESULT_REVIEW,), S.FEEDBACK, "审核", "order.all_settled / matter.reviewed"),
    Transition("T18", (S.FEEDBACK,), S.CALLBACK, "反馈反映人", "feedback.given"),
    Transition("T19", (S.CALLBACK,), S.CLOSED, "办结销号", "callback.completed"),
    Transition("T20", (S.CALLBACK,), S.REWORK, "重办", "matter.rework_ordered"),
    Transition("T20", (S.REWORK,), S.HANDLING, "重新办理", "order.drafted"),
    Transition("T21", (S.CLOSED,), S.ARCHIVED, "归档", "matter.archived"),
    Transition("T22", (S.CLOSED,), S.ACCEPTED, "复开", "matter.reopened"),
    Transition("T23", OPEN, S.MERGED, "并件", "matter.merged"),
    Transition("T24", OPEN, S.WITHDRAWN, "撤回", "matter.withdrawn"),
    Transition("T25", OPEN, S.TRANSFERRED, "转其他渠道", "matter.transferred"),
    Transition("T26", (S.CLOSED,), S.ACCEPTED, "政策调整后重新办理", "cannot_do.policy_changed / matter.reopened"),
)


def legs(number: str) -> tuple[Transition, ...]:
    """The rows of one number."""
    return tuple(row for row in TRANSITIONS if row.number == number)
