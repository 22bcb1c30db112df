"""The table of transitions walked: every row that a command or an event makes, from every state."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from services.intake.domain import closing, commands, ending, reactions
from services.intake.domain.callback import Report
from services.intake.domain.ending import Told, Withdrawal
from services.intake.domain.form import Received, Settlement
from services.intake.domain.matter import Matter, Moved, Order
from services.intake.domain.transitions import FINAL, OPEN, TRANSITIONS, Transition
from shared.contracts import REGISTRY, Event
from shared.contracts.codes import (
    CallbackResult,
    Channel,
    Escalation,
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
from shared.contracts.deadlines import SupervisionReached
from shared.contracts.errors import DomainError, NotYet, Superseded
from shared.contracts.intake import MatterMoved
from shared.ids import new_id
from shared.workdays import DEFAULT_HOURS, builtin_calendar
from tests.unit import intake_room as room
from tests.unit.intake_room import DESK, FORM, MEETING, NOW, ORDER, in_state

CONTENT = Report(CallbackResult.REACHED, True, Solved.SOLVED, Satisfaction.SATISFIED)
DISSATISFIED = Report(
    CallbackResult.REACHED, True, Solved.NOT_SOLVED, Satisfaction.DISSATISFIED, UnsatisfiedReason.U1
)  # fmt: skip


def called(matter: Matter, report: Report) -> Moved:
    return closing.call_back(matter, report, "caller", NOW, builtin_calendar(), DEFAULT_HOURS)


def deemed(matter: Matter) -> Moved:
    event = SupervisionReached(
        **matter.ref, deadline_id=new_id(), rule="D02", round=1, level=Escalation.YELLOW, reached_at=NOW, sent_at=NOW,
        due_at=NOW,
    )  # fmt: skip
    return reactions.deemed_accepted(matter, event)


def order_moved(matter: Matter, to: OrderState) -> Moved:
    return reactions.order_moved(matter, room.answered(matter), to, NOW)


def with_order(matter: Matter, state: OrderState = OrderState.WORKING) -> Matter:
    return replace(matter, orders=(Order(ORDER, "410200-U01", matter.round, state),))


def refused(matter: Matter) -> Moved:
    asked, _ = ending.propose_refusal(matter, NotAcceptedReason.N1, "staff-1", NOW)
    after, events = ending.confirm_refusal(asked, "leader-1", NOW)
    return replace(after, version=after.version - 1), events


def merged(matter: Matter) -> Moved:
    main, told = in_state(MatterState.HANDLING), Told(FeedbackWay.PHONE, FeedbackWay.PHONE)
    asked, _ = ending.propose_merger(matter, main, False, told, "staff-1", NOW)
    after, events = ending.confirm_merger(asked, main, "leader-1", NOW)
    return replace(after, version=after.version - 1), events


def reworked(matter: Matter) -> Moved:
    asked, _ = called(with_order(matter, OrderState.ACCEPTED), DISSATISFIED)
    after, events = closing.confirm_rework(asked, "leader-1", NOW)
    return replace(after, version=after.version - 1), events


def archived(matter: Matter) -> Moved:
    return ending.archive(replace(matter, state_since=NOW - timedelta(days=31)), "archivist", NOW)


MOVES: dict[tuple[str, MatterState | None, MatterState], Callable[[Matter], Moved]] = {}


def makes(number: str, source: MatterState | None, to: MatterState, act: Callable[[Matter], Moved]) -> None:
    MOVES[number, source, to] = act


S = MatterState
MESSAGE = Received(Channel.ONLINE, "1", "停车收费", "反映内容反映内容反映内容", NOW)
makes("T01", None, S.PENDING_INTAKE, lambda _: commands.receive(new_id(), MESSAGE, "410200", "410200-W1", NOW))
makes("T02", None, S.REGISTERED, lambda _: commands.register(new_id(), FORM, DESK, "staff-1", NOW))
makes("T02", S.PENDING_INTAKE, S.REGISTERED, lambda m: commands.register_received(m, FORM, DESK, "staff-1", NOW))
makes("T03", S.REGISTERED, S.CLOSED, lambda m: commands.settle_on_spot(
    m, Settlement("当场办好", RootCause.STYLE, 5), "staff-1", NOW))  # fmt: skip
makes("T05", S.REGISTERED, S.ACCEPTED, deemed)
makes("T06", S.ACCEPTED, S.TRIAGED, lambda m: reactions.triaged(m, room.triaged(m)))
makes("T07", S.TRIAGED, S.HANDLING, lambda m: reactions.approved(m, room.approved(m)))
makes("T08", S.TRIAGED, S.ACCEPTED, lambda m: reactions.triage_returned(m, room.triage_returned(m)))
makes("T09", S.HANDLING, S.COORDINATING, lambda m: reactions.meeting_scheduled(m, room.scheduled(m)))
makes("T09", S.COORDINATING, S.HANDLING, lambda m: reactions.meeting_concluded(
    replace(m, meetings=(MEETING,)), room.concluded(m)))  # fmt: skip
for open_state in (S.HANDLING, S.COORDINATING):
    makes("T12", open_state, S.RESULT_REVIEW, lambda m: order_moved(with_order(m), OrderState.ANSWERED))
    makes("T13", open_state, S.CANNOT_REVIEW, lambda m: order_moved(with_order(m), OrderState.CANNOT_FILED))
    makes("T10", open_state, S.SUSPENDED, lambda m: order_moved(with_order(m), OrderState.SUSPENDED))
makes("T11", S.SUSPENDED, S.HANDLING, lambda m: room.resumed(with_order(m, OrderState.SUSPENDED)))
makes("T12b", S.HANDLING, S.RESULT_REVIEW, lambda m: commands.record_on_site(m, "410221-U09", (), "leader-1", NOW))
makes("T14", S.CANNOT_REVIEW, S.FEEDBACK, lambda m: reactions.all_settled(
    m, room.settled(m, Outcome.CANNOT_EXPLAINED)))  # fmt: skip
makes("T15", S.CANNOT_REVIEW, S.HANDLING, lambda m: reactions.statement_rejected(with_order(m), room.rejected(m)))
for review in (S.RESULT_REVIEW, S.CANNOT_REVIEW):
    makes("T16", review, S.HANDLING, lambda m: reactions.order_returned(with_order(m), room.returned(m)))
makes("T17", S.RESULT_REVIEW, S.FEEDBACK, lambda m: reactions.all_settled(m, room.settled(m)))
makes("T18", S.FEEDBACK, S.CALLBACK, lambda m: commands.give_feedback(m, FeedbackWay.PHONE, "staff-1", NOW))
makes("T19", S.CALLBACK, S.CLOSED, lambda m: called(m, CONTENT))
makes("T20", S.CALLBACK, S.REWORK, reworked)
makes("T20", S.REWORK, S.HANDLING, lambda m: reactions.order_drafted(m, room.drafted(m)))
makes("T04", S.REGISTERED, S.NOT_ACCEPTED, refused)
makes("T21", S.CLOSED, S.ARCHIVED, archived)
makes("T22", S.CLOSED, S.ACCEPTED, lambda m: ending.reopen(m, ReopenReason.NEW_FACT, "leader-1", NOW))
makes("T26", S.CLOSED, S.ACCEPTED, lambda m: reactions.policy_changed(
    replace(m, outcome=Outcome.POLICY_WATCH), room.policy_changed(m)))  # fmt: skip
for open_state in OPEN:
    makes("T23", open_state, S.MERGED, merged)
    makes("T24", open_state, S.WITHDRAWN, lambda m: ending.withdraw(m, Withdrawal(True), "staff-1", NOW))
    makes("T25", open_state, S.TRANSFERRED, lambda m: ending.transfer(m, TransferTo.PETITION, "leader-1", NOW))


def legs(row: Transition) -> list[tuple[str, MatterState | None, MatterState]]:
    return [(row.number, source, row.to) for source in row.sources]


def test_every_row_of_the_table_is_made_by_something() -> None:
    assert {leg for row in TRANSITIONS for leg in legs(row)} == set(MOVES)


def matter_before(source: MatterState | None) -> Matter:
    pending = replace(in_state(S.PENDING_INTAKE), registration=None)
    return pending if source in (None, S.PENDING_INTAKE) else in_state(source or S.REGISTERED)


@pytest.mark.parametrize("leg", MOVES, ids=str)
def test_a_transition_leads_where_the_table_says_and_is_told(leg: tuple[str, MatterState | None, MatterState]) -> None:
    number, source, to = leg
    before = matter_before(source)
    matter, events = MOVES[leg](before)
    told = [event for event in events if isinstance(event, MatterMoved)]
    assert (matter.state, matter.state_since) == (to, NOW)
    assert [(each.transition, each.from_state, each.to_state, each.round) for each in told] == [
        (number, source, to, matter.round)
    ]
    assert matter.version == (1 if source is None else before.version + 1)


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.number)
def test_each_row_names_the_event_that_is_published_or_that_another_service_told(row: Transition) -> None:
    named = set((row.event or "").split(" / "))
    _, events = MOVES[legs(row)[0]](matter_before(row.sources[0]))
    known = {event.TYPE: event.SOURCE for event in REGISTRY.values()}
    foreign = {kind for kind, source in known.items() if source != "intake"}
    assert named & ({event.TYPE for event in events} | foreign)
    assert named <= set(known)


def not_in_the_table() -> list[tuple[tuple[str, MatterState | None, MatterState], MatterState]]:
    known = {(number, source) for number, source, _ in MOVES}
    acts = [leg for leg in MOVES if leg[1] is not None]
    return [(leg, state) for leg in acts for state in MatterState if (leg[0], state) not in known]


@pytest.mark.parametrize(("leg", "state"), not_in_the_table(), ids=str)
def test_from_any_other_state_nothing_moves(
    leg: tuple[str, MatterState | None, MatterState], state: MatterState
) -> None:
    made: list[Event] = []
    with suppress(DomainError):
        made = MOVES[leg](matter_before(state))[1]
    from_here = [event for event in made if isinstance(event, MatterMoved) and event.from_state is state]
    assert leg[0] not in [event.transition for event in from_here]


@pytest.mark.parametrize("state", sorted(FINAL))
def test_whatever_comes_from_elsewhere_after_the_end_is_superseded(state: MatterState) -> None:
    final = in_state(state)
    foreign: list[Callable[[], Moved]] = [
        lambda: reactions.triaged(final, room.triaged(final)),
        lambda: reactions.triage_returned(final, room.triage_returned(final)),
        lambda: reactions.approved(final, room.approved(final)),
        lambda: reactions.order_drafted(final, room.drafted(final)),
        lambda: order_moved(with_order(final), OrderState.ANSWERED),
        lambda: reactions.order_returned(final, room.returned(final)),
        lambda: reactions.statement_rejected(final, room.rejected(final)),
        lambda: reactions.all_settled(final, room.settled(final)),
        lambda: reactions.meeting_scheduled(final, room.scheduled(final)),
        lambda: reactions.meeting_concluded(final, room.concluded(final)),
        lambda: room.resumed(with_order(final)),
        lambda: reactions.order_dropped(with_order(final), room.dropped(final)),
        lambda: reactions.policy_changed(final, room.policy_changed(final)),
        lambda: deemed(final),
    ]
    for event in foreign:
        with pytest.raises(Superseded):
            event()


@pytest.mark.parametrize("state", [S.REGISTERED, S.ACCEPTED, S.TRIAGED])
def test_what_happens_to_orders_waits_for_the_approval(state: MatterState) -> None:
    early = in_state(state)
    with pytest.raises(NotYet):
        reactions.order_drafted(early, room.drafted(early))
    with pytest.raises(NotYet):
        reactions.all_settled(early, room.settled(early))
