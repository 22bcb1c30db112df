"""回访: an attempt, and what it comes to: closed (T19), handled again (T20), or another attempt later.

Who is not content is for the duty leader, who has it handled again or finds, with a reason, that there is none (T19).
A matter settled on the spot is closed already when it is called back: what comes of that may reopen it (T22).
"""

from dataclasses import replace
from datetime import datetime

from services.intake.domain.callback import Attempt, Report, Sample, SampleResult, is_unreachable, next_attempt
from services.intake.domain.commands import closed
from services.intake.domain.matter import Matter, Moved, Proposal
from services.intake.domain.proposals import declined, proposed, waiting
from shared.contracts.codes import MatterState, ProposalKind
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
    if matter.proposal is not None:
        raise Conflict("callback.proposal_open", "本事项有提请等待带班领导决定,决定之前不再回访")
    matter, attempt, called = _attempted(matter, report, by, now, calendar, hours)
    if not report.reached and not is_unreachable(matter.attempts, matter.round):
        return replace(matter, version=matter.version + 1), [called]
    told = [called, _completed(matter, report, attempt)]
    if _may_rest(matter, report):
        after, events = _close(matter, now)
    else:
        proposal = Proposal(ProposalKind.REWORK, by, now, unsatisfied=report.rework_reason)
        after, events = proposed(matter, proposal)
    return after, [*told, *events]


def confirm_rework(matter: Matter, by: str, now: datetime) -> Moved:
    """重办 (T20): a new round; referral drafts from the orders of the old one, or the window takes it up at once."""
    proposal = waiting(matter, by, ProposalKind.REWORK)
    assert proposal.unsatisfied is not None
    had_orders, hands = bool(matter.orders_of_round), matter.with_hand(by)
    matter, moved = matter.moved(
        "T20", now, round=matter.round + 1, outcome=None, orders_awaited=int(had_orders), proposal=None, hands=hands
    )
    ordered = MatterReworkOrdered(
        **matter.ref, round=matter.round, reason=proposal.unsatisfied, dissatisfied_times=matter.dissatisfied_times,
        ordered_at=now,
    )  # fmt: skip
    if had_orders:
        return matter, [ordered, moved]
    matter, resumed = matter.moved("T20", now)
    return matter, [ordered, moved, resumed]


def find_unreasonable(matter: Matter, by: str, now: datetime) -> Moved:
    """不满意理由不成立 (T19): the duty leader closes the matter and says why."""
    waiting(matter, by, ProposalKind.REWORK)
    matter, told = declined(matter, by, now)
    after, events = _close(matter, now)
    return after, [*told, *events]


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
    attempt = replace(attempt, dissatisfied=not _may_rest(matter, report))
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
