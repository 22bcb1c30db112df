"""Intake over HTTP: matters that look like the one about to be registered."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import FORM, Desk, intake_desk

PHONE = "13900000033"


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


def reporter(phone: str) -> dict[str, Any]:
    return {"kind": "PERSON", "name": "王某", "phone": phone}


async def looked_up(desk: Desk, **known: str) -> list[tuple[str, list[str]]]:
    answer = await desk.staff.post("/matters/similar", known)
    assert answer.status_code == 200, answer.text
    return [(each["matter_id"], each["signs"]) for each in answer.json()["matters"]]


async def test_somebody_who_comes_again_is_found_by_the_phone_however_written(desk: Desk) -> None:
    matter = await desk.registered(reporter=reporter(PHONE), title="公积金贷款条件", item_code="GJJ-09")
    for written in (PHONE, "+86 139-0000-0033", "13900000033"):
        assert await looked_up(desk, phone=written) == [(str(matter), ["PHONE"])]
    assert await looked_up(desk, phone=PHONE, item_code="GJJ-09") == [(str(matter), ["PHONE", "ITEM"])]
    assert await looked_up(desk, phone="13900000034") == []


async def test_an_open_matter_of_another_reporter_is_found_by_its_title(desk: Desk) -> None:
    matter = await desk.registered(reporter=reporter("13900000035"), title="三十二号院办不下产权证", item_code="BDC-1")
    found = await looked_up(desk, title="三十二号院办不了产权证", item_code="BDC-1", phone="13900000036")
    assert found == [(str(matter), ["ITEM", "TITLE"])]


async def test_nothing_is_found_of_another_window_nor_by_a_unit(desk: Desk) -> None:
    answer = await desk.zone_staff.post("/matters", FORM | {"reporter": reporter("13900000037")})
    assert answer.status_code == 201
    assert await looked_up(desk, phone="13900000037") == []
    refused = await desk.unit.post("/matters/similar", {"phone": "13900000037"})
    assert (refused.status_code, refused.json()["code"]) == (403, "role.missing")


async def test_after_ninety_days_and_after_an_erasure_nobody_is_found(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13900000038", "title": "公积金查询密码忘记", "done": "当场协助重置密码",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    matter = (await desk.staff.post("/matters/on-the-spot", form)).json()["matter_id"]
    assert await looked_up(desk, phone="13900000038") == [(matter, ["PHONE"])]
    desk.at(START + timedelta(days=91))
    assert await looked_up(desk, phone="13900000038") == []
    desk.at(START)
    assert (await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})).status_code == 200
    assert await looked_up(desk, phone="13900000038") == []
    assert await desk.hall.query("SELECT 1 FROM contact WHERE matter_id = $1", matter) == []


async def test_a_phone_that_is_none_is_refused(desk: Desk) -> None:
    answer = await desk.staff.post("/matters/similar", {"phone": "0371"})
    assert (answer.status_code, answer.json()["code"]) == (422, "reporter.phone_invalid")
