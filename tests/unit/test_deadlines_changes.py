"""Extensions, pauses and objections: what they do to the clocks of an order (handbook 5.3, 5.4)."""

import pytest

from services.deadlines.domain.facts import Mark
from services.deadlines.domain.ladder import Level, StepState
from shared.contracts import Event
from shared.contracts.deadlines import (
    DeadlineMoved,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStopped,
    OrderAckMissed,
    SupervisionReached,
    SupervisionWithdrawn,
)
from tests.unit.deadlines_story import (
    COUNTING,
    acked,
    answered,
    at,
    clock,
    clocks,
    drafted,
    extension_asked,
    extension_decided,
    facts,
    issued,
    ladder_of,
    objected,
    objection_decided,
    order_returned,
    reassigned,
    resumed,
    suspended,
    told,
)

# An order of seven days: REMIND 10-16 13:30, due 10-21 17:00.
SIGNED = [issued("10-12 10:00"), acked("10-12 11:00")]


def of_pause(published: list[Event]) -> list[Event]:
    return [event for event in published if isinstance(event, DeadlinePaused | DeadlineResumed)]


def test_an_extension_counts_from_the_due_time_and_moves_the_ladder() -> None:
    matter, published = told([*SIGNED, extension_decided("10-21 10:00", "5WD")], until="10-21 18:00")
    d15 = clock(matter, "D15")
    assert d15.due_at == at("10-28 17:00")
    assert ladder_of(d15) == {
        "REMIND": "10-16 13:30",
        "BLUE": "10-27 09:00",
        "YELLOW": "10-28 17:00 → 10-29 09:00",
        "RED": "11-02 17:00 → 11-03 09:00",
        "LISTED": "11-05 17:00 → 11-06 09:00",
    }
    [moved] = [event for event in published if isinstance(event, DeadlineMoved)]
    assert (moved.previous_due_at, moved.due_at, moved.limit) == (at("10-21 17:00"), at("10-28 17:00"), "7WD")
    assert [e.level for e in published if isinstance(e, SupervisionWithdrawn)] == ["BLUE"], "the blue of the old date"


def test_a_second_extension_counts_from_the_first() -> None:
    story = [*SIGNED, extension_decided("10-20 10:00", "5WD"), extension_decided("10-27 10:00", "2WD")]
    assert clock(told(story)[0], "D15").due_at == at("10-30 17:00")


def test_an_extension_that_is_not_granted_changes_nothing() -> None:
    matter, published = told([*SIGNED, extension_decided("10-20 10:00", granted=False)])
    assert clock(matter, "D15").due_at == at("10-21 17:00")
    assert not any(isinstance(event, DeadlineMoved) for event in published)


def test_a_third_request_is_red_at_once_and_red_only_once() -> None:
    asked = [extension_asked(f"10-{day} 10:00", number=number) for number, day in ((1, 13), (2, 14), (3, 15))]
    matter, published = told([*SIGNED, *asked], until="10-27 18:00")
    d15 = clock(matter, "D15")
    assert (d15.due_at, ladder_of(d15)["RED"]) == (at("10-21 17:00"), "10-15 10:00")
    reds = [event for event in published if isinstance(event, SupervisionReached) and event.level == "RED"]
    assert [event.reached_at for event in reds] == [at("10-15 10:00")]
    calm, _ = told([*SIGNED, *asked[:2]], until="10-15 18:00")
    assert clock(calm, "D15").level is None


def test_an_extension_granted_after_the_end_takes_the_light_away_again() -> None:
    matter, _ = told([*SIGNED, extension_decided("10-22 10:00", "5WD")], until="10-22 11:00")
    assert (clock(matter, "D15").level, clock(matter, "D15").overdue(at("10-22 11:00"))) == (Level.REMIND, False)


@pytest.mark.parametrize("change", [extension_decided("09-30 10:00", "2WD"), suspended("09-30 10:00", "10-20")])
def test_the_three_days_of_a_cannot_do_statement_are_neither_extended_nor_paused(change: Event) -> None:
    story = [issued("09-29 16:00", rule="D13"), acked("09-30 09:30")]
    matter, published = told([*story, change])
    assert matter.clocks == told(story)[0].clocks
    assert not any(isinstance(event, DeadlineMoved | DeadlinePaused) for event in published)


