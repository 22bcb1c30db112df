"""抽查回访: who is drawn, and what a call after the end comes to (handbook 3.2 T03, T22; 6.5)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import closing, commands, ending, sampling
from services.intake.domain.callback import Report, Sample, SampleResult
from services.intake.domain.form import Settlement
from services.intake.domain.matter import Matter, Moved
from shared.contracts.codes import (
    CallbackResult,
    MatterState,
    ReopenReason,
    RootCause,
    Satisfaction,
    Solved,
    UnsatisfiedReason,
)
from shared.contracts.errors import Conflict, Forbidden, IllegalTransition, Refused
from shared.ids import new_id
from shared.workdays import DEFAULT_HOURS, builtin_calendar
from tests.unit.intake_room import HOUR, NOW, registered, types

GOOD = Report(CallbackResult.REACHED, True, Solved.SOLVED, Satisfaction.SATISFIED)
BAD = Report(CallbackResult.REACHED, True, Solved.NOT_SOLVED, Satisfaction.DISSATISFIED, UnsatisfiedReason.U1)
DECLINED = Report(CallbackResult.DECLINED)


def settled(is_drawn: bool = True) -> Matter:
    matter, _ = commands.settle_on_spot(registered(), Settlement("当场办好", RootCause.STYLE, 5), "staff-1", NOW)
    return replace(matter, sample=Sample(NOW)) if is_drawn else matter


def called(matter: Matter, report: Report, by: str = "caller", later: timedelta = timedelta()) -> Moved:
    return closing.call_back(matter, report, by, NOW + later, builtin_calendar(), DEFAULT_HOURS)


@given(st.integers(0, 250), st.uuids())
def test_at_least_one_in_ten_is_drawn_and_anybody_can_repeat_it(number: int, seed: UUID) -> None:
    matters = [new_id() for _ in range(number)]
    once = sampling.drawn(matters, seed)
    assert once == sampling.drawn(list(reversed(matters)), seed)
    assert len(once) == len(set(once)) == -(-number // 10)
    assert set(once) <= set(matters)


def test_a_day_is_drawn_from_when_it_is_over() -> None:
    sampling.require_over(NOW.date() - timedelta(days=1), NOW)
    with pytest.raises(Refused, match="次日"):
        sampling.require_over(NOW.date(), NOW)


def test_what_was_not_drawn_is_not_called() -> None:
    with pytest.raises(IllegalTransition):
        called(settled(is_drawn=False), GOOD)


@pytest.mark.parametrize(("report", "result"), [(GOOD, SampleResult.CONTENT), (BAD, SampleResult.DISSATISFIED)])
def test_a_call_after_the_end_is_noted_and_leaves_the_matter_closed(report: Report, result: SampleResult) -> None:
    outcome = called(settled(), report)
    matter = outcome[0]
    assert types(outcome) == ["callback.attempted", "callback.completed"]
    assert matter.sample is not None
    assert (matter.state, matter.sample.result, matter.is_to_be_called) == (MatterState.CLOSED, result, False)
    with pytest.raises(Conflict, match="已完成"):
        called(matter, GOOD)


def test_who_declines_three_times_in_different_half_days_counts_as_neither() -> None:
    matter = settled()
    for hours in (0, 4, 24):
        matter, events = called(matter, DECLINED, later=hours * HOUR)
    assert matter.sample is not None
    assert matter.sample.result is SampleResult.UNREACHABLE
    assert [event.TYPE for event in events] == ["callback.attempted", "callback.completed"]


def test_the_first_receiver_does_not_call() -> None:
    with pytest.raises(Forbidden, match="经手"):
        called(settled(), GOOD, by="staff-1")


def test_only_a_dissatisfied_answer_reopens_as_such() -> None:
    content, _ = called(settled(), GOOD)
    with pytest.raises(Refused, match="不满意的抽查回访"):
        ending.reopen(content, ReopenReason.DISSATISFIED, "leader-1", NOW)
    unhappy, _ = called(settled(), BAD)
    again, _ = ending.reopen(unhappy, ReopenReason.DISSATISFIED, "leader-1", NOW)
    assert (again.state, again.round, again.sample) == (MatterState.ACCEPTED, 2, None)
