"""What becomes of a matter whose orders are suspended, reassigned or dropped (handbook 3.2 T10, T11, T26)."""

from dataclasses import replace

import pytest

from services.intake.domain import ending, reactions
from services.intake.domain.matter import Matter, Moved, Order
from shared.contracts.codes import MatterState, OrderState, Outcome, ReopenReason
from shared.contracts.errors import Superseded
from shared.contracts.intake import MatterReopened
from shared.ids import new_id
from tests.unit import intake_room as room
from tests.unit.intake_room import MEETING, NOW, ORDER, in_state, moves, refused

S, To = MatterState, OrderState
OTHER = new_id()


def handled(*states: OrderState, at: MatterState = S.HANDLING) -> Matter:
    """A matter with an order in each state, the first ORDER and the second OTHER."""
    ids = (ORDER, OTHER)
    orders = tuple(Order(id, "410200-U01", 1, state) for id, state in zip(ids, states, strict=False))
    return in_state(at, orders=orders)


def goes_to(matter: Matter, state: OrderState, order: Order | None = None) -> Moved:
    told = room.answered(matter, order.id if order else ORDER)
    return reactions.order_moved(matter, told, state, NOW, "leader-1")


def test_a_matter_is_suspended_only_when_its_last_open_order_is() -> None:
    matter, events = goes_to(handled(To.WORKING, To.WORKING), To.SUSPENDED)
    assert (matter.state, events) == (S.HANDLING, [])
    both = goes_to(matter, To.SUSPENDED, matter.orders[1])
    assert (both[0].state, moves(both)) == (S.SUSPENDED, ["T10"])
    assert "leader-1" in both[0].hands


@pytest.mark.parametrize(
    ("other", "stands_still"),
    [
        (To.ACCEPTED, True), (To.CLOSED, True), (To.VOIDED, True),
        (To.DRAFT, False), (To.DELIVERED, False), (To.OBJECTED, False), (To.EXT_ASKED, False), (To.ANSWERED, False),
        (To.CANNOT_FILED, False), (To.RETURNED, False), (To.REJECTED, False), (To.REASSIGNED, False),
    ],
)  # fmt: skip
def test_what_the_other_order_is_doing_decides(other: OrderState, stands_still: bool) -> None:
    matter, _ = goes_to(handled(To.WORKING, other), To.SUSPENDED)
    assert (matter.state is S.SUSPENDED) is stands_still


def test_the_settling_of_the_other_order_suspends_the_matter_too() -> None:
    outcome = goes_to(handled(To.ANSWERED, To.SUSPENDED), To.ACCEPTED)
    assert moves(outcome) == ["T10"]


def test_one_order_that_runs_again_brings_the_matter_back() -> None:
    suspended = handled(To.SUSPENDED, To.SUSPENDED, at=S.SUSPENDED)
    outcome = room.resumed(suspended)
    assert (outcome[0].state, moves(outcome)) == (S.HANDLING, ["T11"])
    assert "staff-2" in outcome[0].hands
    by_its_day, _ = room.resumed(suspended, "system")
    assert by_its_day.hands == suspended.hands


def test_a_suspended_order_that_is_voided_or_answered_leaves_nothing_suspended() -> None:
    suspended = handled(To.SUSPENDED, at=S.SUSPENDED)
    assert moves(goes_to(suspended, To.VOIDED)) == ["T11"]
    assert moves(goes_to(suspended, To.ANSWERED)) == ["T11", "T12"]


def test_a_meeting_goes_on_where_it_was_after_the_suspension() -> None:
    meeting = replace(handled(To.WORKING, at=S.COORDINATING), meetings=(MEETING,))
    suspended, _ = goes_to(meeting, To.SUSPENDED)
    assert suspended.state is S.SUSPENDED
    outcome = room.resumed(suspended)
    assert (outcome[0].state, moves(outcome)) == (S.COORDINATING, ["T11", "T09"])


