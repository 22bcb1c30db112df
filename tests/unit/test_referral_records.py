"""Notices, meetings and comparisons: what is refused, and what is on record afterwards."""

from datetime import date, timedelta

import pytest

from services.referral.domain import comparisons, meetings, notices
from services.referral.domain.comparisons import CityRule, Verdict
from services.referral.domain.meetings import Meeting, Task
from services.referral.domain.notices import Material, MaterialForm
from shared.contracts.codes import MeetingKind
from shared.contracts.errors import Conflict, DomainError, IllegalTransition, Refused
from shared.contracts.referral import (
    ComparisonRecorded,
    MeetingConcluded,
    MeetingScheduled,
    NoticeBreachDetected,
    NoticeIssued,
)
from shared.ids import new_id
from tests.unit.referral_room import HANDLER, NOW, STAFF, TODAY, delivered, matter, working

U1, U2 = "410200-U01", "410200-U02"


def paper(name: str) -> Material:
    return Material(name, "药品经营许可证管理办法第九条", MaterialForm.COPY, 1)


def test_a_material_added_later_is_on_record() -> None:
    order = working(matter())
    first, _ = notices.issue(order, (paper("营业执照"), paper("平面图")), [], HANDLER, NOW)
    second, [event, breach] = notices.issue(order, (paper("营业执照"), paper("消防证明")), [first], HANDLER, NOW)
    assert isinstance(event, NoticeIssued)
    assert isinstance(breach, NoticeBreachDetected)
    assert (second.version, second.added, event.added_count, breach.added_count) == (2, ("消防证明",), 1, 1)


def test_a_material_asked_for_before_is_no_addition() -> None:
    order = working(matter())
    first, _ = notices.issue(order, (paper("营业执照"), paper("平面图")), [], HANDLER, NOW)
    second, _ = notices.issue(order, (paper("营业执照"),), [first], HANDLER, NOW)
    third, _ = notices.issue(order, (paper("平 面图"),), [first, second], HANDLER, NOW)
    assert (first.added, second.added, third.added) == ((), (), ())


def test_a_notice_lists_each_material_once_and_at_least_one() -> None:
    order = working(matter())
    for materials in ((), (paper("营业执照"), paper("营业 执照"))):
        with pytest.raises(Refused):
            notices.issue(order, materials, [], HANDLER, NOW)
    with pytest.raises(IllegalTransition):
        notices.issue(delivered(matter()), (paper("营业执照"),), [], HANDLER, NOW)


def called() -> Meeting:
    return meetings.schedule(matter(), None, MeetingKind.COORDINATION, (U1, U2), "产权登记", NOW, NOW)[0]


def test_a_meeting_is_called_now_for_a_later_day() -> None:
    later = NOW + timedelta(days=2)
    _, [event] = meetings.schedule(matter(), None, MeetingKind.ON_SITE, (U1,), "产权登记", later, NOW)
    assert isinstance(event, MeetingScheduled)
    assert (event.scheduled_at, event.meets_at) == (NOW, later)
    for day in (NOW - timedelta(days=1), NOW + timedelta(days=400)):
        with pytest.raises(Refused) as refusal:
            meetings.schedule(matter(), None, MeetingKind.ON_SITE, (U1,), "产权登记", day, NOW)
        assert refusal.value.code == "meeting.date"


def test_a_meeting_has_sessions_on_two_days_and_ends_with_tasks() -> None:
    meeting, _ = meetings.hold_session(called(), (U1,), (U2,), "首次会议", NOW)
    meeting, _ = meetings.hold_session(meeting, (U1, U2), (), "现场会诊", NOW + timedelta(days=1))
    tasks = (Task(U1, "补录房屋数据", TODAY + timedelta(days=3)), Task(U2, "提交材料", TODAY + timedelta(days=3)))
    done, [event] = meetings.conclude(meeting, "分头办理", "", tasks, NOW + timedelta(days=1))
    assert isinstance(event, MeetingConcluded)
    assert (event.sessions, event.task_unit_ids) == (2, [U1, U2])
    with pytest.raises(Conflict):
        meetings.hold_session(done, (U1, U2), (), "再议", NOW)


def test_every_invited_unit_was_there_or_was_not() -> None:
    for present, absent in (((U1,), ()), ((U1, U2), (U2,)), ((U1, "410200-U09"), (U2,)), ((), (U1, U2))):
        with pytest.raises(Refused):
            meetings.hold_session(called(), present, absent, "记录", NOW)


def test_a_meeting_never_held_has_no_conclusion() -> None:
    with pytest.raises(Refused) as refusal:
        meetings.conclude(called(), "分头办理", "", (Task(U1, "补录", TODAY),), NOW)
    assert refusal.value.code == "meeting.not_held"


@pytest.mark.parametrize(
    ("tasks", "code"),
    [
        ((), "meeting.no_task"),
        ((Task("410200-U09", "补录", TODAY),), "meeting.task_unit"),
        ((Task(U1, "补录", TODAY - timedelta(days=1)),), "meeting.task_due"),
    ],
)
def test_a_conclusion_names_task_unit_and_day(tasks: tuple[Task, ...], code: str) -> None:
    meeting, _ = meetings.hold_session(called(), (U1, U2), (), "首次会议", NOW)
    with pytest.raises(Refused) as refusal:
        meetings.conclude(meeting, "分头办理", "", tasks, NOW)
    assert refusal.value.code == code


def test_one_meeting_of_a_matter_at_a_time() -> None:
    with pytest.raises(Conflict) as refusal:
        meetings.schedule(matter(), new_id(), MeetingKind.ON_SITE, (U1,), "再议", NOW, NOW)
    assert refusal.value.code == "meeting.still_open"


def test_a_closed_matter_is_not_met_about() -> None:
    with pytest.raises(Conflict) as refusal:
        meetings.schedule(matter().ended(), None, MeetingKind.ON_SITE, (U1,), "再议", NOW, NOW)
    assert refusal.value.code == "matter.final"


def city(name: str, verdict: Verdict, number: str = "洛政〔2020〕8号", on: date | None = date(2020, 5, 1)) -> CityRule:
    return CityRule(name, "公积金贷款办法", number, "第九条", "补缴不超过三个月视为连续", on, verdict)


def test_a_comparison_counts_cities_and_the_looser_ones() -> None:
    rows = (city("洛阳市", Verdict.LOOSER), city("洛阳市", Verdict.SAME), city("郑州市", Verdict.LOOSER))
    _, [event] = comparisons.record(matter(), True, "", rows, STAFF, NOW)
    assert isinstance(event, ComparisonRecorded)
    assert (event.cities, event.looser) == (2, 2)


@pytest.mark.parametrize(
    ("needed", "reason", "rows", "code"),
    [
        (True, "", (), "comparison.no_rows"),
        (True, "", (city("洛阳市", Verdict.SAME, number=""),), "comparison.no_number"),
        (True, "", (city("洛阳市", Verdict.SAME, on=None),), "comparison.no_date"),
        (False, "", (), "comparison.no_reason"),
    ],
)
def test_a_comparison_that_proves_nothing_is_refused(
    needed: bool, reason: str, rows: tuple[CityRule, ...], code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        comparisons.record(matter(), needed, reason, rows, STAFF, NOW)
    assert refusal.value.code == code


def test_not_needed_with_a_reason_is_a_comparison_too() -> None:
    comparison, _ = comparisons.record(matter(), False, "国家统一规定,各地一致", (), STAFF, NOW)
    assert not comparison.needed
