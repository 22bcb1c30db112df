"""The years of the calendar: the notices as published, what a new notice changes, and what is refused."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.contracts.deadlines import CalendarYearLoaded
from shared.workdays import ZONE, Calendar, Limit, builtin_calendar, due, parse_year

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


def due_of(start: date, limit: str, calendar: Calendar) -> tuple[str, bool]:
    found = due(datetime(start.year, start.month, start.day, 10, tzinfo=ZONE), Limit.parse(limit), calendar)
    return str(found.at.date()), found.provisional


@pytest.mark.parametrize(
    ("year", "doc_no", "holidays", "makeup_days"),
    [(2025, "国办发明电〔2024〕12号", 28, 5), (2026, "国办发明电〔2025〕7号", 33, 6)],
)
def test_an_official_year_has_the_days_of_its_notice(year: int, doc_no: str, holidays: int, makeup_days: int) -> None:
    loaded = CALENDAR.years[year]
    assert (loaded.status, loaded.doc_no) == ("official", doc_no)
    assert (len(loaded.holidays), len(loaded.makeup_days)) == (holidays, makeup_days)
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == 248


def test_2027_is_provisional_and_an_unknown_year_has_weekends_only() -> None:
    assert [year for year in range(2024, 2029) if CALENDAR.official(year)] == [2025, 2026]
    assert not CALENDAR.is_working_day(date(2027, 10, 1))
    assert CALENDAR.is_working_day(date(2028, 5, 1))
    assert not CALENDAR.is_working_day(date(2028, 5, 6))


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_a_year_survives_its_event(year: int) -> None:
    loaded = CALENDAR.years[year]
    event = CalendarYearLoaded.model_validate_json(json.dumps(loaded.to_json()))
    assert parse_year(event.model_dump()) == loaded


def test_the_version_tells_calendars_apart_by_content() -> None:
    again = Calendar({year: parse_year(CALENDAR.years[year].to_json()) for year in (2027, 2026, 2025)})
    assert again.version == CALENDAR.version
    assert CALENDAR.with_year(parse_year(MADE_UP_2027)).version != CALENDAR.version


def test_end_dates_after_the_fifteenth_of_december_wait_for_the_next_notice() -> None:
    assert due_of(date(2026, 12, 14), "1WD", CALENDAR) == ("2026-12-15", False)
    assert due_of(date(2026, 12, 15), "1WD", CALENDAR) == ("2026-12-16", True)
    assert due_of(date(2025, 12, 30), "1WD", CALENDAR) == ("2025-12-31", False)


def test_a_start_in_a_year_without_notice_is_provisional() -> None:
    assert due_of(date(2024, 12, 31), "1WD", CALENDAR) == ("2025-01-02", True)


def test_a_new_notice_moves_exactly_dates_that_were_provisional() -> None:
    loaded = CALENDAR.with_year(parse_year(MADE_UP_2027))
    moved = []
    for offset in range(2 * 365):
        for limit in ("1WD", "3WD", "15WD", "SAME_DAY", "15ND", "P1M"):
            start = date(2026, 1, 1) + timedelta(days=offset)
            before, after = due_of(start, limit, CALENDAR), due_of(start, limit, loaded)
            assert before[1] or before == after
            moved.append(before[0] != after[0])
    assert any(moved)


def test_a_notice_may_reach_back_into_december() -> None:
    loaded = CALENDAR.with_year(parse_year(MADE_UP_2027))
    assert loaded.is_working_day(date(2026, 12, 26))
    assert not loaded.is_working_day(date(2026, 12, 31))
    assert due_of(date(2026, 12, 25), "1WD", loaded) == ("2026-12-26", False)
    assert not CALENDAR.is_working_day(date(2026, 12, 26))  # the calendar it was made from has not changed


BAD_YEARS: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda year: year["days"]["makeup_days"].append("2027-10-08"), "不是周六或周日"),
    (lambda year: year["days"]["makeup_days"].append("2027-10-02"), "既列为放假日又列为补班日"),
    (lambda year: year["days"]["holidays"].append(["中秋节", "2027-10-07", "2027-10-08"]), "重复"),
    (lambda year: year["days"]["holidays"].append(["元旦", "2028-01-01", "2028-01-01"]), "不在本年度内"),
    (lambda year: year["days"]["holidays"].append(["清明节", "2027-04-05", "2027-04-04"]), "早于开始日期"),
    (lambda year: year["days"]["holidays"].append(["清明节", "2027-02-30", "2027-02-30"]), "格式不对"),
    (lambda year: year["days"].pop("makeup_days"), "缺少内容"),
    (lambda year: year.pop("year"), "缺少内容"),
    (lambda year: year.update(status="final"), "状态"),
    (lambda year: year.update(doc_no=None), "文号"),
    (lambda year: year.update(days=None), "格式不对"),
]


@pytest.mark.parametrize(("spoil", "says"), BAD_YEARS)
def test_a_year_that_contradicts_itself_is_refused(spoil: Callable[[dict[str, Any]], Any], says: str) -> None:
    year = json.loads(json.dumps(MADE_UP_2027))
    spoil(year)
    with pytest.raises(ValueError, match=says):
        parse_year(year)
