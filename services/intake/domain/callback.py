"""回访: who may call, what an attempt says, and what it comes to (handbook 3.2 T19–T20, 5.1 D21, 6.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.contracts.codes import CallbackResult, Outcome, Satisfaction, Solved, UnsatisfiedReason
from shared.contracts.errors import Refused
from shared.workdays import Calendar, OfficeHours, half_day

TRIES = 3  # D21: three attempts in different half-days, then the reporter counts as unreachable
_PAUSE = timedelta(hours=1)
_CONTENT = {Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED}


@dataclass(frozen=True, slots=True)
class Report:
    """What the call-back officer writes down after one attempt."""

    result: CallbackResult
    identity_checked: bool = False
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    unsatisfied_reason: UnsatisfiedReason | None = None

    @property
    def reached(self) -> bool:
        """Whether the reporter answered the questions."""
        return self.result is CallbackResult.REACHED

    def check(self) -> None:
        """Refuse what contradicts itself; no answer is no satisfaction."""
        if not self.reached:
            if self.solved or self.satisfaction or self.unsatisfied_reason:
                raise Refused("callback.not_reached", "没有接通或对方拒访的,不能填写解决情况和满意度")
            return
        if not self.identity_checked:
            raise Refused("callback.identity_unchecked", "请先核对接听人身份;不是本人的请选择“非本人”")
        if self.solved is None or self.satisfaction is None:
            raise Refused("callback.answers_missing", "已接通的须填写是否解决和满意度")
        if self.satisfaction not in _CONTENT and self.unsatisfied_reason is None:
            raise Refused("callback.reason_missing", "不满意的须填写不满意原因")

    def satisfied_with(self, outcome: Outcome) -> bool:
        """Whether it can rest: content, and solved unless it was explained that it cannot be."""
        solved = self.solved is not Solved.NOT_SOLVED or outcome is Outcome.CANNOT_EXPLAINED
        return self.satisfaction in _CONTENT and solved

    @property
    def rework_reason(self) -> UnsatisfiedReason:
        """Why it is handled again; content but not solved means not solved."""
        return self.unsatisfied_reason or UnsatisfiedReason.U1


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that failed or succeeded, in its half-day."""

    round: int
    number: int
    result: CallbackResult
    at: datetime
    half_day: str
    by: str
    dissatisfied: bool = False


class SampleResult(StrEnum):
    """What the call-back of a drawn matter came to; who was not reached counts as neither."""

    CONTENT = "CONTENT"
    DISSATISFIED = "DISSATISFIED"
    UNREACHABLE = "UNREACHABLE"


@dataclass(frozen=True, slots=True)
class Sample:
    """抽查: the matter was settled on the spot and drawn for a call-back."""

    drawn_at: datetime
    result: SampleResult | None = None


def next_attempt(
    before: Iterable[Attempt], report: Report, round: int, by: str, now: datetime, calendar: Calendar,
    hours: OfficeHours,
) -> Attempt:  # fmt: skip
    """The attempt that a report tells of; a second failure within the hour is not another attempt."""
    report.check()
    earlier = [attempt for attempt in before if attempt.round == round]
    if earlier and not report.reached and now - earlier[-1].at < _PAUSE:
        raise Refused("callback.too_soon", "距上次回访不到1小时,请换个时间再打")
    day, half = half_day(now, calendar, hours)
    return Attempt(round, len(earlier) + 1, report.result, now, f"{day} {half}", by)


def is_unreachable(attempts: Iterable[Attempt], round: int) -> bool:
    """Whether the attempts of the round failed in as many different half-days as D21 asks for."""
    failed = {a.half_day for a in attempts if a.round == round and a.result is not CallbackResult.REACHED}
    return len(failed) >= TRIES
