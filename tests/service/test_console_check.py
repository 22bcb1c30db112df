"""文书核验: the page behind the QR code, for anybody."""

from collections.abc import AsyncIterator

import pytest

from tests.engines import Engines
from tests.harness import Client
from tests.service.console_world import World, console_world, page


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("console")) as found:
        yield found


async def test_anybody_checks_a_paper_without_signing_in(world: World) -> None:
    anybody = Client(world.hall.base, "")
    assert "校验值" in (await page(anybody, "/check")).text
    world.intake.answers["papers/check"] = {
        "genuine": True, "window": "市民之家窗口", "issued_on": "2026-10-10", "stands": False,
    }  # fmt: skip
    shown = (await page(anybody, "/check?no=汴纪监窗交〔2026〕45号&h=BD0038B0 6FF1C3A6")).text
    assert "✓ 属实" in shown
    assert "已失效" in shown
    assert world.intake.last()[:2] == ("papers/check", {"no": "汴纪监窗交〔2026〕45号", "h": "bd0038b06ff1c3a6"})


async def test_a_number_that_is_not_there_and_a_wrong_value_read_alike(world: World) -> None:
    anybody = Client(world.hall.base, "")
    world.intake.answers["papers/check"] = {"genuine": False}
    fitting = (await page(anybody, "/check?no=x&h=bd0038b06ff1c3a6")).text
    world.intake.refusal = (422, "form.invalid", "格式有误")
    wrong = (await page(anybody, "/check?no=x&h=bd0038b06ff1c3a6")).text
    world.intake.refusal = None
    assert "✕ 不相符" in fitting
    assert fitting == wrong


async def test_who_tries_too_often_is_told_to_wait(world: World) -> None:
    world.intake.refusal = (429, "lookup.too_many", "查询未中的次数过多,请10分钟后再试")
    answer = await page(Client(world.hall.base, ""), "/check?no=x&h=bd0038b06ff1c3a6")
    world.intake.refusal = None
    assert (answer.status_code, "10分钟后再试" in answer.text) == (429, True)
