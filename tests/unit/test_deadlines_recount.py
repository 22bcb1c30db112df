"""What a new notice does to clocks that run: which move, which become firm, and which stay as they were."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.deadlines.domain.counting import Counting, Recount
from services.deadlines.domain.matter import MatterClocks
from services.deadlines.domain.rules import ORDER_RULES
from services.deadlines.domain.years import changed_days, require_successor
from shared.contracts import Event
from shared.contracts.deadlines import DeadlineMoved, DeadlinePaused, OrderAckMissed, SupervisionWithdrawn
from shared.contracts.errors import Refused
from shared.workdays import ZONE, OfficeHours, Year, builtin_calendar, parse_year
from tests.unit import deadlines_story as story
from tests.unit.deadlines_story import COUNTING, MATTER, acked, answered, at, clock, issued, registered, suspended, told

CALENDAR = builtin_calendar()
MADE_UP_2027: dict[str, Any] = {
    "year": 2027,
    "status": "official",
    "doc_no": "测试〔2026〕1号",
    "days": {
        "holidays": [["元旦", "2026-12-31", "2027-01-02"], ["国庆节", "2027-10-01", "2027-10-07"]],
        "makeup_days": ["2026-12-26", "2027-10-09"],
    },
}
LOADED = CALENDAR.with_year(parse_year(MADE_UP_2027))
CHANGED = changed_days(2027, CALENDAR, LOADED)


def loaded(matter: MatterClocks, now: str | datetime, hours: OfficeHours = COUNTING.hours) -> tuple[Any, list[Event]]:
    moment = at(now) if isinstance(now, str) else now
    return matter.recounted(Recount(Counting(CALENDAR, hours), Counting(LOADED, hours), CHANGED, moment))


def counted_by(matter: Sequence[Event], counting: Counting) -> MatterClocks:
    found = MatterClocks(MATTER, "410200", "410200-W1")
    for fact in story.facts(matter):
        found, _ = found.noted(fact, counting)
    return found


def test_the_days_that_change_are_those_of_the_notice_december_included() -> None:
    assert [str(day) for day in CHANGED if day.year == 2026] == ["2026-12-26", "2026-12-31"]
    assert "2027-04-05" in map(str, CHANGED)  # by the law a holiday, by this notice not


def test_a_date_that_moves_is_told_with_the_old_and_the_new_one() -> None:
    matter, _ = told([issued("12-29 09:30", rule="D13"), acked("12-29 10:00")])
    after, events = loaded(matter, "12-29 11:00")
    [moved] = [event for event in events if isinstance(event, DeadlineMoved) and event.rule == "D13"]
    assert (str(moved.previous_due_at.date()), str(moved.due_at.date())) == ("2027-01-04", "2027-01-05")
    assert (moved.provisional, moved.calendar_version) == (False, LOADED.version)
    assert clock(after, "D13").due_at == moved.due_at


def test_a_date_that_stays_where_it_was_becomes_firm() -> None:
    matter, _ = told([issued("12-24 09:30"), acked("12-24 10:00")])
    after, events = loaded(matter, "12-24 11:00")
    [firm] = [event for event in events if isinstance(event, DeadlineMoved)]
    assert (firm.rule, firm.due_at == firm.previous_due_at, firm.provisional) == ("D15", True, False)
    assert not clock(after, "D15").provisional


def test_a_make_up_day_brings_a_date_forward() -> None:
    matter, _ = told([issued("12-25 09:30", rule="D11"), acked("12-25 10:00")])
    after, _ = loaded(matter, "12-25 11:00")
    assert str(clock(after, "D11").due_at.date()) == "2026-12-26"


def test_what_no_changed_day_touches_stays_the_same_object() -> None:
    matter, _ = told([registered("12-01 09:10"), issued("12-01 09:30"), acked("12-01 10:00")])
    assert loaded(matter, "12-01 11:00") == (matter, [])
    assert loaded(matter, "12-01 11:00")[0] is matter


def test_stopped_clocks_keep_what_they_were_counted_by() -> None:
    matter, _ = told([issued("12-29 09:30", rule="D13"), acked("12-29 10:00"), answered("12-30 10:00")])
    after, events = loaded(matter, "12-30 11:00")
    assert clock(after, "D13") == clock(matter, "D13")
    assert {event.rule for event in events if isinstance(event, DeadlineMoved)} == {"D19"}


def test_the_time_to_sign_is_counted_anew_while_it_runs() -> None:
    matter, _ = told([issued("12-30 16:00", rule="D13")])
    after, _ = loaded(matter, "12-30 16:30")
    [order] = [fact for fact in after.facts if fact.mark == "order.issued"]
    assert str(order.until) == "2027-01-04 17:00:00+08:00"
    signed, _ = after.noted(story.facts([issued("12-30 16:00"), acked("12-31 18:00")])[1], Counting(LOADED))
    assert clock(signed, "D13").start_event == "order.acked_in_time"


def test_a_sign_for_that_was_missed_stays_missed_and_is_told_once() -> None:
    matter, before = told([issued("12-30 16:00", rule="D13")], until="12-31 23:00")
    assert [event for event in before if isinstance(event, OrderAckMissed)]
    after, _ = loaded(matter, "12-31 23:30")
    assert clock(after, "D13").start_event == "order.taken_as_acked"
    _, fired = after.passed(datetime.combine(LOADED.on_or_after(at("12-31 00:00").date()), time(23), ZONE),
                            Counting(LOADED))  # fmt: skip
    assert not [event for each in fired for event in each.events if isinstance(event, OrderAckMissed)]


def test_the_end_of_a_pause_is_counted_anew_and_told() -> None:
    matter, _ = told([issued("12-21 09:30"), acked("12-21 10:00"), suspended("12-22 10:00", "12-31")])
    after, events = loaded(matter, "12-22 11:00")
    [paused] = [event for event in events if isinstance(event, DeadlinePaused)]
    assert (str(paused.paused_at), str(paused.resumes_at)) == ("2026-12-22 10:00:00+08:00", "2027-01-04 09:00:00+08:00")
    assert clock(after, "D15").pauses[0].until == paused.resumes_at


def test_a_light_whose_moment_moves_is_withdrawn() -> None:
    matter, _ = told([issued("12-29 09:30", rule="D13"), acked("12-29 10:00")], until="12-31 10:00")
    assert clock(matter, "D13").level == "BLUE"
    after, events = loaded(matter, "12-31 10:30")
    assert [e.level for e in events if isinstance(e, SupervisionWithdrawn) and e.rule == "D13"] == ["BLUE"]
    assert clock(after, "D13").level is None
    assert story.ladder_of(clock(after, "D13"))["BLUE"] == "01-04 09:00"


def test_a_recount_moves_days_and_not_the_hours_that_changed_meanwhile() -> None:
    matter, _ = told([issued("12-24 09:30"), acked("12-24 10:00")])
    longer = OfficeHours((time(8), time(12)), (time(13), time(18)))
    after, _ = loaded(matter, "12-24 11:00", longer)
    assert clock(after, "D15").due_at == clock(matter, "D15").due_at


@pytest.mark.parametrize("day", range(7, 32))
@pytest.mark.parametrize("rule", ["D11", "D13", "D15", "D16", "D17"])
def test_what_runs_is_afterwards_as_if_the_notice_had_always_been_there(day: int, rule: str) -> None:
    events = [registered(f"12-{day:02} 09:10"), issued(f"12-{day:02} 09:30", rule=rule), acked(f"12-{day:02} 09:50")]
    after, _ = loaded(counted_by(events, COUNTING), f"12-{day:02} 10:00")
    always = counted_by(events, Counting(LOADED))
    running = [each for each in after.clocks.values() if each.stopped_at is None]
    assert running
    for each in running:
        twin = always.clocks[each.id]
        assert (each.due_at, each.provisional, each.steps) == (twin.due_at, twin.provisional, twin.steps)
    assert after.facts == always.facts


OFFICIAL, AMENDED = CALENDAR.years[2026], {"status": "amended", "doc_no": "测试〔2026〕9号"}


def year(**changes: Any) -> Year:
    return parse_year(MADE_UP_2027 | changes)


@pytest.mark.parametrize(
    ("known", "given", "reason", "code"),
    [
        (None, year(**AMENDED), "原因", "calendar.nothing_to_amend"),
        (CALENDAR.years[2027], year(**AMENDED), "原因", "calendar.nothing_to_amend"),
        (year(), year(doc_no="测试〔2026〕2号"), "原因", "calendar.amend_only"),
        (year(), CALENDAR.years[2027], None, "calendar.amend_only"),
        (year(), year(**AMENDED), None, "calendar.no_reason"),
        (year(**AMENDED), year(), "原因", "calendar.amend_only"),
        (None, year(status="historical"), None, "calendar.final"),
        (CALENDAR.years[2020], year(year=2020, days={"holidays": [], "makeup_days": []}), "原因", "calendar.final"),
    ],
)
def test_a_year_that_may_not_take_the_place_of_another_is_refused(
    known: Year | None, given: Year, reason: str | None, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        require_successor(known, given, reason)
    assert refused.value.code == code


def test_an_official_year_takes_the_place_of_a_provisional_one_and_an_amendment_that_of_an_official_one() -> None:
    require_successor(CALENDAR.years[2027], year(), None)
    require_successor(None, year(), None)
    require_successor(year(), year(**AMENDED), "国务院办公厅调整放假安排")
    require_successor(year(**AMENDED), year(status="amended", doc_no="测试〔2026〕10号"), "再次调整")


MINUTES = 17 * 24 * 60 + 8 * 60
STARTS = some.integers(0, MINUTES).map(lambda n: f"{at('12-14 09:00') + timedelta(minutes=n):%m-%d %H:%M}")


@given(STARTS, some.sampled_from(ORDER_RULES), some.integers(0, 300), some.booleans())
@settings(max_examples=150, deadline=None)
def test_a_second_recount_changes_nothing_and_open_dates_are_those_of_the_new_notice(
    delivered: str, rule: str, minutes: int, signed: bool
) -> None:
    acked_at = f"{at(delivered) + timedelta(minutes=minutes):%m-%d %H:%M}"
    told_of = [issued(delivered, rule=rule), *([acked(acked_at)] if signed else [])]
    now = at(acked_at if signed else delivered)
    matter, _ = told(told_of)
    once, _ = loaded(matter, now)
    assert loaded(once, now) == (once, [])
    fresh = counted_by(told_of, Counting(LOADED))
    running = {id: each.due_at for id, each in once.clocks.items() if each.stopped_at is None}
    assert running == {id: fresh.clocks[id].due_at for id in running}
