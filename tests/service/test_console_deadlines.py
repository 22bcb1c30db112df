"""期限看板 on a real bus: what is due when, for whom, and nothing beyond what its reader may see."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from shared.contracts import deadlines
from shared.contracts.codes import Escalation
from shared.workdays import ZONE
from tests.engines import Engines
from tests.harness import START, Client
from tests.service.console_orders import for_unit, of_unit
from tests.service.console_story import CITY, COUNTY, REGISTRY_OFFICE, SUPPLY, UNITS, Story, at, text_of
from tests.service.console_world import World, console_world, page, told

BOARD = "/desk/deadlines"


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("deadlines")) as running:
        for story in STORIES.values():
            await told(running, story)
        yield running


@pytest.fixture(autouse=True)
def nine_in_the_morning(world: World) -> None:
    world.hall.time.set(START)  # Monday 2026-09-28


def an_order(due: datetime, number: str, window: str = CITY) -> Story:
    """An order whose unit has until then; the window's own clocks have stopped."""
    story = Story(window=window).register(f"看板{number}号").order()
    story.clock(deadlines.DeadlineStopped, 1, "D06", stopped_at=at(28, 10), due_at=at(28, 15), overdue=False)
    story.started(2, "D15", at(24), due, "7WD", provisional=number == "暂定")
    return story


def supervised(story: Story, level: Escalation, due: datetime) -> Story:
    story.clock(deadlines.SupervisionReached, 2, "D15", level=level, reached_at=due, sent_at=due, due_at=due)
    return story


def paused(story: Story, since: datetime, until: datetime) -> Story:
    story.clock(deadlines.DeadlinePaused, 2, "D15", paused_at=since, resumes_at=until)
    return story


STORIES = {
    "confirmed": supervised(an_order(at(25, 17), "已确认"), Escalation.YELLOW, at(25, 17)),
    "withdrawn": supervised(an_order(at(24, 17), "待确认"), Escalation.YELLOW, at(24, 17)),
    "today": an_order(at(28, 17), "今日"),
    "tomorrow": an_order(at(29, 17), "明日"),
    "later": an_order(at(40, 17), "暂定"),
    "paused": paused(an_order(at(25, 16), "中止"), at(24, 16), at(45)),
    "paused late": paused(supervised(an_order(at(23, 17), "超期中止"), Escalation.YELLOW, at(23, 17)), at(24), at(45)),
    "county": an_order(at(28, 17), "杞县", COUNTY),
    "window": Story().register("看板窗口号"),
    "county's window": Story(window=COUNTY).register("看板杞县窗口号"),
}
STORIES["withdrawn"].clock(deadlines.SupervisionWithdrawn, 2, "D15", level=Escalation.YELLOW, withdrawn_at=at(24, 17))


def overseer(world: World, org: str = "410200") -> Client:
    return world.hall.client("overseer", "supervision_dept", org=org)


async def row(who: Client, name: str) -> list[str]:
    """What the board says of a unit or a window, cell by cell."""
    html = (await page(who, BOARD)).text
    [found] = re.findall(rf"<tr><th scope=\"row\">{name}</th>(.*?)</tr>", html, re.S) or [""]
    return [text_of(cell) for cell in re.findall(r"<td.*?>(.*?)</td>", found, re.S)]


async def listed(who: Client, when: str, **where: str) -> list[str]:
    """The register numbers behind a number of the board, in their order."""
    html = (await who._http.get(BOARD, params={"when": when, **where}, headers={"Accept": "text/html"})).text
    return re.findall(r"看板\w+号", html)


async def test_a_window_counts_what_its_units_and_itself_have_to_do(world: World) -> None:
    staff = world.who("duty_staff")
    assert await row(staff, UNITS[REGISTRY_OFFICE]) == ["3 ◇ 其中待确认1", "1", "1", "1", "1", "7"]
    assert await row(staff, f"窗口{CITY}") == ["0", "0", "0", "1", "0", "1"]
    text = text_of((await page(staff, BOARD)).text)
    assert "明日指下一个工作日 2026-09-29(周二)" in text
    assert f"窗口{COUNTY}" not in text


