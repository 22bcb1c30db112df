"""What starts, moves and stops a clock, and what late news does to it."""

import pytest

from services.deadlines.domain.facts import Mark
from services.deadlines.domain.ladder import Level, StepState
from services.deadlines.domain.rules import ORDER_RULES, RULES
from services.deadlines.domain.triggers import TRIGGERS
from shared.contracts import intake as i
from shared.contracts.codes import MatterState as S
from shared.contracts.deadlines import (
    DeadlineMoved,
    DeadlineStarted,
    DeadlineStopped,
    SupervisionReached,
    SupervisionWithdrawn,
)
from shared.contracts.errors import NotYet
from tests.unit.deadlines_story import (
    COUNTING,
    ORDERS,
    PLACE,
    accepted,
    acked,
    answered,
    approved,
    at,
    callback_attempted,
    clock,
    clocks,
    drafted,
    facts,
    feedback,
    issued,
    ladder_of,
    moved,
    nothing_yet,
    order_accepted,
    order_returned,
    registered,
    rework,
    time_passes,
    told,
    triage_returned,
    triaged,
    voided,
)


def received(historical: bool) -> i.MatterReceived:
    return i.MatterReceived(**PLACE, channel="ONLINE", received_at=at("09-28 10:00"), historical=historical)


def test_a_message_from_outside_is_to_be_registered_within_a_working_day() -> None:
    matter, _ = told([received(historical=False)])
    assert clock(matter, "D01").due_at == at("09-29 17:00")


def test_an_imported_old_message_has_no_clock() -> None:
    matter, published = told([received(historical=True)], until="10-30 09:00")
    assert (matter.clocks, published) == ({}, [])


def test_settling_on_the_spot_stops_both_clocks_of_registration() -> None:
    on_the_spot = i.MatterResolvedOnSpot(
        **PLACE, root_cause="FLOW_POOR", minutes_spent=5, resolved_at=at("09-28 10:05")
    )  # fmt: skip
    matter, _ = told([registered("09-28 10:00"), on_the_spot])
    assert clock(matter, "D10").stop_event == clock(matter, "D02").stop_event == "matter.resolved_on_spot"


def test_a_matter_deemed_accepted_keeps_the_light_of_the_decision_that_did_not_come() -> None:
    story = [registered("09-28 10:00")]
    matter, published = told(story, until="10-08 18:00")
    assert (clock(matter, "D02").due_at, clock(matter, "D02").level) == (at("10-08 17:00"), Level.YELLOW)
    assert [(e.rule, e.overdue) for e in published if isinstance(e, DeadlineStopped)] == [("D02", True), ("D10", True)]
    deemed = i.MatterAccepted(**PLACE, mode="DEEMED", accepted_at=at("10-08 17:00"))
    matter, more = matter.noted(facts([*story, deemed])[-1], COUNTING)
    assert clock(matter, "D02").level is Level.YELLOW
    assert clock(matter, "D02").stop_event == "matter.deemed_accepted"
    assert not any(isinstance(e, SupervisionWithdrawn) for e in [*published, *more])
    assert clock(matter, "D04").due_at == at("10-09 17:00")


def test_a_scope_check_that_lapsed_goes_no_further_however_late_it_is_told() -> None:
    matter, published = told([registered("09-28 10:00")], until="10-20 18:00")
    reached = [
        (e.rule, e.level) for e in published if isinstance(e, SupervisionReached) and e.level in ("RED", "LISTED")
    ]
    assert reached == [], "red of D10 would come at the very moment at which the matter counts as accepted"
    late = i.MatterAccepted(**PLACE, mode="MANUAL", accepted_at=at("10-08 17:00"))
    matter, more = matter.noted(facts([registered("09-28 10:00"), late])[-1], COUNTING)
    assert (clock(matter, "D02").level, clock(matter, "D02").overdue(at("10-20 18:00"))) == (Level.BLUE, False)
    assert [e.rule for e in more if isinstance(e, SupervisionWithdrawn) and e.level == "YELLOW"] == ["D02"]


def test_a_rework_is_answered_when_its_orders_are_though_intake_has_not_told_so() -> None:
    story = [rework("10-15 10:10"), drafted("10-15 10:10", 1, "D15", 2), issued("10-15 11:00", 1, "D15", 2),
             acked("10-15 12:00", 1), answered("10-20 16:50", 1)]  # fmt: skip
    answer = story[-1].model_copy(update={"round": 2})
    matter, published = told([*story[:-1], answer], until="10-30 18:00")
    [whole] = [each for each in clocks(matter, "D22") if each.order_id is None]
    assert (whole.due_at, whole.stopped_at, whole.level) == (at("10-20 17:00"), at("10-20 16:50"), Level.BLUE)
    assert not [e for e in published if isinstance(e, SupervisionReached) and e.rule == "D22" and e.level == "YELLOW"]


def test_a_decision_at_the_very_end_of_the_limit_is_in_time() -> None:
    matter, _ = told([registered("09-28 10:00"), accepted("10-08 17:00")], until="10-20 18:00")
    assert (clock(matter, "D02").level, clock(matter, "D02").overdue(at("10-20 18:00"))) == (Level.BLUE, False)


