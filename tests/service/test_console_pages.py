"""The console on a real bus: the same page whatever came first, and to each reader only what is theirs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI, HTTPException, Request

from bancheng.local.ports import free_port
from services.console.main import service
from shared.contracts import deadlines
from shared.contracts.codes import Escalation
from tests.engines import Engines
from tests.harness import Client, Hall, _serving, hall
from tests.service.console_story import (
    CITY,
    COUNTY,
    REGISTRY_OFFICE,
    SUPPLY,
    UNITS,
    ZONE_WINDOW,
    Mixing,
    Story,
    at,
    at_random,
    in_order,
    names,
    publish,
    service_by_service,
    text_of,
)

HTML = {"Accept": "text/html"}


@dataclass
class Intake:
    """A stand-in for intake's titles: gives those it was told, to whoever shows a token, as slowly as it is told."""

    titles: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    tokens: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/matters/titles")
        async def titles(request: Request) -> dict[str, Any]:
            if "authorization" not in request.headers:
                raise HTTPException(401)
            self.tokens.append(request.headers["authorization"])
            wanted = (await request.json())["ids"]
            await asyncio.sleep(self.delay)
            return {"titles": {key: self.titles[key] for key in wanted if key in self.titles}}

        return app


@dataclass
class World:
    """The console and the intake it reads titles from."""

    hall: Hall
    intake: Intake

    def staff(self, window: str = CITY) -> Client:
        return self.hall.client("staff-1", "duty_staff", window=window)

    def overseer(self, org: str = "410200") -> Client:
        return self.hall.client("overseer", "supervision_dept", org=org)

    def unit(self, unit: str) -> Client:
        return self.hall.client(f"handler@{unit}", "unit_handler", org_type="UNIT", unit=unit)

    async def told(self, story: Story, mixing: Mixing = in_order) -> Story:
        await publish(self.hall, mixing(story.told))
        await self.hall.caught_up()
        return story


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    intake, port = Intake(), free_port()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(_serving(intake.app(), port))

        def console(settings: Any) -> Any:
            return service(settings.model_copy(update={"intake_url": address}))

        running = await stack.enter_async_context(hall(engines, "console", tmp_path_factory.mktemp("console"), console))
        await running.publish(*names())
        await running.caught_up()
        yield World(running, intake)


async def page(client: Client, path: str, status: int = 200) -> str:
    answer = await client._http.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    return answer.text


def same_for_all(html: str, story: Story) -> str:
    """A page's text without what differs between two tellings of the same story."""
    return text_of(html.replace(str(story.matter_id), "ID"))


MIXINGS = {
    "deadlines first": service_by_service("deadlines", "referral", "triage", "intake"),
    "referral first": service_by_service("referral", "triage", "deadlines", "intake"),
    "triage last": service_by_service("intake", "deadlines", "referral", "triage"),
    "random 1": at_random(1),
    "random 2": at_random(2),
}


@pytest.fixture(scope="module")
async def plain(world: World) -> tuple[str, str, dict[str, Any]]:
    """The closed story as told in order: its page, a unit's page and its JSON."""
    return await shown(world, await world.told(a_closed_story()))


def a_closed_story() -> Story:
    return Story().register().order().supervise(Escalation.BLUE).finish()


async def shown(world: World, story: Story) -> tuple[str, str, dict[str, Any]]:
    path = f"/matters/{story.matter_id}"
    body = (await world.staff().get(f"/api{path}")).json()
    kept = {name: body[name] for name in ("state", "kind", "outcome", "root_cause", "timeline_count", "stages")}
    pages = [await page(client, path) for client in (world.staff(), world.unit(SUPPLY))]
    return same_for_all(pages[0], story), same_for_all(pages[1], story), kept


@pytest.mark.parametrize("how", MIXINGS)
async def test_the_page_is_the_same_whoever_spoke_first(
    world: World, plain: tuple[str, str, dict[str, Any]], how: str
) -> None:
    story = await world.told(a_closed_story(), MIXINGS[how])
    assert await shown(world, story) == plain


