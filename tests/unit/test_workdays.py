"""Counting limits and office hours: the published vectors, the moments of the stories, the edges of a day."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.workdays import (
    ZONE,
    Calendar,
    Limit,
    OfficeHours,
    Unit,
    acted_on,
    builtin_calendar,
    due,
    due_after_pause,
    half_day,
    half_time,
    next_opening,
    opening_before,
    put_off,
    working_hours_before,
    working_minutes_between,
)

CALENDAR = builtin_calendar()
VECTORS = json.loads((Path(__file__).parent / "data" / "deadline_vectors.json").read_text("utf-8"))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due_at(start: str, limit: str) -> datetime:
    return due(moment(start), Limit.parse(limit), CALENDAR).at


def ids(vector: dict[str, Any]) -> str:
    return f"{vector['start']}+{vector.get('working_days') or vector.get('days')}"


# The published vectors


@pytest.mark.parametrize("vector", VECTORS["working_day_vectors"], ids=ids)
def test_a_limit_in_working_days_ends_at_closing_on_the_day_of_the_vector(vector: dict[str, Any]) -> None:
    assert due_at(f"{vector['start']} 10:00", f"{vector['working_days']}WD") == moment(f"{vector['due']} 17:00")


@pytest.mark.parametrize("vector", VECTORS["natural_day_vectors"], ids=ids)
def test_a_limit_in_natural_days_that_ends_on_a_rest_day_rolls_to_the_next_working_day(vector: dict[str, Any]) -> None:
    start = date.fromisoformat(vector["start"])
    assert str(start + timedelta(days=vector["days"])) == vector["raw_last_day"]
    assert due_at(f"{vector['start']} 10:00", f"{vector['days']}ND") == moment(f"{vector['due']} 17:00")


@pytest.mark.parametrize("vector", VECTORS["must_flag_provisional"], ids=ids)
def test_a_limit_that_runs_into_a_year_without_notice_is_provisional(vector: dict[str, Any]) -> None:
    start, limit = moment(f"{vector['start']} 10:00"), Limit(vector["working_days"], Unit.WORKING_DAYS)
    found = due(start, limit, CALENDAR)
    assert (found.at, found.provisional) == (moment("2027-01-05 17:00"), True)
    without_2027 = Calendar({year: CALENDAR.years[year] for year in (2025, 2026)})
    missing = due(start, limit, without_2027)
    assert (missing.at, missing.provisional) == (moment("2027-01-04 17:00"), True)


MOMENTS = [vector for name, vectors in VECTORS.items() if name.endswith("_vectors") for vector in vectors
           if "from" in vector]  # fmt: skip


@pytest.mark.parametrize("vector", MOMENTS, ids=lambda vector: f"{vector['from']}+{vector['limit']}")
def test_a_limit_that_starts_at_a_moment_ends_at_the_moment_of_the_vector(vector: dict[str, Any]) -> None:
    found = due(datetime.fromisoformat(vector["from"]), Limit.parse(vector["limit"]), CALENDAR)
    assert found.at.isoformat() == vector["due"]


# The moments of the stories


def test_an_order_acknowledged_before_the_national_day_is_due_after_it() -> None:
    assert due_at("2026-09-28 15:00", "3WD") == moment("2026-10-08 17:00")


def test_a_cannot_do_statement_may_be_due_on_a_make_up_saturday() -> None:
    assert due_at("2026-09-30 09:30", "3WD") == moment("2026-10-10 17:00")


def test_the_orders_after_the_holiday_are_due_on_the_days_of_the_demo() -> None:
    assert due_at("2026-10-12 16:00", "7WD") == moment("2026-10-21 17:00")
    assert due_at("2026-10-13 11:00", "15WD") == moment("2026-11-03 17:00")


def test_the_ladder_of_an_order_nobody_takes() -> None:
    delivered, seven_days = moment("2026-09-28 10:00"), Limit.parse("7WD")
    end = due(delivered, seven_days, CALENDAR).at
    assert end == moment("2026-10-13 17:00")
    assert half_time(delivered, seven_days, CALENDAR) == moment("2026-10-09 13:30")
    assert opening_before(end, CALENDAR) == moment("2026-10-12 09:00")
    assert next_opening(end, CALENDAR) == moment("2026-10-14 09:00")
    red = due(end, Limit.parse("3WD"), CALENDAR).at
    assert red == moment("2026-10-16 17:00")
    assert next_opening(red, CALENDAR) == moment("2026-10-19 09:00")
    assert due(next_opening(end, CALENDAR), Limit.parse("5WD"), CALENDAR).at == moment("2026-10-21 17:00")


def test_an_order_is_to_be_acknowledged_within_four_working_hours() -> None:
    end = due_at("2026-09-28 10:00", "4WH")
    assert end == moment("2026-09-28 15:00")
    assert working_hours_before(end, 2, CALENDAR) == moment("2026-09-28 13:00")
    assert due_at("2026-09-28 10:00", "1WD") == moment("2026-09-29 17:00")


# Closing time, lunch, rest days


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2026-09-28 17:00:00", "3WD", "2026-10-08 17:00"),
        ("2026-09-28 17:00:01", "3WD", "2026-10-09 17:00"),
        ("2026-11-20 17:00:01", "1WD", "2026-11-23 17:00"),  # Friday evening counts as Saturday: nothing is lost
        ("2026-09-28 08:30", "SAME_DAY", "2026-09-28 17:00"),
        ("2026-09-28 17:00:00", "SAME_DAY", "2026-09-28 17:00"),
        ("2026-09-28 17:00:01", "SAME_DAY", "2026-09-29 17:00"),
        ("2026-09-30 17:00:01", "SAME_DAY", "2026-10-08 17:00"),
        ("2026-10-03 11:00", "SAME_DAY", "2026-10-08 17:00"),
        ("2026-10-10 11:00", "SAME_DAY", "2026-10-10 17:00"),
        ("2026-09-28 08:00", "4WH", "2026-09-28 14:00"),
        ("2026-09-28 09:00", "3WH", "2026-09-28 12:00"),
        ("2026-09-28 12:30", "4WH", "2026-09-28 17:00"),
        ("2026-09-28 10:00:30", "4WH", "2026-09-28 15:00:30"),
        ("2026-09-28 16:00", "4WH", "2026-09-29 12:00"),
        ("2026-09-28 17:00:00", "4WH", "2026-09-29 14:00"),
        ("2026-09-30 17:00:01", "4WH", "2026-10-08 14:00"),
        ("2026-09-28 09:00", "7WH", "2026-09-28 17:00"),
        ("2026-09-28 17:00:01", "15ND", "2026-10-14 17:00"),
        ("2026-01-31 10:00", "P1M", "2026-02-28 17:00"),  # a make-up Saturday: no roll
        ("2026-08-31 10:00", "P1M", "2026-09-30 17:00"),
        ("2026-09-01 10:00", "P1M", "2026-10-08 17:00"),
        ("2025-12-15 10:00", "P1M", "2026-01-15 17:00"),
        ("2026-09-28 10:00", "P3M", "2026-12-28 17:00"),
    ],
)
def test_a_limit_ends(start: str, limit: str, end: str) -> None:
    assert due_at(start, limit) == moment(end)


def test_seventeen_hundred_is_in_time_and_a_second_later_is_tomorrow() -> None:
    assert acted_on(moment("2026-09-30 17:00:00")) == date(2026, 9, 30)
    assert acted_on(moment("2026-09-30 17:00:01")) == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-09-28 08:59", "2026-09-28 09:00"),
        ("2026-09-28 09:00", "2026-09-28 09:00"),
        ("2026-09-28 11:59:59", "2026-09-28 11:59:59"),
        ("2026-09-28 12:00", "2026-09-28 13:00"),
        ("2026-09-28 13:00", "2026-09-28 13:00"),
        ("2026-09-28 16:59:59", "2026-09-28 16:59:59"),
        ("2026-09-28 17:00", "2026-09-29 09:00"),
        ("2026-09-30 20:00", "2026-10-08 09:00"),
        ("2026-10-10 10:00", "2026-10-10 10:00"),
        ("2026-10-11 10:00", "2026-10-12 09:00"),
    ],
)
def test_what_is_reached_outside_office_hours_is_sent_at_the_next_opening(now: str, opening: str) -> None:
    assert next_opening(moment(now), CALENDAR) == moment(opening)


@pytest.mark.parametrize(
    ("called", "half"),
    [
        ("2026-09-28 08:00", (date(2026, 9, 28), "AM")),
        ("2026-09-28 12:00:00", (date(2026, 9, 28), "AM")),
        ("2026-09-28 12:00:01", (date(2026, 9, 28), "PM")),
        ("2026-09-28 17:00:00", (date(2026, 9, 28), "PM")),
        ("2026-09-28 17:00:01", (date(2026, 9, 29), "AM")),
        ("2026-10-03 15:00", (date(2026, 10, 8), "AM")),
    ],
)
def test_a_call_back_belongs_to_a_half_day_of_office_hours(called: str, half: tuple[date, str]) -> None:
    assert half_day(moment(called), CALENDAR) == half


@pytest.mark.parametrize(
    ("end", "n", "begin"),
    [
        ("2026-09-28 15:00", 2, "2026-09-28 13:00"),
        ("2026-09-28 14:00", 2, "2026-09-28 11:00"),
        ("2026-09-28 11:00", 2, "2026-09-28 09:00"),
        ("2026-10-08 10:00", 2, "2026-09-30 16:00"),
        ("2026-10-04 10:00", 2, "2026-09-30 15:00"),
        ("2026-09-29 16:00", 14, "2026-09-24 16:00"),
    ],
)
def test_working_hours_are_counted_backwards_over_lunch_nights_and_holidays(end: str, n: int, begin: str) -> None:
    assert working_hours_before(moment(end), n, CALENDAR) == moment(begin)


def test_working_minutes_leave_out_lunch_nights_and_holidays() -> None:
    assert working_minutes_between(moment("2026-09-30 11:30"), moment("2026-10-08 09:20"), CALENDAR) == 30 + 240 + 20
    assert working_minutes_between(moment("2026-10-08 09:20"), moment("2026-09-30 11:30"), CALENDAR) == -290
    assert working_minutes_between(moment("2026-10-01 00:00"), moment("2026-10-07 23:59"), CALENDAR) == 0
    assert working_minutes_between(moment("2024-12-31 09:00"), moment("2027-01-01 09:00"), CALENDAR) == 497 * 420


def test_a_window_with_other_hours_closes_at_its_own_time() -> None:
    hours = OfficeHours((time(8, 30), time(12)), (time(14, 30), time(18)))
    start = moment("2026-09-28 17:30")
    assert due(start, Limit.parse("1WD"), CALENDAR, hours).at == moment("2026-09-29 18:00")
    assert due(start, Limit.parse("4WH"), CALENDAR, hours).at == moment("2026-09-29 12:00")
    with pytest.raises(ValueError, match="办公时间"):
        OfficeHours((time(9), time(13)), (time(12), time(17)))


def test_a_moment_in_another_zone_is_counted_in_ours() -> None:
    start = moment("2026-09-28 17:00:01")
    assert due(start.astimezone(UTC), Limit.parse("3WD"), CALENDAR) == due(start, Limit.parse("3WD"), CALENDAR)
    assert str(due(start.astimezone(UTC), Limit.parse("3WD"), CALENDAR).at) == "2026-10-09 17:00:00+08:00"


def test_a_naive_time_is_refused_everywhere() -> None:
    naive, aware = datetime(2026, 9, 28, 10), moment("2026-09-28 10:00")  # noqa: DTZ001
    limit = Limit.parse("3WD")
    for call in (
        lambda: due(naive, limit, CALENDAR),
        lambda: half_time(naive, limit, CALENDAR),
        lambda: opening_before(naive, CALENDAR),
        lambda: working_hours_before(naive, 1, CALENDAR),
        lambda: next_opening(naive, CALENDAR),
        lambda: acted_on(naive),
        lambda: half_day(naive, CALENDAR),
        lambda: working_minutes_between(naive, aware, CALENDAR),
        lambda: working_minutes_between(aware, naive, CALENDAR),
        lambda: put_off(naive, aware, aware, CALENDAR),
        lambda: due_after_pause(aware, naive, aware, CALENDAR),
        lambda: due_after_pause(aware, aware - timedelta(hours=1), naive, CALENDAR),
    ):
        with pytest.raises(ValueError, match="没有时区"):
            call()


# Pauses


@pytest.mark.parametrize(
    ("paused", "resumed", "due_then"),
    [
        (
            "2026-10-20 15:00",
            "2026-10-26 09:00",
            "2026-10-27 17:00",
        ),  # nine hours left: a day, and two hours of the next
        ("2026-10-21 09:00", "2026-10-26 09:00", "2026-10-26 17:00"),  # a whole day left
        ("2026-10-21 16:59", "2026-10-26 16:59", "2026-10-26 17:00"),  # a minute left
        ("2026-10-21 16:59", "2026-10-26 17:00", "2026-10-27 17:00"),
        ("2026-10-21 17:00", "2026-10-26 09:00", "2026-10-21 17:00"),  # nothing left
        ("2026-09-30 10:00", "2026-10-08 09:00", "2026-10-22 17:00"),  # over the National Day
        ("2026-10-20 12:00", "2026-10-20 13:00", "2026-10-21 17:00"),  # over lunch
        ("2026-10-17 10:00", "2026-10-18 20:00", "2026-10-21 17:00"),  # over a weekend
        ("2026-10-21 17:01", "2026-10-26 09:00", "2026-10-21 17:00"),  # paused when it was over
    ],
)
def test_a_pause_keeps_what_was_left_in_working_time(paused: str, resumed: str, due_then: str) -> None:
    found = due_after_pause(moment("2026-10-21 17:00"), moment(paused), moment(resumed), CALENDAR)
    assert found == moment(due_then)


def test_a_moment_is_put_off_to_the_minute() -> None:
    def later(paused: str, resumed: str) -> datetime:
        return put_off(moment("2026-10-16 13:30"), moment(paused), moment(resumed), CALENDAR)

    assert later("2026-10-14 10:00", "2026-11-05 09:00") == moment("2026-11-09 11:30")
    assert later("2026-10-14 18:00", "2026-10-15 08:00") == moment("2026-10-16 13:30")


# Limits


@pytest.mark.parametrize("text", ["3WD", "4WH", "SAME_DAY", "15ND", "P1M", "999WD"])
def test_a_limit_is_written_as_it_is_read(text: str) -> None:
    assert str(Limit.parse(text)) == text


@pytest.mark.parametrize(
    ("limit", "words"),
    [("3WD", "3个工作日"), ("4WH", "4个工作小时"), ("SAME_DAY", "当日"), ("P1M", "1个月"), ("15ND", "15日")],
)
def test_a_limit_reads_as_a_person_says_it(limit: str, words: str) -> None:
    assert Limit.parse(limit).in_words == words


@pytest.mark.parametrize("text", ["", "3", "WD", "0WD", "-3WD", "3wd", " 3WD", "3WD\n", "1000WD", "P0M", "3M", "３WD"])
def test_a_limit_with_a_negative_or_unknown_unit_or_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="看不懂期限"):
        Limit.parse(text)


@pytest.mark.parametrize(("amount", "unit"), [(0, Unit.MONTHS), (-1, Unit.WORKING_DAYS), (2, Unit.SAME_DAY)])
def test_an_impossible_amount_is_refused(amount: int, unit: Unit) -> None:
    with pytest.raises(ValueError, match="无效"):
        Limit(amount, unit)