def test_a_matter_not_accepted_leaves_no_clock_running() -> None:
    matter, _ = told([registered("09-28 10:00"), moved(S.NOT_ACCEPTED, "T04", "09-28 11:00")])
    assert all(c.stopped_at == at("09-28 11:00") for c in matter.clocks.values())


def test_on_site_handling_without_orders_is_reviewed_within_a_working_day() -> None:
    matter, _ = told([
        triaged("09-28 10:00"), approved("09-28 10:20", orders=0), moved(S.RESULT_REVIEW, "T12b", "09-28 15:00"),
        moved(S.FEEDBACK, "T17", "09-28 15:30"), feedback("09-28 15:40"), callback_attempted("09-29 10:00"),
    ])  # fmt: skip
    assert clock(matter, "D05").stopped_at == at("09-28 10:20")
    assert clock(matter, "D19").stopped_at == at("09-28 15:30")
    assert clock(matter, "D20").stopped_at == at("09-28 15:40")
    assert (clock(matter, "D21").due_at, clock(matter, "D21").stopped_at) == (at("09-29 17:00"), at("09-29 10:00"))


def test_an_approval_is_carried_out_only_when_its_last_order_is_issued() -> None:
    story = [triaged("09-28 10:00"), approved("09-28 10:20", orders=2), drafted("09-28 10:20", 0),
             drafted("09-28 10:20", 1), issued("09-28 10:30", 0)]  # fmt: skip
    assert clock(told(story)[0], "D05").stopped_at is None
    assert clock(told([*story, issued("09-28 11:00", 1)])[0], "D05").stopped_at == at("09-28 11:00")


def test_a_draft_that_is_voided_holds_up_no_approval() -> None:
    matter, _ = told([
        triaged("09-28 10:00"), approved("09-28 10:20", orders=2), drafted("09-28 10:20", 0),
        drafted("09-28 10:20", 1), issued("09-28 10:30", 0), voided("09-28 10:50", 1),
    ])  # fmt: skip
    assert clock(matter, "D05").stopped_at == at("09-28 10:50")


def test_an_order_signed_after_the_working_day_still_counts_from_delivery() -> None:
    matter, _ = told([issued("09-28 10:00"), acked("09-30 10:00")], until="09-30 11:00")
    d15 = clock(matter, "D15")
    assert (d15.started_at, d15.start_event) == (at("09-28 10:00"), Mark.TAKEN_AS_ACKED)
    assert clock(matter, "D06").level is Level.RED


def test_signing_at_closing_time_itself_is_in_time() -> None:
    matter, _ = told([issued("09-28 10:00"), acked("09-29 17:00")], until="09-30 11:00")
    assert clock(matter, "D15").started_at == at("09-29 17:00")


def test_a_returned_answer_starts_three_days_of_rework_for_that_order() -> None:
    matter, _ = told([
        issued("09-28 10:00"), acked("09-28 11:00"), answered("09-29 10:00"), order_returned("09-29 11:00"),
        answered("09-30 10:00"), order_accepted("09-30 11:00"),
    ])  # fmt: skip
    assert clock(matter, "D15").stopped_at == at("09-29 10:00")
    assert (clock(matter, "D22").due_at, clock(matter, "D22").stopped_at) == (at("10-09 17:00"), at("09-30 10:00"))
    assert [c.stopped_at for c in clocks(matter, "D19")] == [at("09-29 11:00"), at("09-30 11:00")]


def test_a_rework_is_a_new_round_with_a_clock_of_its_own() -> None:
    matter, _ = told([
        feedback("09-29 10:00"), callback_attempted("09-29 11:00"), rework("09-29 11:05"),
        drafted("09-29 11:05", 1, "D12", 2, predecessor=ORDERS[0]), issued("09-29 14:00", 1, "D12", 2),
        acked("09-29 14:30", 1), answered("09-30 10:00", 1), moved(S.RESULT_REVIEW, "T12", "09-30 10:00", 2),
        feedback("09-30 16:00"),
    ])  # fmt: skip
    rework_clock = clock(matter, "D22")
    assert (rework_clock.round, rework_clock.due_at) == (2, at("10-09 17:00"))
    assert rework_clock.stopped_at == clock(matter, "D12", 1).stopped_at == at("09-30 10:00")
    assert [c.round for c in clocks(matter, "D21")] == [1, 2]


def test_the_end_of_a_matter_stops_what_crossed_it_on_the_way() -> None:
    matter, _ = told([
        issued("09-28 10:00"), moved(S.WITHDRAWN, "T24", "09-28 11:00"), acked("09-28 11:30"),
    ], until="10-30 09:00")  # fmt: skip
    assert {c.rule for c in matter.clocks.values() if c.stopped_at is None} == set()
    assert clock(matter, "D15").level is None


def test_the_end_of_a_round_does_not_stop_the_next_one() -> None:
    matter, _ = told([
        moved(S.CLOSED, "T19", "09-28 10:00"), moved(S.ACCEPTED, "T22", "09-28 10:00", 2), triaged("09-28 10:00"),
    ])  # fmt: skip
    assert (clock(matter, "D04").round, clock(matter, "D04").stopped_at) == (2, at("09-28 10:00"))
    assert (clock(matter, "D05").round, clock(matter, "D05").stopped_at) == (2, None)