async def test_a_closed_matter_tells_its_whole_story(plain: tuple[str, str, dict[str, Any]]) -> None:
    text, _, body = plain
    assert body["state"] == "CLOSED"
    assert (body["kind"], body["outcome"], body["root_cause"]) == ("REFUSED", "DONE", "FLOW_POOR")
    assert body["timeline_count"] == len(a_closed_story().told)
    for words in (
        "重新分类:很难办改为不给办", "办结销号:办成,流程不优", "签发并送达市不动产登记中心(主办)",
        "今日带班领导 leader-1", "2026-10-10(周六)17:00", "暂定", "● 蓝色提醒", "已撤销",
        "✓ 问题清零 已完成", "– 催办督办 未触发",
    ):  # fmt: skip
        assert words in text


async def test_a_unit_reads_of_its_own_order_without_rule_kind_or_judgement(
    plain: tuple[str, str, dict[str, Any]],
) -> None:
    _, text, _ = plain
    assert UNITS[SUPPLY] in text
    judged = ("不给办", "很难办", "D12", "D15", "D06", "推诿", "流程不优", "leader-1", "群体", "隐名")
    for hidden in (UNITS[REGISTRY_OFFICE], *judged):
        assert hidden not in text


async def test_a_unit_sees_its_clocks_by_what_they_ask_not_by_rule(world: World) -> None:
    story = await world.told(a_closed_story())
    body = (await world.unit(REGISTRY_OFFICE).get(f"/api/matters/{story.matter_id}")).json()
    assert {clock["rule"] for clock in body["clocks"]} == {"ACK", "WORK"}
    assert {order["rule"] for order in body["orders"]} == {None}
    assert body["kind"] is None
    assert "开始计时:办理并反馈" in " ".join(line["sentence"] for line in body["timeline"])


async def test_the_window_s_own_clock_on_a_unit_s_order_is_not_shown_to_the_unit(world: World) -> None:
    story = Story().register().order()
    window_clock = str(story.clocks[3])
    story.started(3, "D19", at(28, 10), at(28, 11), "1WD")
    story.clock(
        deadlines.SupervisionReached, 3, "D19", level=Escalation.RED, reached_at=at(28, 11), sent_at=at(28, 11),
        due_at=at(28, 11),
    )  # fmt: skip
    await world.told(story)
    path, unit, staff = f"/api/matters/{story.matter_id}", world.unit(REGISTRY_OFFICE), world.staff()
    whole, shown = (await staff.get(path)).json(), (await unit.get(path)).json()
    assert window_clock in {clock["deadline_id"] for clock in whole["clocks"]}
    assert window_clock not in {clock["deadline_id"] for clock in shown["clocks"]}
    assert shown["steps"] == []
    assert len([line for line in shown["timeline"] if line["source"] == "deadlines"]) == 1
    [listed] = (await unit.get("/api/matters", limit=1)).json()["items"]
    assert (listed["level"], listed["due_at"]) == (None, shown["clocks"][0]["due_at"])


async def test_a_draft_is_no_unit_s_business_yet(world: World) -> None:
    story = Story().register().order()
    story.told = [pair for pair in story.told if pair[1].TYPE != "order.issued"]
    await world.told(story)
    assert (await world.unit(SUPPLY).get(f"/api/matters/{story.matter_id}")).status_code == 404
    stages = (await world.staff().get(f"/api/matters/{story.matter_id}")).json()["stages"]
    assert stages[2]["mark"] == "NOW"


async def test_supervision_shows_as_word_and_shape_and_lights_its_stage(world: World) -> None:
    story = await world.told(
        Story().register("汴监窗〔2026〕000777号").order().supervise(Escalation.BLUE, Escalation.YELLOW)
    )
    text = text_of(await page(world.staff(), f"/matters/{story.matter_id}"))
    assert "▲ 黄色督办" in text
    assert "▲ 催办督办 督办中" in text
    listed = (await world.staff().get("/api/matters", limit=1)).json()["items"][0]
    assert (listed["matter_id"], listed["level"]) == (str(story.matter_id), "YELLOW")
    assert listed["due_at"].startswith("2026-09-28T")


