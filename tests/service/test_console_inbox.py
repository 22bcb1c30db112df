"""收件箱 and 送达 on a real bus: each reader finds what was sent to them, and to whom it went stands by the light."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from shared.contracts import deadlines, intake
from shared.contracts.codes import Escalation, RecusalGround, Role
from shared.contracts.deadlines import Addressee
from shared.ids import new_id
from shared.web.paging import encode
from tests.engines import Engines
from tests.harness import Client
from tests.service.console_orders import for_unit, of_unit
from tests.service.console_story import CITY, COUNTY, REGISTRY_OFFICE, UNITS, Story, at, text_of
from tests.service.console_world import World, console_world, page, told

INBOX = "/desk/inbox"
HANDLER = Addressee(role=Role.UNIT_HANDLER, account_id="u-9")
DEPUTY = Addressee(role=Role.UNIT_DEPUTY, unit_id=REGISTRY_OFFICE)
LEADER = Addressee(role=Role.DUTY_LEADER, account_id="leader-1", copy_only=True)
CITY_DEPT = Addressee(role=Role.SUPERVISION_DEPT, org_code="410200", copy_only=True)
COUNTY_DEPT = Addressee(role=Role.SUPERVISION_DEPT, org_code="410221")


@pytest.fixture
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("inbox")) as running:
        yield running


def an_order(number: str, window: str = CITY) -> Story:
    story = Story(window=window).register(f"收件{number}号").order()
    story.started(2, "D15", at(20), at(26, 17), "7WD")
    return story


def reached(story: Story, level: Escalation, when: datetime) -> Story:
    story.clock(
        deadlines.SupervisionReached, 2, "D15", level=level, reached_at=when, sent_at=when, due_at=at(26, 17)
    )  # fmt: skip
    return story


def sent_to(story: Story, level: Escalation, when: datetime, *addressees: Addressee, **what: Any) -> Story:
    reached(story, level, when).clock(
        deadlines.SupervisionSent, 2, "D15", level=level, reached_at=when, sent_at=when, due_at=at(26, 17),
        addressees=list(addressees), **what,
    )  # fmt: skip
    return story


def settled(story: Story) -> Story:
    story.clock(deadlines.DeadlineStopped, 2, "D15", stopped_at=at(27, 12), due_at=at(26, 17), overdue=True)
    return story


def withdrawn(story: Story, level: Escalation) -> Story:
    story.clock(deadlines.SupervisionWithdrawn, 2, "D15", level=level, withdrawn_at=at(27, 10))
    return story


def department(world: World, org: str = "410200") -> Client:
    return world.hall.client("department", "supervision_dept", org=org)


def leader(world: World) -> Client:
    return world.hall.client("leader-1", "duty_leader", window=CITY)


async def waiting(who: Client) -> int:
    """The number beside 收件箱 in the navigation."""
    found = re.findall(r'aria-label="(\d+)件未了"', (await page(who, "/")).text)
    return int(found[0]) if found else 0


async def received(who: Client, address: str = INBOX) -> list[str]:
    """The lines of the inbox as a reader reads them."""
    html = (await page(who, address)).text
    return [text_of(line) for line in re.findall(r"<tr class.*?</tr>", html, re.S)]


async def test_who_is_addressed_by_account_or_by_role_at_a_body_finds_the_paper_and_nobody_else(world: World) -> None:
    story = sent_to(an_order("一"), Escalation.YELLOW, at(26, 17), HANDLER, DEPUTY, LEADER, CITY_DEPT)
    await told(world, story)
    deputy = of_unit(world, "unit_deputy")
    for who in (of_unit(world), deputy, leader(world), department(world)):
        assert (len(await received(who)), await waiting(who)) == (1, 1)
    another_handler = world.hall.client("u-10", "unit_handler", org_type="UNIT", unit=REGISTRY_OFFICE)
    other_deputy = world.hall.client("u-11", "unit_deputy", org_type="UNIT", unit="410200-U02")
    for who in (another_handler, other_deputy, world.who("duty_staff"), department(world, "410221")):
        assert (await received(who), await waiting(who)) == ([], 0)
        assert "没有收到督办文书" in (await page(who, INBOX)).text


async def test_a_line_says_which_paper_about_what_and_where_it_is_printed(world: World) -> None:
    story = sent_to(an_order("二"), Escalation.YELLOW, at(26, 17), DEPUTY, LEADER)
    await told(world, story)
    [mine], [copy] = await received(of_unit(world, "unit_deputy")), await received(leader(world))
    for words in (
        "▲ 黄色督办 催办通知书",
        "2026-09-26 17:00",
        "收件二号",
        "办理并反馈",
        "2026-09-26(周六)17:00",
        "未了",
    ):
        assert words in mine, words
    assert "抄送" not in mine
    assert "抄送" in copy
    assert "很难办事项办理(D15)" in copy
    html = (await page(of_unit(world, "unit_deputy"), INBOX)).text
    assert "D15" not in html
    for address in ("supervision/YELLOW/paper", ""):
        assert f'href="/orders/{story.orders[0]}/{address}'.rstrip("/") in html
    assert f'href="/matters/{story.matter_id}"' in html


async def test_open_papers_come_first_then_the_newest_and_settled_ones_are_not_counted(world: World) -> None:
    for story in (
        sent_to(an_order("三"), Escalation.YELLOW, at(21), LEADER),
        settled(sent_to(an_order("四"), Escalation.YELLOW, at(22), LEADER)),
        sent_to(settled(an_order("五")), Escalation.RED, at(23), LEADER),
        sent_to(an_order("六"), Escalation.RED, at(24), LEADER),
    ):
        await told(world, story)
    lines = await received(leader(world))
    assert [re.findall(r"收件.号", line)[0][2] for line in lines] == list("六三五四")
    assert "已了 2026-09-27 12:00" in lines[-1]
    assert await waiting(leader(world)) == 2
    found, address = list[str](), f"{INBOX}?limit=1"
    while address:
        html = (await page(leader(world), address)).text
        found += re.findall(r"收件(.)号", html)
        following = re.findall(r'rel="next" href="([^"]+)"', html)
        address = following[0].replace("&amp;", "&") if following else ""
    assert found == list("六三五四")


async def test_a_withdrawn_paper_stands_struck_through_and_a_new_one_of_the_same_step_counts(world: World) -> None:
    story = withdrawn(sent_to(an_order("七"), Escalation.YELLOW, at(26, 17), DEPUTY), Escalation.YELLOW)
    await told(world, story)
    deputy = of_unit(world, "unit_deputy")
    html = (await page(deputy, INBOX)).text
    assert '<tr class="withdrawn">' in html
    assert "supervision/YELLOW/paper" not in html
    assert ("已撤销" in (await received(deputy))[0], await waiting(deputy)) == (True, 0)
    later = Story(matter_id=story.matter_id, orders=story.orders, clocks=story.clocks)
    await told(world, sent_to(later, Escalation.YELLOW, at(27, 17), DEPUTY))
    again = await received(deputy)
    assert [("已撤销" in line, "未了" in line) for line in again] == [(False, True), (True, False)]
    assert await waiting(deputy) == 1


async def test_a_clock_taken_up_again_opens_its_papers_and_stands_on_the_board_again(world: World) -> None:
    story = settled(sent_to(an_order("庚"), Escalation.YELLOW, at(26, 17), LEADER))
    await told(world, story)
    assert await waiting(leader(world)) == 0
    again = Story(matter_id=story.matter_id, orders=story.orders, clocks=story.clocks)
    again.started(2, "D15", at(20), at(26, 17), "7WD")
    await told(world, again)
    assert await waiting(leader(world)) == 1
    assert "收件庚号" in (await page(leader(world), f"/desk/deadlines?when=overdue&unit={REGISTRY_OFFICE}")).text


async def test_somebody_addressed_twice_finds_the_paper_once_and_not_as_a_copy(world: World) -> None:
    by_role = Addressee(role=Role.DUTY_LEADER, org_code="410200")
    await told(world, sent_to(an_order("八"), Escalation.RED, at(27), LEADER, by_role))
    [line] = await received(leader(world))
    assert "抄送" not in line
    assert await waiting(leader(world)) == 1


async def test_a_county_s_paper_is_the_city_s_only_when_the_city_is_addressed(world: World) -> None:
    await told(world, sent_to(an_order("九", COUNTY), Escalation.RED, at(27), COUNTY_DEPT))
    assert await received(department(world)) == []
    assert len(await received(department(world, "410221"))) == 1
    await told(world, sent_to(an_order("十", COUNTY), Escalation.LISTED, at(27), COUNTY_DEPT, CITY_DEPT))
    assert len(await received(department(world))) == 1


async def test_who_declared_an_interest_and_who_has_moved_on_is_not_led_to_the_matter(world: World) -> None:
    story = sent_to(an_order("甲"), Escalation.RED, at(27), LEADER)
    await told(world, story)
    moved_on = world.hall.client("leader-1", "duty_leader", window=COUNTY, org="410221")
    [line] = await received(moved_on)
    assert ("收件甲号" in line, "不在您现在的查看范围内" in line) == (False, True)
    for hidden in (str(story.matter_id), "很难办", UNITS[REGISTRY_OFFICE]):
        assert hidden not in (await page(moved_on, INBOX)).text, hidden
    recusal = Story(matter_id=story.matter_id)
    recusal.tell(
        intake.MatterRecusalDeclared, account_id="leader-1", ground=RecusalGround.KIN_OF_REPORTER,
        declared_by="leader-1", declared_at=at(28),
    )  # fmt: skip
    await told(world, recusal)
    assert (await received(leader(world)), await waiting(leader(world))) == ([], 0)


async def test_to_whom_a_paper_went_stands_under_its_light(world: World) -> None:
    story = sent_to(
        an_order("乙"), Escalation.RED, at(27, 9), DEPUTY, LEADER, CITY_DEPT, supervision_office_id="410200-J03"
    )
    await told(world, story)
    here = f"orders/{story.orders[0]}"
    step = {"level": "RED", "document": "督办单", "addressee": "主要负责人", "copies": [], "withdrawn": False,
            **dict.fromkeys(("reached_at", "sent_at", "due_at"), at(27, 9).isoformat())}  # fmt: skip
    shown = for_unit(order_id=str(story.orders[0]), matter_id=str(story.matter_id))
    world.intake.answers |= {here: shown, f"{here}/files": {"files": []}, f"{here}/supervision": {"items": [step]}}
    record = "送达 2026-09-27 09:00 :承办单位分管负责人、带班领导 抄送 、党风政风监督室 抄送 、联系监督检查室 抄送"
    for path in (f"/matters/{story.matter_id}", f"/{here}"):
        assert record.replace(" ", "") in text_of((await page(of_unit(world), path)).text).replace(" ", "")
        assert "leader-1" not in (await page(of_unit(world), path)).text
        assert "带班领导 leader-1 抄送" in text_of((await page(world.who("duty_staff"), path)).text)
    timeline = text_of((await page(world.who("duty_staff"), f"/matters/{story.matter_id}")).text)
    assert f"送出督办单:◆ 红色责成({UNITS[REGISTRY_OFFICE]},很难办事项办理(D15)" in timeline


async def test_the_number_is_counted_for_whole_pages_only(world: World) -> None:
    story = sent_to(an_order("丙"), Escalation.RED, at(27), LEADER)
    await told(world, story)
    assert "件未了" not in (await page(leader(world), f"/matters/{story.matter_id}/fragment")).text
    assert await waiting(world.who("callback_officer")) == 0


async def test_a_mark_to_go_on_from_that_is_not_ours_is_refused(world: World) -> None:
    for mark in ([1], [True, at(28), new_id(), "\x00"], [True, at(28).replace(year=1), new_id(), "RED"]):
        assert (await page(leader(world), f"{INBOX}?after={encode(mark)}")).status_code == 400
