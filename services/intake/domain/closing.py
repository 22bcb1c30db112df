"""回访: an attempt, and what it comes to: closed (T19), handled again (T20), or another attempt later.

A matter settled on the spot is closed already when it is called back: what comes of that may reopen it (T22).
"""

from dataclasses import replace
from datetime import datetime

from services.intake.domain.callback import Attempt, Report, Sample, SampleResult, is_unreachable, next_attempt
from services.intake.domain.commands import closed
from services.intake.domain.matter import Matter, Moved
from shared.contracts.codes import MatterState
from shared.contracts.errors import Conflict, Forbidden
from shared.contracts.intake import CallbackAttempted, CallbackCompleted, MatterReworkOrdered
from shared.workdays import Calendar, OfficeHours


def call_back(
    matter: Matter, report: Report, by: str, now: datetime, calendar: Calendar, hours: OfficeHours
) -> Moved:  # fmt: skip
    """回访 by somebody who had no part in the matter (handbook 8, 27)."""
    if matter.sample is not None and matter.state is MatterState.CLOSED:
        return _call_back_drawn(matter, matter.sample, report, by, now, calendar, hours)
    matter.require(MatterState.CALLBACK, doing="回访")
    matter, attempt, called = _attempted(matter, report, by, now, calendar, hours)
    if not report.reached and not is_unreachable(matter.attempts, matter.round):
        return replace(matter, version=matter.version + 1), [called]
    after, events = _close(matter, now) if _may_rest(matter, report) else _rework(matter, report, now)
    return after, [called, _completed(matter, report, attempt), *events]


def _call_back_drawn(
    matter: Matter, sample: Sample, report: Report, by: str, now: datetime, calendar: Calendar, hours: OfficeHours
) -> Moved:
    """抽查回访: the matter stays closed; who is not content is for the duty leader, who reopens (T22)."""
    if sample.result is not None:
        raise Conflict("callback.done", "该事项已完成抽查回访")
    matter, attempt, called = _attempted(matter, report, by, now, calendar, hours)
    matter = replace(matter, version=matter.version + 1)
    if not report.reached and not is_unreachable(matter.attempts, matter.round):
        return matter, [called]
    if not report.reached:
        result = SampleResult.UNREACHABLE
    else:
        result = SampleResult.CONTENT if _may_rest(matter, report) else SampleResult.DISSATISFIED
    return replace(matter, sample=replace(sample, result=result)), [called, _completed(matter, report, attempt)]


def _attempted(
    matter: Matter, report: Report, by: str, now: datetime, calendar: Calendar, hours: OfficeHours
) -> tuple[Matter, Attempt, CallbackAttempted]:
    if by in matter.hands:
        raise Forbidden("callback.own_matter", "首接人、经办人和批转、签发、审核的人不能回访自己经手的事项,请换回访员")
    attempt = next_attempt(matter.attempts, report, matter.round, by, now, calendar, hours)
    called = CallbackAttempted(**matter.ref, attempt_no=attempt.number, result=attempt.result, attempted_at=now)
    return replace(matter, attempts=(*matter.attempts, attempt)), attempt, called


def _may_rest(matter: Matter, report: Report) -> bool:
    """Whether nothing more is to be done: content, or not to be reached."""
    return not report.reached or (matter.outcome is not None and report.satisfied_with(matter.outcome))


def _completed(matter: Matter, report: Report, last: Attempt) -> CallbackCompleted:
    return CallbackCompleted(
        **matter.ref, attempts=last.number, reached=report.reached, solved=report.solved,
        satisfaction=report.satisfaction, unsatisfied_reason=report.unsatisfied_reason, completed_at=last.at,
    )  # fmt: skip


def _close(matter: Matter, now: datetime) -> Moved:
    matter, moved = matter.moved("T19", now)
    return matter, [moved, closed(matter, now)]


def _rework(matter: Matter, report: Report, now: datetime) -> Moved:
    """A new round: referral drafts from the orders of the old one; without any the window takes it up again at once."""
    had_orders = bool(matter.orders_of_round)
    matter, moved = matter.moved("T20", now, round=matter.round + 1, outcome=None, orders_awaited=int(had_orders))
    ordered = MatterReworkOrdered(**matter.ref, round=matter.round, reason=report.rework_reason, ordered_at=now)
    if had_orders:
        return matter, [ordered, moved]
    matter, resumed = matter.moved("T20", now)
    return matter, [ordered, moved, resumed]
