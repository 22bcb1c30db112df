"""The calendar's pages against a stand-in for deadlines: the years, the dry run, and loading what was shown."""

import html
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.deadlines.http.calendar import CalendarOut, LoadedOut
from shared.workdays import builtin_calendar, parse_year
from tests.engines import Engines
from tests.harness import Client
from tests.service.console_world import HTML, World, console_world, page, sent

YEARS = builtin_calendar().years
OFFICIAL_2027: dict[str, Any] = {
    "year": 2027,
    "status": "official",
    "doc_no": "测试〔2026〕1号",
    "title": "2027年<b>节假日</b>安排",
    "days": {"holidays": [["元旦", "2026-12-31", "2027-01-02"]], "makeup_days": ["2026-12-26"]},
}
CALENDAR = {
    "calendar_version": "0123456789ab",
    "years": [
        YEARS[number].to_json() | {"sha256": YEARS[number].sha256, "title": None, "issued": None, "reason": None,
                                   "loaded_at": "2026-09-28T09:00:00+08:00" if number > 2024 else None}
        for number in (2024, 2026, 2027)
    ],
}  # fmt: skip
MOVED = {
    "deadline_id": str(UUID(int=3)), "matter_id": str(UUID(int=4)), "org_code": "410200", "window_id": "410200-W1",
    "order_id": None, "unit_id": "410200-U01", "rule": "D13", "limit": "3WD",
    "started_at": "2026-12-29T10:00:00+08:00", "previous_due_at": "2027-01-04T17:00:00+08:00",
    "due_at": "2027-01-05T17:00:00+08:00", "provisional": False,
}  # fmt: skip
WOULD = {
    "dry_run": True, "changed": True, "year": 2027, "status": "official", "doc_no": "测试〔2026〕1号",
    "sha256": parse_year(OFFICIAL_2027).sha256,
    "replaced": {"status": "provisional", "doc_no": None, "sha256": YEARS[2027].sha256},
    "calendar_version": "0123456789ab", "new_calendar_version": "ba9876543210",
    "changed_days": ["2026-12-26", "2026-12-31"], "moved": 1, "confirmed": 0, "deadlines": [MOVED],
}  # fmt: skip


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("calendar")) as running:
        yield running


@pytest.fixture(autouse=True)
def willing(world: World) -> None:
    world.intake.refusals = {}
    world.intake.answers = {"calendar": CALENDAR, "calendar/years": WOULD}


def department(world: World, org: str = "410200") -> Client:
    return world.hall.client("department", "supervision_dept", org=org)


async def tried(who: Client, content: bytes, reason: str = "") -> httpx.Response:
    files = {"file": ("2027.json", content)}
    return await who._http.post("/desk/calendar/trial", data={"reason": reason}, files=files, headers=HTML)


def hidden(answer: httpx.Response) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(value) for name, value in found}


async def test_the_years_are_shown_with_their_notices_days_and_hashes(world: World) -> None:
    shown = await page(department(world), "/desk/calendar")
    assert 'href="/desk/calendar">工作日历</a>' in shown.text
    for told in ("2026年", "国办发明电〔2025〕7号", YEARS[2026].sha256[:12], "2026-02-15至2026-02-23",
                 "2026-02-14", "暂定", "历史", "随系统提供", "2026-09-28 09:00",
                 "0123456789ab"):  # fmt: skip
        assert told in shown.text
    assert shown.text.index("2027年") < shown.text.index("2024年")
    assert 'action="/desk/calendar/trial"' in shown.text
    county = await page(department(world, "410221"), "/desk/calendar")
    assert "2026年" in county.text
    assert 'action="/desk/calendar/trial"' not in county.text


async def test_who_does_not_keep_the_calendar_does_not_find_it(world: World) -> None:
    for who in (world.who("duty_staff"), world.hall.client("u-2", "committee_leader")):
        assert (await page(who, "/desk/calendar")).status_code == 404
        assert (await tried(who, b"{}")).status_code == 404
    assert (await tried(department(world, "410221"), b"{}")).status_code == 404
    assert (await sent(department(world, "410221"), "/desk/calendar/load", content="{}")).status_code == 404


async def test_a_dry_run_shows_before_and_after_and_confirming_loads_exactly_that(world: World) -> None:
    who = department(world)
    shown = await tried(who, json.dumps(OFFICIAL_2027).encode(), "按通知")
    assert shown.status_code == 200
    for told in ("2026-12-26、2026-12-31", "2027-01-04 17:00", "2027-01-05 17:00", "1项", "元旦 2026-12-31至2027-01-02",
                 "确认载入以上内容", f"/matters/{UUID(int=4)}"):  # fmt: skip
        assert told in shown.text
    path, asked, _ = world.intake.last()
    assert (path, asked) == ("calendar/years", {"content": OFFICIAL_2027, "reason": "按通知"})

    world.intake.answers["calendar/years"] = WOULD | {"dry_run": False, "moved": 7}
    done = await sent(who, "/desk/calendar/load", **hidden(shown))
    assert (done.status_code, done.headers["location"]) == (303, "/desk/calendar?loaded=2027&moved=7&confirmed=0")
    _, body, key = world.intake.last()
    assert body["content"] == OFFICIAL_2027 | {"sha256": WOULD["sha256"]}
    assert (body["reason"], body["calendar_version"], key) == ("按通知", "0123456789ab", hidden(shown)["key"])
    said = await page(who, done.headers["location"])
    assert "2027年日历已载入:7项期限改变到期时间" in said.text


async def test_the_same_year_again_offers_nothing_to_confirm(world: World) -> None:
    world.intake.answers["calendar/years"] = WOULD | {"changed": False, "deadlines": [], "moved": 0}
    shown = await tried(department(world), json.dumps(OFFICIAL_2027).encode())
    assert "内容相同,无需载入" in shown.text
    assert "/desk/calendar/load" not in shown.text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 2000])
async def test_a_file_that_is_no_year_is_refused_before_anybody_is_asked(world: World, content: bytes) -> None:
    shown = await tried(department(world), content)
    assert shown.status_code == 422
    assert "请选择一个年度的JSON日历文件" in shown.text
    assert world.intake.last()[0] == "calendar"
    assert "文件过大" in (await tried(department(world), b" " * 70_000)).text


async def test_what_deadlines_refuses_is_said_and_the_reason_stays(world: World) -> None:
    world.intake.refusals["calendar/years"] = (422, "calendar.invalid", "补班日2027-10-08不是周六或周日,请核对通知")
    shown = await tried(department(world), json.dumps(OFFICIAL_2027).encode(), "按通知")
    assert shown.status_code == 422
    for told in ("补班日2027-10-08不是周六或周日", "calendar.invalid", 'value="按通知"', "文件须重新选择", "2026年"):
        assert told in shown.text
    world.intake.refusals["calendar/years"] = (409, "calendar.changed", "日历在您查看之后已被更改,请重新试算后再载入")
    late = await sent(department(world), "/desk/calendar/load", content=json.dumps(OFFICIAL_2027), calendar_version="0")
    assert (late.status_code, "请重新试算" in late.text) == (409, True)


def test_the_stand_in_answers_as_deadlines_does() -> None:
    assert LoadedOut.model_validate(WOULD).model_dump(mode="json") == WOULD
    assert CalendarOut.model_validate(CALENDAR).model_dump(mode="json") == CALENDAR
