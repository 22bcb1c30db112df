"""Our years against two calendars that others keep: every day from 2012 on, and a hundred thousand limits."""

import random
from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta

import chinese_calendar
import holidays
import pytest

from shared.workdays import ZONE, Limit, add_working_days, builtin_calendar, due

CALENDAR = builtin_calendar()
FIRST, LAST = date(2012, 1, 1), date(2026, 12, 31)
CHINA = holidays.country_holidays("CN", years=range(2012, 2028))
# Where `holidays` says otherwise than the notices and the law, with the reason; from 2012 to 2026 it never does.
DIFFERENT = {
    date(2027, 2, 9): "no notice yet: it guesses a day in lieu of the Saturday in Spring Festival",
    date(2027, 2, 10): "no notice yet: it guesses a day in lieu of the Sunday in Spring Festival",
}
PAIRS = 100_000


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize("works", [chinese_calendar.is_workday, CHINA.is_working_day])
def test_every_day_whose_notice_is_in_is_as_others_have_it(works: Callable[[date], bool]) -> None:
    assert [day for day in days_from(FIRST, LAST) if CALENDAR.is_working_day(day) != works(day)] == []


def test_the_days_that_differ_are_those_listed() -> None:
    spring = days_from(date(2027, 1, 1), date(2027, 4, 30))
    assert {day for day in spring if CALENDAR.is_working_day(day) != CHINA.is_working_day(day)} == {*DIFFERENT}


def test_a_hundred_thousand_limits_end_where_a_count_through_other_days_ends() -> None:
    drawn = random.Random(20121101)
    counted = [d for d in days_from(FIRST, date(2027, 4, 30)) if CHINA.is_working_day(d) or d in DIFFERENT]
    starts = days_from(FIRST, LAST)
    for _ in range(PAIRS):
        start, amount = drawn.choice(starts), drawn.randint(1, 60)
        expected = counted[bisect_right(counted, start) + amount - 1]
        assert add_working_days(start, amount, CALENDAR) == expected, (start, amount)
        noon = datetime(start.year, start.month, start.day, 12, tzinfo=ZONE)
        assert due(noon, Limit.parse(f"{amount}WD"), CALENDAR).at.date() == expected, (start, amount)
