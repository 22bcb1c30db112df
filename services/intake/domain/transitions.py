"""Every transition T01–T26 of a matter with where it leads from and to: hold it beside handbook 3.2.

T10, T11, T21 and T26 stand here so that the table is whole; no command makes them yet. What is not in the register yet
(PENDING_INTAKE) is registered before it can be merged, withdrawn or transferred: an end needs a register number.
Two rows are wider than the handbook: T13 also from COORDINATING, and T16 also from CANNOT_REVIEW, because an order
may be answered while a meeting runs, and returned while another order's statement is looked at.
"""

from dataclasses import dataclass

from shared.contracts.codes import MatterState as S


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: its number, the states it leads from (None: nothing yet), the state it leads to, and the act."""

    number: str
    sources: tuple[S | None, ...]
    to: S
    doing: str


FINAL = frozenset({S.NOT_ACCEPTED, S.CLOSED, S.ARCHIVED, S.MERGED, S.WITHDRAWN, S.TRANSFERRED})
BEFORE_HANDLING = frozenset({S.PENDING_INTAKE, S.REGISTERED, S.ACCEPTED, S.TRIAGED})
OPEN = tuple(state for state in S if state not in FINAL and state is not S.PENDING_INTAKE)

TRANSITIONS = (
    Transition("T01", (None,), S.PENDING_INTAKE, "接收"),
    Transition("T02", (None, S.PENDING_INTAKE), S.REGISTERED, "登记"),
    Transition("T03", (S.REGISTERED,), S.CLOSED, "当场办结"),
    Transition("T04", (S.REGISTERED,), S.NOT_ACCEPTED, "不予受理"),
    Transition("T05", (S.REGISTERED,), S.ACCEPTED, "受理"),
    Transition("T06", (S.ACCEPTED,), S.TRIAGED, "研判"),
    Transition("T07", (S.TRIAGED,), S.HANDLING, "批转"),
    Transition("T08", (S.TRIAGED,), S.ACCEPTED, "退回重新研判"),
    Transition("T09", (S.HANDLING,), S.COORDINATING, "会商协调"),
    Transition("T09", (S.COORDINATING,), S.HANDLING, "结束会商"),
    Transition("T10", (S.HANDLING, S.COORDINATING), S.SUSPENDED, "中止计时"),
    Transition("T11", (S.SUSPENDED,), S.HANDLING, "恢复计时"),
    Transition("T12", (S.HANDLING, S.COORDINATING), S.RESULT_REVIEW, "转入审核"),
    Transition("T12b", (S.HANDLING,), S.RESULT_REVIEW, "记录现场督办"),
    Transition("T13", (S.HANDLING, S.COORDINATING), S.CANNOT_REVIEW, "转入不能办审核"),
    Transition("T14", (S.CANNOT_REVIEW,), S.FEEDBACK, "认定不能办"),
    Transition("T15", (S.CANNOT_REVIEW,), S.HANDLING, "驳回不能办说明"),
    Transition("T16", (S.RESULT_REVIEW, S.CANNOT_REVIEW), S.HANDLING, "退回重办"),
    Transition("T17", (S.RESULT_REVIEW,), S.FEEDBACK, "审核"),
    Transition("T18", (S.FEEDBACK,), S.CALLBACK, "反馈反映人"),
    Transition("T19", (S.CALLBACK,), S.CLOSED, "办结销号"),
    Transition("T20", (S.CALLBACK,), S.REWORK, "重办"),
    Transition("T20", (S.REWORK,), S.HANDLING, "重新办理"),
    Transition("T21", (S.CLOSED,), S.ARCHIVED, "归档"),
    Transition("T22", (S.CLOSED,), S.ACCEPTED, "复开"),
    Transition("T23", OPEN, S.MERGED, "并件"),
    Transition("T24", OPEN, S.WITHDRAWN, "撤回"),
    Transition("T25", OPEN, S.TRANSFERRED, "转其他渠道"),
    Transition("T26", (S.CLOSED,), S.ACCEPTED, "政策调整后重新办理"),
)


def legs(number: str) -> tuple[Transition, ...]:
    """The rows of one number."""
    return tuple(row for row in TRANSITIONS if row.number == number)
