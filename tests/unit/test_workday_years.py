"""The years of the calendar: the notices as published, what a new notice changes, and what is refused."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.contracts.deadlines import CalendarYearLoaded
from shared.workdays import ZONE, Calendar, Limit, add_working_days, builtin_calendar, due, parse_year

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
    assert [year for year in range(2011, 2029) if CALENDAR.official(year)] == [*range(2012, 2027)]
    assert not CALENDAR.is_working_day(date(2027, 10, 1))
    assert CALENDAR.is_working_day(date(2028, 5, 1))
    assert not CALENDAR.is_working_day(date(2028, 5, 6))


@pytest.mark.parametrize("year", [2012, 2019, 2025, 2026, 2027])
def test_a_year_survives_its_event(year: int) -> None:
    loaded = CALENDAR.years[year]
    event = CalendarYearLoaded.model_validate_json(json.dumps(loaded.to_json()))
    assert parse_year(event.model_dump()) == loaded


def test_the_version_tells_calendars_apart_by_content() -> None:
    again = Calendar({year: parse_year(CALENDAR.years[year].to_json()) for year in range(2027, 2011, -1)})
    assert again.version == CALENDAR.version
    assert CALENDAR.with_year(parse_year(MADE_UP_2027)).version != CALENDAR.version


def test_end_dates_after_the_fifteenth_of_december_wait_for_the_next_notice() -> None:
    assert due_of(date(2026, 12, 14), "1WD", CALENDAR) == ("2026-12-15", False)
    assert due_of(date(2026, 12, 15), "1WD", CALENDAR) == ("2026-12-16", True)
    assert due_of(date(2025, 12, 30), "1WD", CALENDAR) == ("2025-12-31", False)


def test_a_start_in_a_year_without_notice_is_provisional() -> None:
    assert due_of(date(2027, 5, 11), "1WD", CALENDAR) == ("2027-05-12", True)
    assert due_of(date(2024, 12, 31), "1WD", CALENDAR) == ("2025-01-02", False)


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
    (lambda year: year["days"]["makeup_days"].append("2027-10-09"), "补班日2027-10-09重复"),
    (lambda year: year["days"]["holidays"].append(["元旦", "2027-01-01"]), "每项应为名称、第一天、最后一天"),
    (lambda year: year["days"].update(holidays=[["春节", "2027-01-01", "2027-12-31"]]), "超过一个月"),
    (lambda year: year.pop("year"), "缺少内容：year"),
    (lambda year: year.update(year="2027"), "格式不对"),
    (lambda year: year.update(year=2011), "只收2012年至2099年"),
    (lambda year: year.update(sha256="0" * 64), "校验值"),
    (lambda year: year.update(issued="2026年11月"), "日期“2026年11月”格式不对"),
    (lambda year: year.update(title=7), "title格式不对"),
    (lambda year: year.update(doc_no="号" * 301), "doc_no格式不对，应为不超过300字"),
    (lambda year: year["days"]["holidays"].append(["", "2027-04-05", "2027-04-05"]), "假日名称须为1至300字"),
    (lambda year: year.update(status="final"), "状态"),
    (lambda year: year.update(doc_no=None), "文号"),
    (lambda year: year.update(status="amended", doc_no=""), "文号"),
    (lambda year: year.update(days=None), "缺少内容：days"),
]


@pytest.mark.parametrize(("spoil", "says"), BAD_YEARS)
def test_a_year_that_contradicts_itself_is_refused(spoil: Callable[[dict[str, Any]], Any], says: str) -> None:
    year = json.loads(json.dumps(MADE_UP_2027))
    spoil(year)
    with pytest.raises(ValueError, match=says):
        parse_year(year)


def test_a_file_may_carry_title_issue_date_and_the_right_hash() -> None:
    plain = parse_year(MADE_UP_2027)
    described = parse_year(MADE_UP_2027 | {"title": "测试通知", "issued": "2026-11-05", "sha256": plain.sha256})
    assert (described.title, described.issued) == ("测试通知", date(2026, 11, 5))
    assert (described, described.sha256) == (plain, plain.sha256)
    assert CALENDAR.years[2026].title == "国务院办公厅关于2026年部分节假日安排的通知"


def test_the_hash_is_of_content_however_the_file_writes_it() -> None:
    split = json.loads(json.dumps(MADE_UP_2027))
    first, second = ["国庆节", "2027-10-01", "2027-10-03"], ["国庆节", "2027-10-04", "2027-10-07"]
    split["days"]["holidays"] = [second, first, split["days"]["holidays"][0]]
    split["days"]["makeup_days"].reverse()
    assert parse_year(split).sha256 == parse_year(MADE_UP_2027).sha256
    split["doc_no"] = "测试〔2026〕2号"
    assert parse_year(split).sha256 != parse_year(MADE_UP_2027).sha256


def test_years_gone_by_are_final_without_a_number() -> None:
    gone = [year for year in CALENDAR.years.values() if year.status == "historical"]
    assert [year.year for year in gone] == [*range(2012, 2025)]
    assert not any(year.doc_no for year in gone)
    assert due_of(date(2019, 4, 26), "1WD", CALENDAR) == ("2019-04-28", False)
    assert due_of(date(2018, 12, 28), "2WD", CALENDAR) == ("2019-01-02", False)


@pytest.mark.parametrize("day", [date(2011, 12, 31), date(2100, 1, 1)])
def test_days_outside_the_calendar_are_refused(day: date) -> None:
    with pytest.raises(ValueError, match="不在2012年1月1日至2099年12月31日之间"):
        add_working_days(day, 1, CALENDAR)
    for limit in ("3WD", "SAME_DAY", "15ND", "4WH", "P1M"):
        with pytest.raises(ValueError, match="不在2012年1月1日至2099年12月31日之间"):
            due_of(day, limit, CALENDAR)


def test_counting_past_the_last_year_is_refused() -> None:
    with pytest.raises(ValueError, match="2100-01-01不在"):
        add_working_days(date(2099, 12, 30), 60, CALENDAR)


def test_moments_without_a_zone_and_moments_for_days_are_refused() -> None:
    with pytest.raises(ValueError, match="没有时区"):
        due(datetime(2026, 9, 28, 10), Limit.parse("3WD"), CALENDAR)  # noqa: DTZ001
    with pytest.raises(ValueError, match="请给出日期而不是时间"):
        add_working_days(datetime(2026, 9, 28, 10), 3, CALENDAR)  # noqa: DTZ001