def test_an_answer_in_time_that_arrives_late_withdraws_the_steps_after_it() -> None:
    story = [issued("09-28 10:00", rule="D13"), acked("09-28 10:30")]
    matter, _ = told(story, until="10-12 12:00")
    assert clock(matter, "D13").level is Level.RED
    [late] = [f for f in facts([*story, answered("10-08 16:50")]) if f.mark is Mark.ANSWERED]
    matter, published = matter.noted(late, COUNTING)
    assert ladder_of(clock(matter, "D13")) == {"BLUE": "09-30 09:00"}
    assert [e.level for e in published if isinstance(e, SupervisionWithdrawn)] == ["YELLOW", "RED"]
    assert not clock(matter, "D13").overdue(at("10-12 12:00"))
    withdrawn = [s for s in clock(matter, "D13").steps if s.state is StepState.WITHDRAWN]
    assert len(withdrawn) == 2, "the history is kept"


def test_a_step_reached_before_a_late_act_still_comes_when_time_is_caught_up() -> None:
    matter = nothing_yet()
    for fact in facts([issued("09-28 10:00"), acked("09-30 10:00")]):
        matter, _ = matter.noted(fact, COUNTING)
    matter, published = time_passes(matter, at("09-30 12:00"))
    assert ladder_of(clock(matter, "D06"))["RED"] == "09-29 17:00 → 09-30 09:00"
    assert [e.TYPE for e in published] == ["supervision.reached"] * 3 + ["order.ack_missed"]


def test_a_signature_in_time_that_arrives_late_moves_the_clock_and_clears_the_lights() -> None:
    story = [issued("09-28 10:00"), acked("09-28 14:00")]
    first, late = facts(story)
    matter, _ = nothing_yet().noted(first, COUNTING)
    matter, _ = time_passes(matter, at("10-12 12:00"))
    assert clock(matter, "D15").started_at == at("09-28 10:00")
    matter, published = matter.noted(late, COUNTING)
    assert clock(matter, "D06").level is Level.BLUE
    assert clock(matter, "D15").start_event == "order.acked_in_time"
    [moved_event] = [e for e in published if isinstance(e, DeadlineMoved)]
    assert (moved_event.started_at, moved_event.due_at) == (at("09-28 14:00"), at("10-13 17:00"))
    withdrawn = [(e.rule, e.level) for e in published if isinstance(e, SupervisionWithdrawn)]
    assert withdrawn == [("D06", "YELLOW"), ("D06", "RED")]


def test_a_stop_that_comes_before_its_start_waits_for_it() -> None:
    start, stop = facts([accepted("09-28 09:20"), triaged("09-28 09:40")])
    matter, published = nothing_yet().noted(stop, COUNTING)
    assert not any(isinstance(e, DeadlineStarted) and e.rule == "D04" for e in published)
    matter, published = matter.noted(start, COUNTING)
    assert [type(e) for e in published] == [DeadlineStarted, DeadlineStopped]


def test_a_fact_told_twice_changes_nothing() -> None:
    [fact] = facts([registered("09-28 10:00")])
    matter, _ = nothing_yet().noted(fact, COUNTING)
    assert matter.noted(fact, COUNTING) == (matter, [])


def test_an_order_under_a_rule_without_clock_waits_instead_of_running_uncounted() -> None:
    [fact] = facts([issued("09-28 10:00", rule="D99")])
    with pytest.raises(NotYet):
        nothing_yet().noted(fact, COUNTING)


def test_no_reminder_falls_before_the_start() -> None:
    matter, _ = told([registered("09-28 16:30")])
    assert list(ladder_of(clock(matter, "D10"))) == ["YELLOW", "RED", "LISTED"]


def test_a_clock_of_same_day_that_starts_after_closing_runs_to_the_next_closing() -> None:
    matter, _ = told([registered("09-30 17:01")])
    assert clock(matter, "D10").due_at == at("10-08 17:00")


def test_a_sent_back_judgement_stops_the_approval_and_starts_judging_again() -> None:
    matter, _ = told([accepted("09-28 09:20"), triaged("09-28 09:40"), triage_returned("09-28 10:00")])
    assert clock(matter, "D05").stop_event == "matter.triage_returned"
    assert [c.stopped_at for c in clocks(matter, "D04")] == [at("09-28 09:40"), None]


def test_every_active_rule_has_a_trigger_and_no_other() -> None:
    driven = {rule for trigger in TRIGGERS for rule in trigger.rules}
    assert driven == {rule.id for rule in RULES.values() if rule.active}
    assert set(ORDER_RULES) <= driven
    assert "D09" not in RULES


def test_ids_of_clocks_are_the_same_wherever_they_are_counted() -> None:
    one, other = told([registered("09-28 10:00")])[0], told([registered("09-28 10:00")])[0]
    assert one == other
    assert one.clocks.keys() == other.clocks.keys()