async def test_the_city_counts_its_counties_too_and_a_county_only_itself(world: World) -> None:
    assert (await row(overseer(world), UNITS[REGISTRY_OFFICE]))[-1] == "8"
    assert (await row(overseer(world), f"窗口{COUNTY}"))[-1] == "1"
    county = overseer(world, "410221")
    assert await row(county, UNITS[REGISTRY_OFFICE]) == ["0", "1", "0", "0", "0", "1"]
    assert await row(county, f"窗口{CITY}") == []


async def test_a_unit_counts_its_own_and_reads_neither_rule_nor_other_units_nor_windows_clocks(world: World) -> None:
    mine = of_unit(world)
    assert await row(mine, UNITS[REGISTRY_OFFICE]) == ["3 ◇ 其中待确认1", "2", "1", "1", "1", "8"]
    shown = (await page(mine, BOARD)).text + (await page(mine, f"{BOARD}?when=overdue")).text
    assert "办理并反馈" in shown
    for hidden in ("D15", "很难办", UNITS[SUPPLY], "窗口的期限"):
        assert hidden not in shown, hidden
    other = world.hall.client("u-8", "unit_handler", org_type="UNIT", unit=SUPPLY)
    assert await listed(other, "overdue", unit=REGISTRY_OFFICE) == []
    assert UNITS[REGISTRY_OFFICE] not in (await page(other, f"{BOARD}?when=overdue&unit={REGISTRY_OFFICE}")).text


async def test_each_number_leads_to_its_clocks_by_due_time(world: World) -> None:
    staff, unit = world.who("duty_staff"), {"unit": REGISTRY_OFFICE}
    assert f'href="{BOARD}?unit={REGISTRY_OFFICE}&amp;when=overdue"' in (await page(staff, BOARD)).text
    assert await listed(staff, "overdue", **unit) == ["看板超期中止号", "看板待确认号", "看板已确认号"]
    assert await listed(staff, "today", **unit) == ["看板今日号"]
    assert await listed(staff, "tomorrow", **unit) == ["看板明日号"]
    assert await listed(staff, "later", **unit) == ["看板暂定号"]
    assert await listed(staff, "paused", **unit) == ["看板中止号"]
    assert await listed(staff, "later", window=CITY) == ["看板窗口号"]
    assert await listed(overseer(world), "today", **unit, window=COUNTY) == ["看板杞县号"]


async def test_a_line_says_what_is_asked_how_it_stands_and_where_it_belongs(world: World) -> None:
    story = STORIES["paused late"]
    html = (await page(world.who("duty_staff"), f"{BOARD}?when=overdue&unit={REGISTRY_OFFICE}")).text
    text = text_of(html)
    for words in (
        "2026-09-24(周四)17:00 ◇ 已到期·待确认", "2026-09-25(周五)17:00 ▲ 已超期", "▲ 黄色督办", "很难办事项办理(D15)",
        "7个工作日", "▲ 已超期 ‖ 中止计时,最迟2026-10-15(周四)09:00恢复", UNITS[REGISTRY_OFFICE],
    ):  # fmt: skip
        assert words in text, words
    assert f'href="/matters/{story.matter_id}"' in html
    assert f'href="/orders/{story.orders[0]}"' in html
    assert "暂定" in text_of((await page(world.who("duty_staff"), f"{BOARD}?when=later&unit={REGISTRY_OFFICE}")).text)


