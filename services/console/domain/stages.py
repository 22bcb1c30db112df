"""The seven stages a Kaifeng clerk knows (handbook 3.1), as a progress bar."""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.codes import MatterState as S
from shared.contracts.codes import Outcome


class StageMark(StrEnum):
    """How far a stage is; LIT only for supervision, a light that may burn while the matter is being handled."""

    DONE = "DONE"
    NOW = "NOW"
    LIT = "LIT"
    AHEAD = "AHEAD"
    PASSED_BY = "PASSED_BY"


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the seven, with its mark."""

    name: str
    mark: StageMark


NAMES = ("受理登记", "研判分类", "分办转办", "限时办结", "催办督办", "反馈评价", "问题清零")
_DISPATCH, _HANDLING, _SUPERVISION, _LAST = 2, 3, 4, 6

_AT: dict[S, int] = {
    S.PENDING_INTAKE: 0,
    S.REGISTERED: 0,
    S.ACCEPTED: 1,
    S.TRIAGED: 1,
    S.HANDLING: _HANDLING,
    S.COORDINATING: _HANDLING,
    S.SUSPENDED: _HANDLING,
    S.RESULT_REVIEW: _HANDLING,
    S.CANNOT_REVIEW: _HANDLING,
    S.REWORK: _DISPATCH,
    S.FEEDBACK: 5,
    S.CALLBACK: 5,
}
_CLOSED = (S.CLOSED, S.ARCHIVED)


def stages(
    state: S | None, outcome: Outcome | None, unsigned_orders: bool, supervised: bool, was_supervised: bool
) -> list[Stage]:
    """The bar of one matter; `unsigned_orders`: some order of this round still waits for the leader's signature."""
    marks = _ended(state, outcome) if state not in _AT else _under_way(_AT[state], unsigned_orders)
    if supervised:
        marks[_SUPERVISION] = StageMark.LIT
    elif was_supervised:
        marks[_SUPERVISION] = StageMark.DONE
    elif marks[_SUPERVISION] is StageMark.DONE:
        marks[_SUPERVISION] = StageMark.PASSED_BY
    return [Stage(name, mark) for name, mark in zip(NAMES, marks, strict=True)]


def _under_way(at: int, unsigned_orders: bool) -> list[StageMark]:
    now = _DISPATCH if at == _HANDLING and unsigned_orders else at
    return [
        StageMark.DONE if index < now else StageMark.NOW if index == now else StageMark.AHEAD
        for index in range(len(NAMES))
    ]


def _ended(state: S | None, outcome: Outcome | None) -> list[StageMark]:
    if state is None:
        return [StageMark.AHEAD] * len(NAMES)
    if state in _CLOSED and outcome is not Outcome.ON_THE_SPOT:
        return [StageMark.DONE] * len(NAMES)
    # Settled at the counter, refused, merged, withdrawn or transferred: what lies between was not gone through.
    last = StageMark.DONE if state in _CLOSED else StageMark.PASSED_BY
    return [StageMark.DONE, *[StageMark.PASSED_BY] * (_LAST - 1), last]
