"""The law of deadlines: the same facts give the same clocks, whatever order they come in and whenever steps fire."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from services.deadlines.domain.clock import clock_id
from services.deadlines.domain.facts import Fact
from services.deadlines.domain.ladder import StepState
from services.deadlines.domain.matter import MatterClocks
from services.deadlines.domain.running import updated
from services.deadlines.domain.triggers import runs_touched
from shared.contracts import Event
from shared.contracts.codes import MatterState as S
from tests.unit.deadlines_story import (
    COUNTING,
    ORDERS,
    accepted,
    acked,
    answered,
    approved,
    at,
    callback_attempted,
    clock,
    clocks,
    drafted,
    extension_asked,
    extension_decided,
    facts,
    feedback,
    issued,
    moved,
    nothing_yet,
    objected,
    objection_decided,
    order_accepted,
    order_returned,
    reassigned,
    registered,
    resumed,
    rework,
    suspended,
    time_passes,
    triage_returned,
    triaged,
    voided,
)

THE_WHOLE_WAY: list[Event] = [
    registered("09-28 09:05"), accepted("09-28 09:10"), triaged("09-28 09:30"), triage_returned("09-28 09:30"),
    triaged("09-28 09:30"), approved("09-28 09:45", orders=2), drafted("09-28 09:45", 0), drafted("09-28 09:45", 1),
    issued("09-28 10:00", 0), issued("09-28 10:20", 1), acked("09-28 10:30", 0), issued("09-28 10:40", 3, "D11"),
    acked("09-28 11:00", 3), objected("09-28 14:00", 1), objected("09-28 15:00", 3), suspended("09-29 10:00", "10-12"),
    objection_decided("09-30 09:30", upheld=False, n=1), resumed("09-30 10:00"), extension_decided("09-30 10:30"),
    extension_asked("09-30 10:45", number=3),
    answered("09-30 16:50", 0), objection_decided("10-08 09:30", upheld=True, n=3), reassigned("10-08 09:30", 3),
    order_returned("10-08 10:00", 0), issued("10-08 11:00", 4, "D12"), objected("10-08 12:00", 4),
    suspended("10-09 10:00", "10-10"), objection_decided("10-13 09:00", upheld=True, n=4), reassigned("10-13 09:00", 4),
    answered("10-13 11:00", 0), order_accepted("10-13 15:00", 0),
    acked("10-14 09:00", 1), suspended("10-14 09:10", "11-05", 1), answered("10-14 10:00", 1),
    moved(S.RESULT_REVIEW, "T12", "10-14 10:00"),
    order_accepted("10-14 11:00", 1), moved(S.FEEDBACK, "T17", "10-14 11:00"), feedback("10-14 16:00"),
    callback_attempted("10-15 10:00"), rework("10-15 10:10", times=2), drafted("10-15 10:10", 2, "D15", 2, ORDERS[0]),
    issued("10-15 11:00", 2, "D15", 2), voided("10-16 09:00", 2), moved(S.WITHDRAWN, "T24", "10-16 09:00", 2),
    moved(S.ACCEPTED, "T22", "10-19 09:00", 3), triaged("10-19 10:00"),
]  # fmt: skip
FACTS = facts(THE_WHOLE_WAY)
THE_END = at("10-30 18:00")
shuffled = some.permutations(FACTS)


def taken_in(arrivals: list[Fact]) -> MatterClocks:
    matter = nothing_yet()
    for fact in arrivals:
        matter, _ = matter.noted(fact, COUNTING)
    return matter


def as_seen(matter: MatterClocks) -> set[object]:
    """What counts of each clock: all but the history of what was withdrawn, and what was sent by then."""
    return {
        (
            clock.id, clock.rule, clock.order_id, clock.round, clock.start_event, clock.started_at, clock.due_at,
            clock.stop_event, clock.stopped_at, clock.changes,
            tuple(replace(step, is_sent=False) for step in clock.steps if step.state is not StepState.WITHDRAWN),
        )
        for clock in matter.clocks.values()
    }  # fmt: skip


IN_ORDER = as_seen(time_passes(taken_in(FACTS), THE_END)[0])


def test_the_story_has_a_clock_of_every_kind() -> None:
    matter = taken_in(FACTS)
    assert {rule: len(clocks(matter, rule)) for rule in ("D04", "D05", "D06", "D15", "D19", "D22")} == {
        "D04": 3, "D05": 3, "D06": 5, "D15": 3, "D19": 3, "D22": 2,
    }  # fmt: skip
    assert [len(each.changes) for rule in ("D15", "D22") for each in clocks(matter, rule)] == [1, 3, 1, 1, 1]
    assert clock(matter, "D12").stop_event == clock(matter, "D11").stop_event == "order.reassigned"


@given(shuffled)
@settings(max_examples=200, deadline=None)
def test_any_order_of_arrival_gives_the_same_clocks(arrivals: list[Fact]) -> None:
    assert as_seen(time_passes(taken_in(arrivals), THE_END)[0]) == IN_ORDER


@given(shuffled, some.integers(0, len(FACTS)))
@settings(max_examples=100, deadline=None)
def test_repeats_change_nothing(arrivals: list[Fact], repeats: int) -> None:
    assert taken_in([*arrivals, *arrivals[:repeats]]) == taken_in(arrivals)


@given(shuffled, some.lists(some.integers(0, 32 * 24), min_size=len(FACTS), max_size=len(FACTS)))
@settings(max_examples=200, deadline=None)
def test_steps_fired_meanwhile_leave_the_same_lights_standing(arrivals: list[Fact], hours: list[int]) -> None:
    """However late each fact comes, and however far the timers were by then, the same steps stand in the end."""
    matter = nothing_yet()
    for fact, passed in zip(arrivals, sorted(hours), strict=True):
        matter, _ = time_passes(matter, at("09-28 09:00") + timedelta(hours=passed))
        matter, _ = matter.noted(fact, COUNTING)
    assert as_seen(time_passes(matter, THE_END)[0]) == IN_ORDER


@given(shuffled)
@settings(max_examples=50, deadline=None)
def test_each_step_that_stands_was_told_exactly_once_more_than_it_was_withdrawn(arrivals: list[Fact]) -> None:
    matter, published = nothing_yet(), list[Event]()
    for fact in arrivals:
        matter, news = matter.noted(fact, COUNTING)
        published += news
        matter, news = time_passes(matter, THE_END)
        published += news
    told = [(e.deadline_id, e.level, e.TYPE) for e in published if e.TYPE.startswith("supervision.")]  # type: ignore[attr-defined]
    for each in matter.clocks.values():
        standing = {s.level.value for s in each.steps if s.state is StepState.REACHED and s.level.is_light}
        for level in ("REMIND", "BLUE", "YELLOW", "RED", "RAISED", "LISTED"):
            balance = told.count((each.id, level, "supervision.reached")) - told.count(
                (each.id, level, "supervision.withdrawn")
            )
            assert balance == (level in standing)


hours_from_the_sign_for = some.integers(0, 24 * 21)


@given(
    some.lists(hours_from_the_sign_for, min_size=4, max_size=4, unique=True).map(sorted), some.permutations(range(4))
)
@settings(max_examples=150, deadline=None)
def test_two_pauses_give_the_same_due_time_in_whichever_order_they_are_told(hours: list[int], order: list[int]) -> None:
    one, until, two, until_two = (f"{at('10-12 12:00') + timedelta(hours=each):%m-%d %H:%M}" for each in hours)
    pauses = [suspended(one, "11-05"), resumed(until), suspended(two, "11-20"), resumed(until_two)]
    told = facts([issued("10-12 10:00"), acked("10-12 11:00"), *pauses])
    in_order, shuffled = taken_in(told), taken_in([*told[:2], *(told[2 + n] for n in order)])
    assert clock(shuffled, "D15").due_at == clock(in_order, "D15").due_at
    assert clock(shuffled, "D15").changes == clock(in_order, "D15").changes


def test_a_pause_with_nothing_worked_in_it_moves_no_due_time() -> None:
    signed = [issued("10-12 10:00"), acked("10-12 11:00")]
    plain = clock(taken_in(facts(signed)), "D15")
    over_a_weekend = [*signed, suspended("10-16 17:00", "10-30"), resumed("10-19 09:00")]
    assert clock(taken_in(facts(over_a_weekend)), "D15").due_at == plain.due_at


@given(some.integers(0, len(FACTS) - 1))
@settings(max_examples=100, deadline=None)
def test_counting_again_by_the_same_facts_gives_the_same_clocks_and_tells_nothing(n: int) -> None:
    matter = taken_in(FACTS)
    for run in runs_touched(matter.facts[n], matter.facts):
        known = matter.clocks[clock_id(matter.matter_id, run)]
        assert updated(known, run, known.round, COUNTING) == (known, [])


@given(shuffled)
@settings(max_examples=50, deadline=None)
def test_each_paper_goes_out_once_after_its_light_and_every_light_that_stands_has_its_paper(
    arrivals: list[Fact],
) -> None:
    matter, sent = nothing_yet(), Counter[tuple[object, str, object]]()
    for fact in arrivals:
        matter, _ = matter.noted(fact, COUNTING)
        matter, fired = matter.passed(THE_END, COUNTING)
        for each in fired:
            if each.paper:
                clock, step = each.paper
                assert step.state is StepState.REACHED
                assert each.at == step.sent_at
                sent[clock.id, step.level, step.at] += 1
    for each_clock in matter.clocks.values():
        for step in each_clock.steps:
            if step.state is StepState.REACHED and step.level in ("YELLOW", "RED", "RAISED", "LISTED"):
                assert sent[each_clock.id, step.level, step.at] >= 1