async def test_a_long_list_has_pages(world: World) -> None:
    staff, found = world.who("duty_staff"), list[str]()
    address: str | None = f"{BOARD}?unit={REGISTRY_OFFICE}&when=overdue&limit=1"
    while address:
        html = (await page(staff, address)).text
        found += re.findall(r"看板\w+号", html)
        following = re.findall(r'rel="next" href="([^"]+)"', html)
        address = following[0].replace("&amp;", "&") if following else None
    assert found == ["看板超期中止号", "看板待确认号", "看板已确认号"]


@pytest.mark.parametrize(
    ("day", "tomorrow"),
    [("2026-09-30T10:00", "2026-10-08(周四)"), ("2026-10-09T10:00", "2026-10-10(周六)")],
)
async def test_tomorrow_is_the_next_day_on_which_people_work(world: World, day: str, tomorrow: str) -> None:
    world.hall.time.set(datetime.fromisoformat(day).replace(tzinfo=ZONE))
    assert f"明日指下一个工作日 {tomorrow}" in text_of((await page(world.who("duty_staff"), BOARD)).text)


async def test_a_notice_that_changes_the_calendar_changes_tomorrow(world: World) -> None:
    world.hall.time.set(datetime(2027, 2, 4, 10, tzinfo=ZONE))
    days = {"holidays": [["春节", "2027-02-05", "2027-02-11"]], "makeup_days": []}
    notice = deadlines.CalendarYearLoaded(year=2027, status="official", doc_no="国办发明电〔2026〕某号", days=days)
    await world.hall.publish(notice)
    await world.hall.caught_up()
    assert "下一个工作日 2027-02-12(周五)" in text_of((await page(world.who("duty_staff"), BOARD)).text)


async def test_a_pause_that_should_have_ended_counts_as_overdue_until_it_is_told(world: World) -> None:
    world.hall.time.set(at(46))
    assert "看板中止号" in await listed(world.who("duty_staff"), "overdue", unit=REGISTRY_OFFICE)


async def test_the_matters_page_and_the_orders_page_say_what_is_not_confirmed_yet(world: World) -> None:
    story, staff = STORIES["withdrawn"], world.who("duty_staff")
    assert "◇ 已到期·待确认" in text_of((await page(staff, f"/matters/{story.matter_id}")).text)
    assert "▲ 已超期" in text_of((await page(staff, f"/matters/{STORIES['confirmed'].matter_id}")).text)
    here, answers = f"orders/{story.orders[0]}", world.intake.answers
    answers[here] = for_unit(order_id=str(story.orders[0]), matter_id=str(story.matter_id))
    answers |= {f"{here}/files": {"files": []}, f"{here}/supervision": {"items": []}}
    assert "◇ 已到期·待确认" in text_of((await page(of_unit(world), f"/{here}")).text)
    standing = text_of((await page(staff, f"/matters/{STORIES['paused'].matter_id}")).text)
    assert "‖ 中止计时,最迟2026-10-15(周四)09:00恢复" in standing
    assert "已超期" not in standing


@pytest.mark.parametrize("asked", ["when=yesterday", "unit=%00", "when=overdue&after=x"])
async def test_bad_questions_are_refused(world: World, asked: str) -> None:
    assert (await page(world.who("duty_staff"), f"{BOARD}?{asked}")).status_code in (400, 422)


async def test_a_level_newer_than_this_console_is_shown_as_it_is(world: World) -> None:
    story = STORIES["today"]
    here, answers = f"orders/{story.orders[0]}", world.intake.answers
    step: dict[str, Any] = {
        "level": "BEYOND", "document": None, "addressee": None, "copies": [], "withdrawn": False,
        "reached_at": at(28).isoformat(), "sent_at": at(28).isoformat(), "due_at": at(28).isoformat(),
    }  # fmt: skip
    answers[here] = for_unit(order_id=str(story.orders[0]), matter_id=str(story.matter_id))
    answers |= {f"{here}/files": {"files": []}, f"{here}/supervision": {"items": [step]}}
    assert "◈ BEYOND" in text_of((await page(of_unit(world), f"/{here}")).text)