def test_a_pause_ends_by_itself_with_what_was_left_rounded_up_to_a_whole_day() -> None:
    story = [*SIGNED, suspended("10-20 15:00", "10-26")]
    matter, published = told(story, until="10-25 12:00")
    assert of_pause(published) == [event for event in published if isinstance(event, DeadlinePaused)]
    [paused] = [event for event in published if isinstance(event, DeadlinePaused)]
    assert (paused.rule, paused.paused_at, paused.resumes_at) == ("D15", at("10-20 15:00"), at("10-26 09:00"))
    assert clock(matter, "D15").pause(at("10-25 12:00"))
    assert not clock(matter, "D15").overdue(at("10-25 12:00"))
    assert clock(matter, "D15").level is Level.REMIND
    matter, published = told(story, until="10-26 09:01")
    [back] = [event for event in published if isinstance(event, DeadlineResumed)]
    assert (back.automatic, back.resumed_at) == (True, at("10-26 09:00"))
    # Two hours and a day were left: 10-26 and two hours of 10-27, to its closing.
    assert (back.previous_due_at, back.due_at, back.provisional) == (at("10-21 17:00"), at("10-27 17:00"), False)
    assert clock(matter, "D15").pause(at("10-26 09:00")) is None


def test_who_resumes_earlier_keeps_what_was_left_from_then() -> None:
    matter, published = told([*SIGNED, suspended("10-20 15:00", "11-10"), resumed("10-22 11:00")], until="11-10 10:00")
    [back] = [event for event in published if isinstance(event, DeadlineResumed)]
    assert (back.automatic, back.resumed_at, back.due_at) == (False, at("10-22 11:00"), at("10-23 17:00"))
    assert clock(matter, "D15").due_at == at("10-23 17:00")


def test_the_order_told_to_have_resumed_on_its_day_changes_nothing_more() -> None:
    story = [*SIGNED, suspended("10-20 15:00", "10-26")]
    alone, heard = told(story, until="10-26 10:00")
    again, published = told([*story, resumed("10-26 09:00", automatic=True)], until="10-26 10:00")
    assert of_pause(published) == of_pause(heard)
    assert clock(again, "D15") == clock(alone, "D15")


def test_a_resumption_on_a_rest_day_waits_for_the_next_opening() -> None:
    matter, _ = told([*SIGNED, suspended("10-20 15:00", "10-24")])  # a Saturday
    assert clock(matter, "D15").pauses[0].until == at("10-26 09:00")


def test_no_step_is_reached_while_the_clock_stands_still() -> None:
    matter, published = told([*SIGNED, suspended("10-14 10:00", "11-05")], until="11-05 08:59")
    assert [event for event in published if isinstance(event, SupervisionReached)] == []
    standing = ladder_of(clock(matter, "D15"))
    assert (standing["RESUMED"], standing["REMIND"]) == ("11-05 09:00", "11-09 11:30")
    assert clock(matter, "D15").due_at == at("11-12 17:00")


def test_a_warning_whose_moment_falls_into_the_pause_comes_when_it_is_over() -> None:
    matter, published = told([*SIGNED, suspended("10-21 10:00", "10-27")], until="10-27 09:01")
    assert clock(matter, "D15").due_at == at("10-27 17:00")
    blue = [event for event in published if isinstance(event, SupervisionReached) and event.level == "BLUE"]
    assert [event.reached_at for event in blue] == [at("10-20 09:00"), at("10-27 09:00")]
    told_last = [event.TYPE for event in published][-2:]
    assert told_last == ["deadline.resumed", "supervision.reached"], "it runs before it warns"


def test_an_overdue_clock_that_is_paused_stays_overdue_and_goes_no_further() -> None:
    matter, published = told([*SIGNED, suspended("10-22 10:00", "11-02")], until="11-02 09:30")
    d15 = clock(matter, "D15")
    assert (d15.due_at, d15.level, d15.overdue(at("10-30 10:00"))) == (at("10-21 17:00"), Level.YELLOW, True)
    assert ladder_of(d15)["RED"] == "11-04 17:00 → 11-05 09:00", "the days that were left of the three"
    assert not any(isinstance(event, SupervisionWithdrawn) and event.level == "YELLOW" for event in published)


def test_an_answer_while_it_is_paused_stops_it_for_good() -> None:
    matter, published = told([*SIGNED, suspended("10-20 15:00", "10-26"), answered("10-22 10:00")], until="10-30 09:00")
    d15 = clock(matter, "D15")
    assert (d15.stopped_at, d15.pause(at("10-23 09:00")), d15.overdue(at("10-30 09:00"))) == (
        at("10-22 10:00"), None, False
    )  # fmt: skip
    assert not any(isinstance(event, DeadlineResumed) for event in published)


