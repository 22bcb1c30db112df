"""The console's page that explains a due time, against a stand-in deadlines."""

from collections.abc import AsyncIterator
from datetime import time
from typing import Any

import pytest

from shared.workdays import OfficeHours
from tests.engines import Engines
from tests.service.console_explanations import explanation
from tests.service.console_orders import for_unit, of_unit
from tests.service.console_story import COUNTY, Story, text_of
from tests.service.console_world import World, console_world, page, told


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("explanations")) as running:
        yield running


async def a_matter(world: World, number: str, window: str | None = None) -> Story:
    story = (Story(window=window) if window else Story()).register(number).order()
    await told(world, story)
    world.intake.refusal = None
    return story


def here(story: Story, number: int = 1) -> str:
    return f"deadlines/{story.clocks[number]}/explanation"


async def test_each_day_stands_with_its_reason_and_the_date_with_its_due_time(world: World) -> None:
    story = await a_matter(world, "汴监窗〔2026〕000501号")
    world.intake.answers[here(story)] = explanation() | {"matter_id": str(story.matter_id)}
    shown = text_of((await page(world.who("duty_staff"), f"/{here(story)}")).text)
    for each in (
        "期限说明:很难办", "汴监窗〔2026〕000501号", "7个工作日", "承办单位签收 2026-09-30 10:00",
        "09:00-12:00,13:00-17:00",
        "2026-10-01(周四) 至2026-10-07(周三) 不计 国庆节放假(国办发明电〔2025〕7号),不计", "中止期间不计",
        "延期2个工作日(2026-10-14 10:00批准)", "逐日计算的结果与所记期限一致",
    ):  # fmt: skip
        assert each in shown


async def test_a_date_that_is_another_now_says_so_and_why(world: World) -> None:
    story = await a_matter(world, "汴监窗〔2026〕000502号")
    later = explanation(hours=OfficeHours(afternoon=(time(13), time(18))))
    world.intake.answers[here(story)] = later | {"matter_id": str(story.matter_id)}
    shown = text_of((await page(world.who("duty_leader"), f"/{here(story)}")).text)
    assert "窗口的办公时间在期限算出之后更改过" in shown
    assert "以所记期限为准" in shown


async def test_a_unit_reads_the_limit_and_not_the_rule(world: World) -> None:
    story = await a_matter(world, "汴监窗〔2026〕000503号")
    world.intake.answers[here(story)] = explanation(plain=False) | {"matter_id": str(story.matter_id)}
    shown = (await page(of_unit(world), f"/{here(story)}")).text
    assert "期限说明:办理期限" in shown
    assert "D15" not in shown
    assert "很难办" not in shown


async def test_every_clock_of_a_matter_and_of_an_order_leads_to_its_explanation(world: World) -> None:
    story = await a_matter(world, "汴监窗〔2026〕000504号")
    order_id, matter_id = str(story.orders[0]), str(story.matter_id)
    mine = for_unit(order_id=order_id, matter_id=matter_id, state="DELIVERED")
    beside: dict[str, Any] = {
        f"orders/{order_id}/files": {"files": []},
        f"orders/{order_id}/supervision": {"items": []},
    }
    world.intake.answers |= beside | {f"orders/{order_id}": mine}
    on_matter = (await page(world.who("duty_staff"), f"/matters/{matter_id}")).text
    on_order = (await page(of_unit(world), f"/orders/{order_id}")).text
    shown = [number for number in range(4) if f'href="/{here(story, number)}"' in on_matter]
    assert shown == [number for number in range(4) if str(story.clocks[number]) in on_matter] != []
    assert any(f'href="/{here(story, number)}"' in on_order for number in shown)


async def test_what_is_not_in_sight_or_away_is_not_explained(world: World) -> None:
    elsewhere = await a_matter(world, "杞监窗〔2026〕000505号", COUNTY)
    world.intake.answers[here(elsewhere)] = explanation() | {"matter_id": str(elsewhere.matter_id)}
    assert (await page(world.who("duty_staff"), f"/{here(elsewhere)}")).status_code == 404
    story = await a_matter(world, "汴监窗〔2026〕000506号")
    world.intake.refusal = (404, "not_found", "没有找到,或者您无权查看")
    answer = await page(world.who("duty_staff"), f"/{here(story)}")
    assert answer.status_code == 404
    assert "期限说明暂时打不开" in answer.text
