"""How a matter ends without being done, who decides it, and how it begins again (handbook 3.2 T04, T22–T25)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.intake.domain import commands, ending, proposals, reactions
from services.intake.domain.ending import SAME_AGAIN, Told, Withdrawal
from services.intake.domain.form import Particulars, Settlement
from services.intake.domain.matter import Matter
from services.intake.domain.scope import GUIDANCE
from services.intake.domain.transitions import FINAL
from shared.contracts.codes import (
    Disclosure,
    FeedbackWay,
    MatterState,
    NotAcceptedReason,
    Outcome,
    ReopenReason,
    ReporterKind,
    RootCause,
)
from shared.contracts.errors import Conflict, Forbidden, IllegalTransition, Refused
from shared.contracts.intake import MatterNotAccepted, MatterReopened
from tests.unit import intake_room as room
from tests.unit.intake_room import NOW, in_state, registered, types

S = MatterState
BOTH = Told(FeedbackWay.PHONE, FeedbackWay.FACE_TO_FACE)
N1 = NotAcceptedReason.N1


def refusal_proposed(matter: Matter | None = None) -> Matter:
    return ending.propose_refusal(matter or registered(), N1, "staff-1", NOW)[0]


def merger_proposed(matter: Matter, main: Matter) -> Matter:
    return ending.propose_merger(matter, main, False, BOTH, "staff-1", NOW)[0]


def test_every_reason_not_to_accept_says_what_is_told_and_where_to_go() -> None:
    assert set(GUIDANCE) == set(NotAcceptedReason)
    assert all(guidance.told.endswith("。") and guidance.place for guidance in GUIDANCE.values())


def test_a_refusal_is_proposed_by_staff_and_stands_only_when_the_leader_confirms_it() -> None:
    asked = refusal_proposed()
    assert asked.state is S.REGISTERED
    matter, events = ending.confirm_refusal(asked, "leader-1", NOW)
    assert (matter.state, matter.outcome, matter.proposal) == (S.NOT_ACCEPTED, Outcome.NOT_ACCEPTED, None)
    told = events[0]
    assert isinstance(told, MatterNotAccepted)
    assert (told.reason, told.proposed_by, told.approved_by) == (N1, "staff-1", "leader-1")


def test_nobody_decides_what_they_proposed() -> None:
    with pytest.raises(Forbidden, match="自己提请"):
        ending.confirm_refusal(refusal_proposed(), "staff-1", NOW)


def test_without_a_proposal_there_is_nothing_to_decide() -> None:
    for act in (ending.confirm_refusal, proposals.declined):
        with pytest.raises(Conflict, match="没有等待决定的提请"):
            act(registered(), "leader-1", NOW)


def test_one_proposal_at_a_time() -> None:
    with pytest.raises(Conflict, match="已有提请"):
        refusal_proposed(refusal_proposed())


def test_a_declined_proposal_leaves_the_matter_as_it_was() -> None:
    matter, events = proposals.declined(refusal_proposed(), "leader-1", NOW)
    assert (matter.state, matter.proposal) == (S.REGISTERED, None)
    assert [event.TYPE for event in events] == ["matter.proposal_declined"]


def test_what_is_accepted_meanwhile_can_no_longer_be_refused() -> None:
    matter, _ = commands.accept(refusal_proposed(), "staff-2", NOW)
    assert matter.proposal is None
    with pytest.raises(Conflict):
        ending.confirm_refusal(matter, "leader-1", NOW)


def test_what_is_a_repetition_is_merged_not_refused() -> None:
    with pytest.raises(Refused, match="提请并件"):
        ending.propose_refusal(registered(), NotAcceptedReason.N12, "staff-1", NOW)


def test_a_proposed_merger_outlives_what_happens_to_the_matter() -> None:
    accepted = in_state(S.ACCEPTED)
    asked = merger_proposed(accepted, in_state(S.HANDLING))
    triaged, _ = reactions.triaged(asked, room.triaged(asked))
    assert triaged.proposal is not None


@pytest.mark.parametrize("told", [Told(None, FeedbackWay.PHONE), Told(FeedbackWay.PHONE, None)])
def test_two_reporters_are_both_told_before_their_matters_become_one(told: Told) -> None:
    with pytest.raises(Refused, match="告知双方"):
        ending.propose_merger(registered(), in_state(S.HANDLING), False, told, "staff-1", NOW)


def test_one_reporter_of_both_is_told_once() -> None:
    told = Told(FeedbackWay.PHONE, None)
    asked, _ = ending.propose_merger(registered(), in_state(S.HANDLING), True, told, "staff-1", NOW)
    assert asked.proposal is not None


@pytest.mark.parametrize("state", sorted({*FINAL, S.PENDING_INTAKE}))
def test_nothing_is_merged_into_what_is_not_open(state: MatterState) -> None:
    with pytest.raises(Refused, match="主件已办结"):
        merger_proposed(registered(), in_state(state))


def test_a_main_matter_that_ended_meanwhile_takes_nothing_in() -> None:
    main = in_state(S.HANDLING)
    asked = merger_proposed(registered(), main)
    with pytest.raises(Refused, match="主件已办结"):
        ending.confirm_merger(asked, replace(main, state=S.CLOSED), "leader-1", NOW)


def test_a_matter_is_not_merged_into_itself_nor_in_a_circle() -> None:
    one, other = in_state(S.ACCEPTED), in_state(S.HANDLING)
    with pytest.raises(Refused, match="事项本身"):
        merger_proposed(one, one)
    merged, _ = ending.confirm_merger(merger_proposed(one, other), other, "leader-1", NOW)
    with pytest.raises(Refused, match="主件已办结"):
        merger_proposed(other, merged)


def test_only_the_reporter_takes_a_matter_back() -> None:
    with pytest.raises(Refused, match="反映人本人"):
        ending.withdraw(registered(), Withdrawal(identity_checked=False), "staff-1", NOW)


def test_one_of_a_group_does_not_take_it_back_for_all() -> None:
    codes = replace(room.FORM.particulars, reporter_kind=ReporterKind.GROUP, group_size=15)
    matter = registered(particulars=codes)
    with pytest.raises(Refused, match="全体成员"):
        ending.withdraw(matter, Withdrawal(True, all_agree=False), "staff-1", NOW)
    assert ending.withdraw(matter, Withdrawal(True, all_agree=True), "staff-1", NOW)[0].state is S.WITHDRAWN


def test_what_came_without_a_name_cannot_be_taken_back_by_somebody() -> None:
    codes: Particulars = replace(room.FORM.particulars, disclosure=Disclosure.ANONYMOUS)
    with pytest.raises(Refused, match="匿名"):
        ending.withdraw(registered(particulars=codes), Withdrawal(True), "staff-1", NOW)


def test_a_reopened_matter_keeps_its_number_and_begins_a_round_without_result() -> None:
    closed = in_state(S.CLOSED, orders_awaited=2, responsible_unit_id="410200-U01")
    matter, events = ending.reopen(closed, ReopenReason.NEW_FACT, "leader-1", NOW)
    assert matter.registration == closed.registration
    assert (matter.state, matter.round, matter.outcome, matter.root_cause) == (S.ACCEPTED, 2, None, None)
    assert (matter.orders_awaited, matter.responsible_unit_id) == (0, None)
    told = events[0]
    assert isinstance(told, MatterReopened)
    assert (told.round, told.reason) == (2, ReopenReason.NEW_FACT)


def test_the_same_matter_again_reopens_it_for_thirty_days() -> None:
    closed = in_state(S.CLOSED)
    ending.reopen(closed, ReopenReason.SAME_AGAIN, "leader-1", NOW + SAME_AGAIN)
    late = NOW + SAME_AGAIN + timedelta(seconds=1)
    with pytest.raises(Refused, match="30日"):
        ending.reopen(closed, ReopenReason.SAME_AGAIN, "leader-1", late)
    ending.reopen(closed, ReopenReason.NEW_FACT, "leader-1", late)


def test_what_was_settled_at_the_counter_is_judged_when_it_is_reopened() -> None:
    settled, _ = commands.settle_on_spot(registered(), Settlement("当场办好", RootCause.STYLE, 5), "staff-1", NOW)
    reopened = ending.reopen(settled, ReopenReason.SAME_AGAIN, "leader-1", NOW)
    assert types(reopened) == ["matter.reopened", "matter.moved"]
    again = reactions.triaged(reopened[0], room.triaged(reopened[0]))
    assert again[0].state is S.TRIAGED


@pytest.mark.parametrize("state", sorted(FINAL - {S.CLOSED}))
def test_only_what_was_closed_is_reopened(state: MatterState) -> None:
    with pytest.raises(IllegalTransition):
        ending.reopen(in_state(state), ReopenReason.NEW_FACT, "leader-1", NOW)
