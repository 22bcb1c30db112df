"""Intake over HTTP: matters found by words, within what the caller may see."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.intake.handlers.searching import SHOWN
from tests.engines import Engines
from tests.harness import START, Client
from tests.service.intake_desk import FORM, ZONE, Desk, intake_desk


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


async def asked(client: Client, query: str, **more: Any) -> dict[str, Any]:
    answer = await client.post("/matters/search", {"query": query, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def found(client: Client, query: str) -> list[str]:
    return [each["matter_id"] for each in (await asked(client, query))["matters"]]


async def test_a_matter_is_found_by_words_of_its_title_and_facts(desk: Desk) -> None:
    matter = str(
        await desk.registered(title="老旧小区加装电梯", facts="三单元住户递交了规划许可材料,窗口说缺少公示照片。")
    )
    for query in ("电梯", "公示照片", "加装电梯 规划", "加装，电梯"):
        assert await found(desk.staff, query) == [matter], query
    for query in ("电梯 社保", "照示", "装加"):
        assert await found(desk.staff, query) == [], query
    hit = (await asked(desk.staff, "电梯"))["matters"][0]
    assert (hit["title"], hit["state"], hit["register_no"][:3]) == ("老旧小区加装电梯", "REGISTERED", "汴监窗")
    assert set(hit) == {"matter_id", "register_no", "state", "registered_at", "title"}


async def test_the_fast_form_is_found_by_its_sentence(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13900000041", "title": "粮油补贴卡挂失", "done": "当场协助挂失补办",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    matter = (await desk.staff.post("/matters/on-the-spot", form)).json()["matter_id"]
    assert await found(desk.staff, "补贴卡") == [matter]


async def test_a_matter_is_found_by_its_number_in_short(desk: Desk) -> None:
    matter = await desk.registered(title="门牌号变更登记")
    number = (await desk.staff.get(f"/matters/{matter}")).json()["register_no"]
    short = int(number[-7:-1])
    for said in (number, f"2026-{short}", str(short)):
        assert await found(desk.staff, said) == [str(matter)], said
    assert str(matter) not in await found(desk.zone_staff, f"2026-{short}")


async def test_each_sees_only_what_lies_at_the_own_window_or_below(desk: Desk) -> None:
    answer = await desk.zone_staff.post("/matters", FORM | {"title": "临街铺面摆渡许可"})
    zone_matter = answer.json()["matter_id"]
    own = str(await desk.registered(title="黄河渡口摆渡许可"))
    assert await found(desk.staff, "摆渡许可") == [own]
    assert await found(desk.zone_staff, "摆渡许可") == [zone_matter]
    assert await found(desk.overseer, "摆渡许可") == [own, zone_matter]
    county = desk.hall.client("county", "supervision_dept", org="410221")
    assert await found(county, "摆渡许可") == []
    for stranger in (desk.unit, desk.caller):
        refused = await stranger.post("/matters/search", {"query": "摆渡许可"})
        assert (refused.status_code, refused.json()["code"]) == (403, "role.missing")


async def test_what_is_received_is_found_and_after_registering_by_the_new_words(desk: Desk) -> None:
    row = {"channel": "ONLINE", "source_ref": "wx-search-1", "title": "网上反映路灯不亮", "received_at": str(START),
           "facts": "村口路灯坏了三个月,报修多次没人管。"}  # fmt: skip
    answer = await desk.staff.post("/received-matters/batch", {"rows": [row]})
    matter = answer.json()["results"][0]["matter_id"]
    assert await found(desk.staff, "路灯") == [matter]
    form = {name: value for name, value in FORM.items() if name != "item_code"}
    form |= {"title": "村口照明设施损坏", "facts": "村口照明设施损坏三个月,已向镇里报修两次。"}
    answer = await desk.staff.post(f"/matters/{matter}/registration", form)
    assert answer.status_code == 200, answer.text
    assert (await found(desk.staff, "照明设施"), await found(desk.staff, "路灯")) == ([matter], [])


async def test_more_than_a_page_is_gone_through_in_pages_newest_first(desk: Desk) -> None:
    made = [str(await desk.registered(title=f"驿站经营许可{number}号店")) for number in range(SHOWN + 3)]
    first = await asked(desk.staff, "驿站经营")
    rest = await asked(desk.staff, "驿站经营", before=first["before"])
    assert (len(first["matters"]), rest["before"]) == (SHOWN, None)
    ids = [each["matter_id"] for each in first["matters"] + rest["matters"]]
    assert ids == made[::-1]


async def test_after_an_erasure_no_word_finds_the_matter(desk: Desk) -> None:
    form = {"name": "钱某", "phone": "13900000042", "title": "养蜂场备案咨询", "done": "当场告知备案材料",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    matter = (await desk.staff.post("/matters/on-the-spot", form)).json()["matter_id"]
    assert (await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})).status_code == 200
    assert await found(desk.staff, "养蜂场") == []
    assert await desk.hall.query("SELECT 1 FROM search WHERE matter_id = $1", matter) == []


async def test_a_single_character_is_refused(desk: Desk) -> None:
    answer = await desk.staff.post("/matters/search", {"query": "医"})
    assert (answer.status_code, answer.json()["code"]) == (422, "search.too_short")


async def test_neither_words_nor_names_stand_in_the_index(desk: Desk) -> None:
    matter = await desk.registered(title="鱼塘清淤补偿")
    row = (await desk.hall.query("SELECT CAST(s AS text) AS all_of_it FROM search s WHERE matter_id = $1", matter))[0]
    assert "鱼塘" not in row["all_of_it"]
    assert ZONE not in row["all_of_it"]