def test_an_extension_and_a_pause_act_on_the_clock_of_the_rework_not_on_the_one_before() -> None:
    story = [*SIGNED, answered("10-13 10:00"), order_returned("10-13 11:00"), extension_decided("10-15 10:00", "2WD"),
             suspended("10-19 10:00", "10-26")]  # fmt: skip
    matter, _ = told(story)
    assert (clock(matter, "D15").changes, clock(matter, "D15").due_at) == ((), at("10-21 17:00"))
    # 10-16 and two days: 10-20; paused with two days less an hour left
    assert clock(matter, "D22").due_at == at("10-27 17:00")
    assert all(each.changes == () for each in clocks(matter, "D06") + clocks(matter, "D19"))


def test_a_resumption_that_comes_late_undoes_the_automatic_one() -> None:
    story = [*SIGNED, suspended("10-20 15:00", "10-26"), resumed("10-22 11:00")]
    matter, _ = told(story[:-1], until="10-26 10:00")
    matter, published = matter.noted(facts(story)[-1], COUNTING)
    assert [(e.TYPE, e.due_at) for e in published if isinstance(e, DeadlineResumed)] == [
        ("deadline.resumed", at("10-23 17:00"))
    ]
    assert [s.state for s in clock(matter, "D15").steps if s.level is Level.RESUMED] == [StepState.WITHDRAWN]


def test_who_objects_in_time_has_not_failed_to_sign() -> None:
    matter, published = told([issued("10-12 10:00"), objected("10-12 12:00")], until="10-15 09:00")
    assert (clock(matter, "D06").stop_event, clock(matter, "D06").level) == ("order.objected", None)
    assert clocks(matter, "D15") == []
    assert not any(isinstance(event, OrderAckMissed) for event in published)


def test_an_objection_that_is_denied_wins_no_time() -> None:
    story = [issued("10-12 10:00"), objected("10-12 12:00"), objection_decided("10-14 10:00", upheld=False)]
    matter, _ = told(story)
    assert (clock(matter, "D15").started_at, clock(matter, "D15").start_event) == (
        at("10-12 10:00"), Mark.TAKEN_AS_ACKED
    )  # fmt: skip
    signed, _ = told([*story, acked("10-14 11:00")])
    assert clock(signed, "D15").started_at == at("10-12 10:00")
    assert clock(signed, "D06").stop_event == "order.objected", "the clock to sign does not begin again"


def test_who_signs_in_time_after_a_denial_is_counted_from_the_signature() -> None:
    matter, _ = told([
        issued("10-12 10:00"), objected("10-12 11:00"), objection_decided("10-12 14:00", upheld=False),
        acked("10-13 10:00"),
    ])  # fmt: skip
    assert (clock(matter, "D15").started_at, clock(matter, "D15").due_at) == (at("10-13 10:00"), at("10-22 17:00"))


def test_an_order_signed_for_runs_on_while_its_objection_is_open() -> None:
    matter, _ = told([*SIGNED, objected("10-12 12:00")], until="10-13 09:00")
    assert (clock(matter, "D06").stop_event, clock(matter, "D15").stopped_at) == ("order.acked", None)


def test_an_objection_upheld_ends_the_order_since_it_was_raised_with_all_lights_that_came_meanwhile() -> None:
    story = [issued("10-12 10:00", rule="D11"), acked("10-12 10:30"), objected("10-12 12:00"),
             objection_decided("10-14 10:00", upheld=True), reassigned("10-14 10:00")]  # fmt: skip
    before, _ = told(story[:3], until="10-14 09:00")
    assert clock(before, "D11").level is Level.YELLOW
    matter, published = told(story, until="10-20 09:00")
    d11 = clock(matter, "D11")
    assert (d11.stop_event, d11.stopped_at, d11.level) == ("order.reassigned", at("10-12 12:00"), None)
    assert [e.overdue for e in published if isinstance(e, DeadlineStopped) and e.rule == "D11"] == [False]


def test_a_reassigned_order_ends_like_a_voided_one_and_its_successor_has_clocks_of_its_own() -> None:
    matter, _ = told([
        *SIGNED, suspended("10-13 10:00", "11-02"), reassigned("10-14 10:00"), drafted("10-14 10:00", 4),
        issued("10-14 11:00", 4), acked("10-14 11:30"),
    ], until="10-14 12:00")  # fmt: skip
    assert clock(matter, "D15", 0).stopped_at == at("10-14 10:00")
    assert clock(matter, "D06", 4).stopped_at is None
