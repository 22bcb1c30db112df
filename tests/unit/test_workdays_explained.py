"""A due time explained day by day: what a reader checks it by, and that it never differs from what is counted."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deadlines.domain.counting import Change, Counting, Extension, Pause, counted
from shared.workdays import (
    ZONE,
    Calendar,
    Extended,
    Limit,
    LineKind,
    OfficeHours,
    Paused,
    builtin_calendar,
    due,
    explain,
)
from tests.unit.test_workdays_laws import limits, moments, pauses

CALENDAR = builtin_calendar()
OTHER_HOURS = OfficeHours((time(8, 30), time(12)), (time(14, 30), time(18)))
changes = st.lists(
    st.builds(Extension, moments, limits.map(str)) | pauses.map(lambda pause: Pause(*pause, automatic=False)),
    max_size=3,
)
calendars = st.sampled_from([CALENDAR, Calendar({2026: CALENDAR.years[2026]}), Calendar({})])
hours = st.sampled_from([OfficeHours(), OTHER_HOURS])


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def lines(start: str, limit: str, *happened: Extended | Paused, calendar: Calendar = CALENDAR) -> list[str]:
    return list(map(str, explain(moment(start), Limit.parse(limit), calendar, changes=happened).lines))


def told(change: Change) -> Extended | Paused:
    if isinstance(change, Extension):
        return Extended(change.at, Limit.parse(change.limit))
    assert isinstance(change, Pause)
    return Paused(change.at, change.until)


@settings(max_examples=300, deadline=None)
@given(moments, limits, changes, calendars, hours)
def test_the_last_line_is_the_due_time_that_deadlines_counts(
    start: datetime, limit: Limit, happened: list[Change], calendar: Calendar, hours: OfficeHours
) -> None:
    happened = [change for change in happened if not isinstance(change, Pause) or change.at >= start]
    found = explain(start, limit, calendar, hours, map(told, happened))
    expected = counted(start, limit, happened, Counting(calendar, hours))
    assert found.due == expected
    last = found.lines[-1]
    assert (last.kind, last.due_at, last.first) == (LineKind.DUE, expected.at, expected.at.date())
    assert bool(found.awaited) == expected.provisional
    assert expected.provisional or not any("暂定" in line.text for line in found.lines)


@settings(deadline=None)
@given(moments, limits)
def test_no_day_between_start_and_due_is_passed_over(start: datetime, limit: Limit) -> None:
    found = explain(start, limit, CALENDAR)
    if limit.unit != "M":
        days = {
            line.first + timedelta(days=n) for line in found.lines for n in range((line.last - line.first).days + 1)
        }
        assert days == {start.date() + timedelta(days=n) for n in range((found.due.at.date() - start.date()).days + 1)}


def test_over_the_national_day_each_day_has_its_reason_and_its_document() -> None:
    assert lines("2026-09-30 10:00", "3WD") == [
        "2026-09-30(周三) 10:00起算;起始日不计入(民法典第201条)",
        "2026-10-01(周四)至2026-10-07(周三) 国庆节放假(国办发明电〔2025〕7号),不计",
        "2026-10-08(周四) 第1个工作日",
        "2026-10-09(周五) 第2个工作日",
        "2026-10-10(周六) 第3个工作日,补班(国办发明电〔2025〕7号)",
        "2026-10-10(周六) 当日17:00截止",
    ]


def test_what_is_done_after_closing_counts_as_done_the_next_day() -> None:
    assert lines("2026-11-20 17:00:01", "1WD") == [
        "2026-11-20(周五) 17:00:01起算;17:00后办理,视为次日2026-11-21(周六)办理",
        "2026-11-21(周六) 视为办理之日;起始日不计入(民法典第201条)",
        "2026-11-22(周日) 周日,不计",
        "2026-11-23(周一) 第1个工作日",
        "2026-11-23(周一) 当日17:00截止",
    ]
    assert lines("2026-11-20 17:00", "1WD")[0] == "2026-11-20(周五) 17:00起算;起始日不计入(民法典第201条)"


def test_working_hours_are_told_by_half_days() -> None:
    assert lines("2026-09-30 15:30", "4WH") == [
        "2026-09-30(周三) 15:30起算",
        "2026-09-30(周三) 下午15:30至17:00 计1小时30分",
        "2026-10-01(周四)至2026-10-07(周三) 国庆节放假(国办发明电〔2025〕7号),不计",
        "2026-10-08(周四) 上午09:00至11:30 计2小时30分",
        "2026-10-08(周四) 当日11:30截止",
    ]


def test_a_month_ends_on_the_same_day_or_the_last_and_not_on_a_rest_day() -> None:
    assert lines("2026-09-01 10:00", "P1M")[1:] == [
        "2026-10-01(周四) 1个月后的对应日(民法典第202条)",
        "2026-10-01(周四)至2026-10-07(周三) 国庆节放假(国办发明电〔2025〕7号),期限不在休息日届满",
        "2026-10-08(周四) 顺延至次日工作日(民法典第203条)",
        "2026-10-08(周四) 当日17:00截止",
    ]
    assert (
        lines("2026-08-31 10:00", "P1M")[1] == "2026-09-30(周三) 1个月后的月份没有31日,以月末为最后一日(民法典第202条)"
    )


def test_a_year_without_notice_says_so_on_each_of_its_days() -> None:
    assert lines("2026-12-30 10:00", "3WD")[1:] == [
        "2026-12-31(周四) 第1个工作日(尚无2027年放假通知·暂定)",
        "2027-01-01(周五) 元旦放假(尚无2027年放假通知·暂定),不计",
        "2027-01-02(周六)至2027-01-03(周日) 周六、周日(尚无2027年放假通知·暂定),不计",
        "2027-01-04(周一) 第2个工作日(尚无2027年放假通知·暂定)",
        "2027-01-05(周二) 第3个工作日(尚无2027年放假通知·暂定)",
        "2027-01-05(周二) 当日17:00截止",
    ]
    assert explain(moment("2026-12-30 10:00"), Limit.parse("3WD"), CALENDAR).awaited == (2027,)


def test_a_pause_and_an_extension_are_told_in_their_order() -> None:
    pause = Paused(moment("2026-10-20 15:00"), moment("2026-10-26 09:00"))
    extension = Extended(moment("2026-10-27 10:00"), Limit.parse("1WD"))
    assert lines("2026-10-12 10:00", "7WD", pause, extension)[9:] == [
        "2026-10-21(周三) 期限原为当日17:00",
        "2026-10-20(周二)至2026-10-26(周一) 2026-10-20 15:00至2026-10-26 09:00中止计时,中止期间不计;"
        "中止时尚余9小时办公时间,恢复后接着计",
        "2026-10-26(周一) 全天 计7小时",
        "2026-10-27(周二) 上午09:00至11:00 计2小时",
        "2026-10-27(周二) 期限原为当日17:00",
        "2026-10-27(周二) 延期1个工作日(2026-10-27 10:00批准),自原期限起算,原期限之日不计入",
        "2026-10-28(周三) 第1个工作日",
        "2026-10-28(周三) 当日17:00截止",
    ]


@pytest.mark.parametrize(
    ("paused", "resumed", "why"),
    [
        ("2026-10-17 10:00", "2026-10-18 20:00", "其间没有办公时间,期限不变"),
        ("2026-10-21 17:01", "2026-10-26 09:00", "开始时期限已满,期限不变"),
    ],
)
def test_a_pause_that_changes_nothing_says_why(paused: str, resumed: str, why: str) -> None:
    told = lines("2026-10-12 10:00", "7WD", Paused(moment(paused), moment(resumed)))
    assert why in told[-2]
    assert told[-1] == "2026-10-21(周三) 当日17:00截止"


def test_a_start_in_another_zone_is_explained_in_ours_and_a_naive_one_refused() -> None:
    start, limit = moment("2026-09-28 17:00:01"), Limit.parse("3WD")
    assert explain(start.astimezone(UTC), limit, CALENDAR) == explain(start, limit, CALENDAR)
    with pytest.raises(ValueError, match="没有时区"):
        explain(datetime(2026, 9, 28, 10), limit, CALENDAR)  # noqa: DTZ001


def test_the_days_of_a_line_are_its_own() -> None:
    [_, national_day, *_] = explain(moment("2026-09-30 10:00"), Limit.parse("3WD"), CALENDAR).lines
    assert (national_day.first, national_day.last) == (date(2026, 10, 1), date(2026, 10, 7))
    assert national_day.kind is LineKind.SKIPPED
    assert due(moment("2026-09-30 10:00"), Limit.parse("3WD"), CALENDAR).at == moment("2026-10-10 17:00")