@pytest.mark.parametrize(
    ("window", "sees"),
    [(CITY, {"own", "city"}), (ZONE_WINDOW, {"city"}), (COUNTY, {"city", "county"})],
)
async def test_each_body_finds_its_own_matters_and_the_city_all(world: World, window: str, sees: set[str]) -> None:
    story = await world.told(Story(window=window).register())
    readers = {"own": world.staff(), "city": world.overseer(), "county": world.overseer("410221")}
    path = f"/api/matters/{story.matter_id}"
    assert {name for name, client in readers.items() if (await client.get(path)).status_code == 200} == sees


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": ("system_admin",)},
        {"roles": ("hall_admin",), "org_type": "HALL"},
        {"roles": ("duty_staff",)},
        {"roles": ("unit_handler",), "org_type": "UNIT"},
        {"roles": ("supervision_dept",), "org_type": "UNIT"},
    ],
)
async def test_an_account_without_business_here_is_told_so(world: World, claims: dict[str, Any]) -> None:
    client = world.hall.client("nobody", *claims.pop("roles"), **claims)
    assert (await client.get("/api/matters")).json()["code"] == "role.missing"
    assert "无权操作" in await page(client, "/", 403)


async def test_the_list_filters_counts_and_pages_newest_first(world: World) -> None:
    stories = [await world.told(Story(window=ZONE_WINDOW).register(f"示范区{number}号")) for number in range(3)]
    client = world.staff(ZONE_WINDOW)
    first = (await client.get("/api/matters", state="REGISTERED", limit=2)).json()
    rest = (await client.get("/api/matters", state="REGISTERED", limit=2, after=first["next"])).json()
    found = [UUID(line["matter_id"]) for line in first["items"] + rest["items"]]
    assert found[:3] == [story.matter_id for story in reversed(stories)]
    assert (await client.get("/api/matters", state="CLOSED")).json() == {"items": [], "next": None}
    text = await page(client, "/?state=REGISTERED&window=&limit=2")
    assert "下一页" in text
    assert f"已登记 <b>{len(found)}</b>" in text
    assert "没有符合条件的事项" in await page(client, "/?state=CLOSED")


async def test_a_call_back_officer_finds_what_can_be_called_back(world: World) -> None:
    stories = [await world.told(story) for story in (Story().register(), a_closed_story())]
    officer = world.hall.client("caller", "callback_officer", window=CITY)
    found = [(await officer.get(f"/api/matters/{story.matter_id}")).status_code for story in stories]
    assert found == [404, 200]
    assert {line["state"] for line in (await officer.get("/api/matters")).json()["items"]} == {"CLOSED"}


async def test_an_overseer_chooses_a_window(world: World) -> None:
    await world.told(Story(window=COUNTY).register("杞县1号"))
    html = await page(world.overseer(), f"/?window={COUNTY}")
    assert "杞县1号" in html
    assert "示范区2号" not in html
    assert "窗口410200Z1-W1" in html
    assert "<select" not in await page(world.staff(), "/")


async def test_titles_come_from_intake_with_the_reader_s_own_token(world: World) -> None:
    story = await world.told(Story().register())
    world.intake.titles[str(story.matter_id)] = "<script>加油站复业</script>"
    client = world.staff()
    html = await page(client, "/?limit=1")
    assert "&lt;script&gt;加油站复业" in html
    assert world.intake.tokens[-1] == client._http.headers["authorization"]
    assert "加油站复业" in await page(client, f"/matters/{story.matter_id}")


async def test_a_slow_intake_leaves_titles_blank_and_says_so(world: World) -> None:
    story = await world.told(Story().register())
    world.intake.titles[str(story.matter_id)] = "慢"
    world.intake.delay = 2
    try:
        async with asyncio.timeout(1.5):
            html = await page(world.staff(), "/")
    finally:
        world.intake.delay = 0
    assert "事由暂时读不到" in html


async def test_pages_carry_security_headers_and_no_inline_script(world: World) -> None:
    answer = await world.staff()._http.get("/", headers=HTML)
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "<script src=" in answer.text
    assert "<script>" not in answer.text
    assert (await world.staff().get("/static/live.js")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/matters/not-an-id", 422), (f"/matters/{UUID(int=0)}", 404), ("/?state=DREAMING", 422), ("/?after=x", 400),
        ("/?limit=0", 422), ("/?window=%00", 422), ("/nowhere", 404), ("/login?name=", 422), ("/events?since=-1", 422),
    ],
)  # fmt: skip
async def test_bad_addresses_are_answered_in_chinese_as_page_and_as_problem(
    world: World, path: str, status: int
) -> None:
    html = await page(world.staff(), path, status)
    assert '<html lang="zh-CN">' in html
    answer = await world.staff()._http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_program_without_a_token_gets_401(world: World) -> None:
    answer = await Client(world.hall.base, "").get("/api/matters")
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.missing")
