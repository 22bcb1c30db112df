"""The laws of counting, checked on random days against a plain walk through the calendar."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.workdays import (
    DEFAULT_HOURS,
    ZONE,
    Limit,
    Unit,
    acted_on,
    add_working_days,
    builtin_calendar,
    due,
    due_after_pause,
    half_time,
    next_opening,
    working_hours_before,
    working_minutes_between,
)

CALENDAR = builtin_calendar()
ONE_DAY, ONE_MINUTE = timedelta(days=1), timedelta(minutes=1)

unhurried = settings(deadline=None)  # a busy machine is no failure of a law

days = st.dates(date(2024, 6, 1), date(2028, 6, 30))
working_days = days.filter(CALENDAR.is_working_day)
edges = st.sampled_from([time(0), time(9), time(12), time(13), time(17), time(17, 0, 1), time(23, 59, 59)])
moments = st.builds(lambda day, clock: datetime.combine(day, clock, ZONE), days, st.times() | edges)
minutes = moments.map(lambda moment: moment.replace(second=0, microsecond=0))
limits = st.builds(Limit, st.integers(1, 60), st.sampled_from([unit for unit in Unit if unit is not Unit.SAME_DAY]))
limits = limits | st.just(Limit.parse("SAME_DAY"))


def in_office(moment: datetime) -> bool:
    clock = moment.time()
    return CALENDAR.is_working_day(moment.date()) and (time(9) <= clock < time(12) or time(13) <= clock < time(17))


@unhurried
@given(days, st.integers(1, 80))
def test_working_days_are_those_met_on_a_walk(day: date, n: int) -> None:
    walk = day
    for _ in range(n):
        walk += ONE_DAY
        while not CALENDAR.is_working_day(walk):
            walk += ONE_DAY
    assert add_working_days(day, n, CALENDAR) == walk


@unhurried
@given(working_days, st.integers(-400, 400), st.integers(-400, 400))
def test_adding_is_additive_and_has_an_inverse(day: date, a: int, b: int) -> None:
    assert add_working_days(add_working_days(day, a, CALENDAR), b, CALENDAR) == add_working_days(day, a + b, CALENDAR)


@unhurried
@given(days, st.integers(1, 400))
def test_adding_days_and_taking_them_away_leads_back_to_the_day_or_the_working_day_before_it(day: date, n: int) -> None:
    back = add_working_days(add_working_days(day, n, CALENDAR), -n, CALENDAR)
    assert back == CALENDAR.on_or_before(day)


@unhurried
@given(moments, st.integers(1, 60), st.integers(1, 60))
def test_a_limit_and_then_another_from_its_closing_time_are_one_limit_of_both(start: datetime, n: int, m: int) -> None:
    first = due(start, Limit(n, Unit.WORKING_DAYS), CALENDAR).at
    then = due(first, Limit(m, Unit.WORKING_DAYS), CALENDAR).at
    assert then == due(start, Limit(n + m, Unit.WORKING_DAYS), CALENDAR).at


@unhurried
@given(minutes, st.integers(1, 60), st.integers(1, 60))
def test_working_hours_and_then_more_are_the_hours_of_both(start: datetime, n: int, m: int) -> None:
    first = due(start, Limit(n, Unit.WORKING_HOURS), CALENDAR).at
    then = due(first, Limit(m, Unit.WORKING_HOURS), CALENDAR).at
    assert then == due(start, Limit(n + m, Unit.WORKING_HOURS), CALENDAR).at


@unhurried
@given(days, st.integers(1, 400))
def test_the_days_added_are_the_days_between(day: date, n: int) -> None:
    assert CALENDAR.working_days_between(day, add_working_days(day, n, CALENDAR)) == n


@unhurried
@given(moments, moments, limits)
def test_who_starts_later_is_never_due_earlier(a: datetime, b: datetime, limit: Limit) -> None:
    a, b = min(a, b), max(a, b)
    assert due(a, limit, CALENDAR).at <= due(b, limit, CALENDAR).at


@unhurried
@given(moments, limits, st.integers(1, 20))
def test_a_longer_limit_is_never_due_earlier(start: datetime, limit: Limit, more: int) -> None:
    if limit.unit is not Unit.SAME_DAY:
        assert due(start, limit, CALENDAR).at <= due(start, Limit(limit.amount + more, limit.unit), CALENDAR).at


@unhurried
@given(moments, limits)
def test_nothing_is_due_on_a_rest_day_or_outside_office_hours(start: datetime, limit: Limit) -> None:
    end = due(start, limit, CALENDAR).at
    assert CALENDAR.is_working_day(end.date())
    assert end >= start
    assert in_office(end - timedelta(microseconds=1))
    if limit.unit is not Unit.WORKING_HOURS:
        assert end.time() == time(17)


@unhurried
@given(moments, limits)
def test_half_time_lies_between_start_and_due(start: datetime, limit: Limit) -> None:
    half, end = half_time(start, limit, CALENDAR), due(start, limit, CALENDAR).at
    assert start <= half <= end
    assert half < end or start == end
    assert CALENDAR.is_working_day(half.date())


@unhurried
@given(moments, st.integers(1, 60))
def test_half_time_of_working_days_splits_their_working_time(start: datetime, n: int) -> None:
    limit = Limit(n, Unit.WORKING_DAYS)
    half, end = half_time(start, limit, CALENDAR), due(start, limit, CALENDAR).at
    assert working_minutes_between(half, end, CALENDAR) == n * 420 / 2


@settings(max_examples=40, deadline=None)
@given(minutes, st.integers(1, 30))
def test_working_hours_are_those_met_on_a_walk_minute_by_minute(start: datetime, n: int) -> None:
    walk, left = start, n * 60
    while left:
        left -= in_office(walk)
        walk += ONE_MINUTE
    assert due(start, Limit(n, Unit.WORKING_HOURS), CALENDAR).at == walk


@unhurried
@given(moments, st.integers(0, 100))
def test_going_back_and_forth_by_working_hours_leaves_the_same_working_time(end: datetime, n: int) -> None:
    begin = working_hours_before(end, n, CALENDAR)
    assert working_minutes_between(begin, end, CALENDAR) == n * 60
    assert n == 0 or due(begin, Limit(n, Unit.WORKING_HOURS), CALENDAR).at <= end


@unhurried
@given(minutes, minutes, minutes)
def test_working_minutes_add_up(a: datetime, b: datetime, c: datetime) -> None:
    def between(x: datetime, y: datetime) -> int:
        return working_minutes_between(x, y, CALENDAR)

    assert between(a, b) + between(b, c) == between(a, c)


@unhurried
@given(moments)
def test_the_next_opening_is_within_office_hours_and_loses_no_working_time(moment: datetime) -> None:
    opening = next_opening(moment, CALENDAR)
    assert in_office(opening)
    assert opening == moment or not in_office(moment)
    assert working_minutes_between(moment, opening, CALENDAR) == 0
    assert next_opening(opening, CALENDAR) == opening


pauses = st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair)))
closings = working_days.map(lambda day: datetime.combine(day, time(17), ZONE))


@unhurried
@given(closings, pauses, pauses)
def test_pauses_of_a_limit_commute(
    end: datetime, one: tuple[datetime, datetime], two: tuple[datetime, datetime]
) -> None:
    def paused(due_at: datetime, pause: tuple[datetime, datetime]) -> datetime:
        return due_after_pause(due_at, *pause, CALENDAR)

    if max(one[0], two[0]) < end:
        assert paused(paused(end, one), two) == paused(paused(end, two), one)


@unhurried
@given(closings, pauses)
def test_a_paused_limit_ends_at_a_closing_and_leaves_no_less_than_was_left(
    end: datetime, pause: tuple[datetime, datetime]
) -> None:
    after = due_after_pause(end, *pause, CALENDAR)
    assert CALENDAR.is_working_day(after.date())
    assert after.time() == time(17)
    left = working_minutes_between(pause[0], end, CALENDAR)
    if pause[0] < end:
        assert after > pause[1]
        assert left <= working_minutes_between(pause[1], after, CALENDAR) <= left + 420


@unhurried
@given(closings, pauses)
def test_a_pause_in_which_nobody_would_have_worked_changes_nothing(
    end: datetime, pause: tuple[datetime, datetime]
) -> None:
    paused_at = pause[0]
    assert due_after_pause(end, paused_at, paused_at, CALENDAR) == end
    opening = next_opening(paused_at, CALENDAR)
    assert due_after_pause(end, paused_at, opening, CALENDAR) == end


@unhurried
@given(moments)
def test_an_act_counts_today_or_tomorrow(moment: datetime) -> None:
    assert acted_on(moment) - moment.date() == (ONE_DAY if moment.time() > DEFAULT_HOURS.closing else timedelta(0))


@unhurried
@given(moments, limits)
def test_a_date_is_firm_only_if_every_notice_it_needs_is_in(start: datetime, limit: Limit) -> None:
    found = due(start, limit, CALENDAR)
    needed = set(range(start.year, found.at.year + 1))
    if found.at.date() > date(found.at.year, 12, 15):
        needed.add(found.at.year + 1)
    assert found.provisional == (not needed <= {*range(2012, 2027)})
