"""A clock explained: its start in words, its days, and whether the stored date is the one counted now."""

from dataclasses import replace
from datetime import time

import pytest

from services.deadlines.domain.counting import Counting
from services.deadlines.domain.triggers import TRIGGERS
from services.deadlines.explaining import STARTS, explained
from shared.contracts import Event
from shared.workdays import OfficeHours, parse_year
from tests.unit.deadlines_story import (
    COUNTING,
    acked,
    at,
    clock,
    extension_asked,
    extension_decided,
    issued,
    resumed,
    suspended,
    told,
)

SIGNED = [issued("10-12 10:00"), acked("10-12 11:00")]
LATER = Counting(COUNTING.calendar, OfficeHours(afternoon=(time(13), time(17, 30))))


def d15(*more: Event) -> list[Event]:
    return [*SIGNED, *more]


def test_every_start_of_a_clock_has_words() -> None:
    assert {start for trigger in TRIGGERS for start in trigger.starts} == STARTS.keys()


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (extension_decided("10-20 10:00", "5WD"),),
        (suspended("10-14 10:00", "10-20"),),
        (suspended("10-14 10:00", "10-20"), resumed("10-16 10:00"), extension_decided("10-20 10:00", "5WD")),
    ],
)
def test_the_days_lead_to_the_stored_due_time(changes: tuple[Event, ...]) -> None:
    known = clock(told(d15(*changes))[0], "D15")
    found = explained(known, COUNTING)
    assert found.agrees
    assert found.counted.lines[-1].due_at == known.due_at
    assert found.notes == ["逐日计算的结果与所记期限一致"]


def test_hours_that_changed_since_are_named_and_the_stored_date_stands() -> None:
    found = explained(clock(told(SIGNED)[0], "D15"), LATER)
    assert (found.agrees, found.counted.due.at) == (False, at("10-21 17:30"))
    assert found.why_differs == "窗口的办公时间在期限算出之后更改过"
    assert found.notes[-1].startswith("所记期限为2026-10-21 17:00,")
    assert found.notes[-1].endswith("以所记期限为准")


def test_a_calendar_that_changed_since_is_named() -> None:
    year = COUNTING.calendar.years[2026].to_json()
    year["days"]["holidays"].append(["测试假日", "2026-10-20", "2026-10-20"])
    now = Counting(COUNTING.calendar.with_year(parse_year(year)))
    found = explained(clock(told(SIGNED)[0], "D15"), now)
    assert (found.counted.due.at, found.why_differs) == (at("10-22 17:00"), "放假安排(日历)在期限算出之后更新过")


def test_a_provisional_date_says_which_notice_is_awaited_until_it_is_in() -> None:
    known = clock(told([issued("12-28 10:00"), acked("12-28 11:00")])[0], "D15")
    assert explained(known, COUNTING).why_provisional == "2027年放假安排的通知尚未收到,期限为暂定,通知收到后可能调整"
    year = COUNTING.calendar.years[2027].to_json() | {"status": "official", "doc_no": "测试〔2026〕1号"}
    loaded = explained(known, Counting(COUNTING.calendar.with_year(parse_year(year))))
    assert loaded.why_provisional == "期限按当时的暂定日历计算;所跨年度的放假通知其后已收到,所记期限尚未重新计算"
    assert explained(replace(known, provisional=False), COUNTING).why_provisional is None


def test_a_third_request_for_more_time_is_said_to_change_nothing() -> None:
    asked = [extension_asked(f"10-{day} 10:00", number=number) for number, day in ((1, 13), (2, 14), (3, 15))]
    found = explained(clock(told(d15(*asked))[0], "D15"), COUNTING)
    assert found.notes[0] == "2026-10-15 10:00起即为红色督办(第三次申请延期或反映人第二次不满意),期限不变"