def test_a_meeting_called_or_concluded_meanwhile_does_not_end_the_suspension() -> None:
    suspended = handled(To.SUSPENDED, at=S.SUSPENDED)
    called, events = reactions.meeting_scheduled(suspended, room.scheduled(suspended))
    assert (called.state, events) == (S.SUSPENDED, [])
    assert reactions.meeting_concluded(called, room.concluded(called)) == (suspended, [])


def test_a_reassigned_order_holds_the_round_until_its_successor_takes_its_place() -> None:
    matter, _ = goes_to(handled(To.OBJECTED, To.ANSWERED), To.REASSIGNED)
    assert matter.state is S.HANDLING
    successor = new_id()
    matter, _ = reactions.order_drafted(matter, room.drafted(matter, successor, predecessor=ORDER))
    assert [order.id for order in matter.orders_of_round] == [OTHER, successor]
    outcome = goes_to(matter, To.ANSWERED, matter.orders[2])
    assert (outcome[0].state, moves(outcome)) == (S.RESULT_REVIEW, ["T12"])


def test_a_successor_of_a_suspended_matter_brings_it_back() -> None:
    suspended = handled(To.SUSPENDED, at=S.SUSPENDED)
    outcome = reactions.order_drafted(suspended, room.drafted(suspended, new_id()))
    assert moves(outcome) == ["T11"]


@pytest.mark.parametrize("gone", [To.REJECTED, To.REASSIGNED])
def test_an_order_that_nothing_follows_holds_the_round_no_longer(gone: OrderState) -> None:
    matter = handled(gone, To.ANSWERED)
    outcome = reactions.order_dropped(matter, room.dropped(matter))
    assert (outcome[0].state, moves(outcome)) == (S.RESULT_REVIEW, ["T12"])
    assert "leader-1" in outcome[0].hands


@pytest.mark.parametrize("outcome", [Outcome.CANNOT_EXPLAINED, Outcome.POLICY_WATCH])
def test_a_changed_policy_opens_a_new_round_of_what_it_hindered(outcome: Outcome) -> None:
    closed = replace(handled(To.CLOSED, at=S.CLOSED), outcome=outcome)
    matter, events = reactions.policy_changed(closed, room.policy_changed(closed))
    told = events[0]
    assert isinstance(told, MatterReopened)
    assert (told.round, told.reason, told.reopened_by) == (2, ReopenReason.POLICY_CHANGED, "system")
    assert (matter.state, matter.outcome, matter.orders_of_round, matter.hands) == (S.ACCEPTED, None, (), closed.hands)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.CANNOT_EXPLAINED, Outcome.POLICY_WATCH}))
def test_what_ended_otherwise_stays_closed(outcome: Outcome) -> None:
    closed = replace(in_state(S.CLOSED), outcome=outcome)
    with pytest.raises(Superseded):
        reactions.policy_changed(closed, room.policy_changed(closed))


@pytest.mark.parametrize("state", sorted(set(S) - {S.CLOSED}))
def test_a_policy_that_changes_before_or_long_after_the_end_changes_nothing(state: MatterState) -> None:
    matter = replace(in_state(state), outcome=Outcome.CANNOT_EXPLAINED)
    with pytest.raises(Superseded):
        reactions.policy_changed(matter, room.policy_changed(matter))


def test_a_matter_whose_reporter_is_erased_stays_closed() -> None:
    erased = replace(in_state(S.CLOSED), outcome=Outcome.CANNOT_EXPLAINED, is_erased=True)
    with pytest.raises(Superseded):
        reactions.policy_changed(erased, room.policy_changed(erased))


def test_the_leader_may_name_a_changed_policy_only_where_one_hindered() -> None:
    closed = in_state(S.CLOSED)
    with refused("reopening.no_policy"):
        ending.reopen(closed, ReopenReason.POLICY_CHANGED, "leader-1", NOW)
    hindered = replace(closed, outcome=Outcome.POLICY_WATCH)
    assert moves(ending.reopen(hindered, ReopenReason.POLICY_CHANGED, "leader-1", NOW)) == ["T22"]
