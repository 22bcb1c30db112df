"""No way to CLOSED but the handbook's: a search over whatever people and other services may do, in any order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain import closing, commands, ending, proposals, reactions
from services.intake.domain.callback import Report
from services.intake.domain.ending import Told, Withdrawal
from services.intake.domain.form import Settlement
from services.intake.domain.matter import Matter, Moved
from services.intake.domain.transitions import FINAL
from shared.contracts import Event
from shared.contracts.codes import (
    CallbackResult,
    FeedbackWay,
    MatterState,
    NotAcceptedReason,
    OrderState,
    Outcome,
    ReopenReason,
    RootCause,
    Satisfaction,
    Solved,
    TransferTo,
    UnsatisfiedReason,
)
from shared.contracts.errors import DomainError, Refused
from shared.contracts.intake import CallbackCompleted, MatterClosed, MatterMoved, MatterReopened, MatterReworkOrdered
from shared.ids import new_id
from shared.workdays import DEFAULT_HOURS, builtin_calendar
from tests.unit import intake_room as room
from tests.unit.intake_room import MEETING, NOW, in_state, registered

CALENDAR = builtin_calendar()
GOOD = Report(CallbackResult.REACHED, True, Solved.SOLVED, Satisfaction.SATISFIED)
BAD = Report(CallbackResult.REACHED, True, Solved.NOT_SOLVED, Satisfaction.DISSATISFIED, UnsatisfiedReason.U1)
TOLD = Told(FeedbackWay.PHONE, FeedbackWay.PHONE)
FINAL_STATES = FINAL - {MatterState.ARCHIVED}


@dataclass
class Story:
    """One matter, the time, and everything that was published about it."""

    matter: Matter = field(default_factory=registered)
    now: datetime = NOW
    told: list[Event] = field(default_factory=list)

    def round_of(self, closing_at: int) -> Sequence[Event]:
        """What was told in the round that the event at this place ends."""
        begins = [
            place
            for place, event in enumerate(self.told[:closing_at])
            if isinstance(event, MatterReworkOrdered | MatterReopened)
        ]
        return self.told[begins[-1] if begins else 0 : closing_at]


def order_to(state: OrderState) -> Callable[[Story], Moved]:
    return lambda s: reactions.order_moved(s.matter, room.answered(s.matter), state, s.now)


def called(report: Report) -> Callable[[Story], Moved]:
    return lambda s: closing.call_back(s.matter, report, "caller", s.now, CALENDAR, DEFAULT_HOURS)


def merged(s: Story) -> Moved:
    main = in_state(MatterState.HANDLING)
    asked, _ = ending.propose_merger(s.matter, main, False, TOLD, "staff-1", s.now)
    return ending.confirm_merger(asked, main, "leader-1", s.now)


ACTS: dict[str, Callable[[Story], Moved]] = {
    "settle": lambda s: commands.settle_on_spot(s.matter, Settlement("当场办好", RootCause.STYLE, 5), "staff-1", s.now),
    "accept": lambda s: commands.accept(s.matter, "staff-1", s.now),
    "triaged": lambda s: reactions.triaged(s.matter, room.triaged(s.matter)),
    "sent back": lambda s: reactions.triage_returned(s.matter, room.triage_returned(s.matter)),
    "approved": lambda s: reactions.approved(s.matter, room.approved(s.matter)),
    "approved for the window": lambda s: reactions.approved(s.matter, room.approved(s.matter, orders=0)),
    "drafted": lambda s: reactions.order_drafted(s.matter, room.drafted(s.matter, new_id())),
    "the order drafted": lambda s: reactions.order_drafted(s.matter, room.drafted(s.matter)),
    "answered": order_to(OrderState.ANSWERED),
    "filed": order_to(OrderState.CANNOT_FILED),
    "order accepted": order_to(OrderState.ACCEPTED),
    "voided": order_to(OrderState.VOIDED),
    "objected": order_to(OrderState.OBJECTED),
    "reassigned": order_to(OrderState.REASSIGNED),
    "suspended": order_to(OrderState.SUSPENDED),
    "resumed": lambda s: room.resumed(s.matter),
    "dropped": lambda s: reactions.order_dropped(s.matter, room.dropped(s.matter)),
    "policy changed": lambda s: reactions.policy_changed(s.matter, room.policy_changed(s.matter)),
    "returned": lambda s: reactions.order_returned(s.matter, room.returned(s.matter)),
    "statement rejected": lambda s: reactions.statement_rejected(s.matter, room.rejected(s.matter)),
    "settled": lambda s: reactions.all_settled(s.matter, room.settled(s.matter)),
    "settled as cannot": lambda s: reactions.all_settled(s.matter, room.settled(s.matter, Outcome.CANNOT_EXPLAINED)),
    "meeting": lambda s: reactions.meeting_scheduled(s.matter, room.scheduled(s.matter)),
    "meeting over": lambda s: reactions.meeting_concluded(s.matter, room.concluded(s.matter, MEETING)),
    "on site": lambda s: commands.record_on_site(s.matter, "410221-U09", (), "leader-1", s.now),
    "review": lambda s: commands.review(s.matter, Outcome.DONE, RootCause.FLOW_POOR, "staff-1", s.now),
    "feedback": lambda s: commands.give_feedback(s.matter, FeedbackWay.PHONE, "staff-1", s.now),
    "feedback with counsel": lambda s: commands.give_feedback(
        s.matter, FeedbackWay.PHONE, "staff-1", s.now, True, True
    ),
    "call: content": called(GOOD),
    "call: not content": called(BAD),
    "call: no answer": called(Report(CallbackResult.NO_ANSWER)),
    "call: declined": called(Report(CallbackResult.DECLINED)),
    "refuse": lambda s: ending.propose_refusal(s.matter, NotAcceptedReason.N1, "staff-1", s.now),
    "refusal confirmed": lambda s: ending.confirm_refusal(s.matter, "leader-1", s.now),
    "declined": lambda s: proposals.declined(s.matter, "leader-1", s.now),
    "rework confirmed": lambda s: closing.confirm_rework(s.matter, "leader-1", s.now),
    "complaint found wanting": lambda s: closing.find_unreasonable(s.matter, "leader-1", s.now),
    "archive": lambda s: ending.archive(s.matter, "archivist", s.now + timedelta(days=31)),
    "merge": merged,
    "withdraw": lambda s: ending.withdraw(s.matter, Withdrawal(True), "staff-1", s.now),
    "transfer": lambda s: ending.transfer(s.matter, TransferTo.JUSTICE, "leader-1", s.now),
    "reopen": lambda s: ending.reopen(s.matter, ReopenReason.NEW_FACT, "leader-1", s.now),
}
# What leads on, so that the search gets to the end often enough to mean something.
ROADS = (
    ("accept", "triaged", "approved", "the order drafted", "answered", "settled", "feedback", "call: content"),
    ("accept", "triaged", "approved for the window", "on site", "review", "feedback", "call: not content",
     "rework confirmed"),
    ("accept", "triaged", "approved", "the order drafted", "filed", "settled as cannot", "feedback with counsel",
     *["call: no answer"] * 3),
    ("accept", "triaged", "approved", "the order drafted", "suspended", "meeting", "resumed", "answered", "settled"),
    ("settle", "reopen", "triaged", "approved"),
    ("reopen", "triaged", "approved for the window", "on site", "review", "feedback", "call: content"),
)  # fmt: skip
SOME = st.lists(st.sampled_from(sorted(ACTS)), max_size=4)
WAYS = st.lists(st.one_of(SOME, st.sampled_from(ROADS)), min_size=1, max_size=6).map(
    lambda parts: [act for part in parts for act in part]
)
ENDS: set[str] = set()


@settings(max_examples=600, deadline=None)
@given(WAYS)
def test_no_matter_closes_without_judgement_cause_feedback_and_call_back(acts: list[str]) -> None:
    story = Story()
    for act in acts:
        story.now += timedelta(hours=4)
        before = story.matter
        try:
            story.matter, events = ACTS[act](story)
        except DomainError:
            continue
        story.told += events
        assert_orderly(before, story.matter)
    for place, event in enumerate(story.told):
        if isinstance(event, MatterClosed):
            assert_closed_rightly(story.round_of(place))


def assert_orderly(before: Matter, after: Matter) -> None:
    assert after.round >= before.round
    assert after.registration == before.registration
    assert (after.state is MatterState.MERGED) == (after.merged_into is not None)
    assert (after.state is MatterState.SUSPENDED) <= after.stands_still
    assert after.proposal is None or after.state not in FINAL_STATES


def assert_closed_rightly(told: Sequence[Event]) -> None:
    moves = [event.transition for event in told if isinstance(event, MatterMoved)]
    ENDS.add(moves[-1])
    if moves[-1] == "T03":
        return
    assert moves[-1] == "T19"
    is_rework = isinstance(told[0], MatterReworkOrdered)  # stands on the judgement of the round before
    assert is_rework or {"T06", "T07"} <= set(moves)
    assert moves.index("T18") < moves.index("T19")
    assert any(isinstance(event, CallbackCompleted) for event in told)


def test_the_search_has_seen_both_ways_to_close() -> None:
    assert {"T03", "T19"} == ENDS


def test_nothing_is_closed_without_its_cause() -> None:
    undecided = replace(in_state(MatterState.CALLBACK), root_cause=None)
    with pytest.raises(Refused, match="主要原因"):
        closing.call_back(undecided, GOOD, "caller", NOW, CALENDAR, DEFAULT_HOURS)
