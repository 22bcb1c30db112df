"""What other channels received: taken in by batches, once, and registered later."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from shared.ids import new_id
from tests.engines import Engines
from tests.service.intake_desk import FORM, WINDOW, Desk, intake_desk


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


def row(**changes: Any) -> dict[str, Any]:
    message = {
        "channel": "ONLINE", "source_ref": str(new_id()), "title": "小区停车收费不合理",
        "facts": "物业利用公共面积收取停车费,\u200b多次向社区反映没有人管。",
        "received_at": "2019-12-30T17:06:14+08:00",
        "reporter_name": "U0001196",
    }  # fmt: skip
    return message | changes


async def send(desk: Desk, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await desk.staff.post("/received-matters/batch", {"rows": list(rows)})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def test_good_rows_go_in_bad_ones_are_refused_by_themselves(desk: Desk) -> None:
    good, twice = row(), row()
    results = await send(
        desk, good, row(title="电"), row(facts="……"), row(received_at="昨天"),
        row(received_at="2030-01-01T00:00:00+08:00"),
        row(channel="FAX"), row(title="请打13800000001"), twice, twice,
    )  # fmt: skip
    assert [(result["status"], result["code"]) for result in results] == [
        ("ACCEPTED", None), ("REFUSED", "text.length"), ("REFUSED", "text.length"),
        ("REFUSED", "received_at.invalid"), ("REFUSED", "received_at.future"), ("REFUSED", "received.channel"),
        ("REFUSED", "title.personal_data"), ("ACCEPTED", None), ("DUPLICATE", "received.duplicate"),
    ]  # fmt: skip
    assert all(result["detail"] for result in results if result["status"] != "ACCEPTED")
    assert [result["status"] for result in await send(desk, good, twice)] == ["DUPLICATE", "DUPLICATE"]
    assert await desk.told(UUID(results[0]["matter_id"])) == ["matter.received", "T01"]
    assert (await desk.hall.published("matter.received"))[-1]["data"]["historical"] is True
    orphans = "SELECT 1 FROM reporter r WHERE NOT EXISTS (SELECT 1 FROM matter m WHERE m.reporter_id = r.reporter_id)"
    assert await desk.hall.query(orphans) == []


async def test_a_time_with_an_odd_offset_is_kept_as_the_window_s_own(desk: Desk) -> None:
    odd = row(received_at="2019-12-30T17:06:14+23:00"), row(received_at="2019-12-30T17:06:14+08:00:00.5")
    assert [result["status"] for result in await send(desk, *odd)] == ["ACCEPTED", "ACCEPTED"]
    told = (await desk.hall.published("matter.received"))[-2:]
    assert [event["data"]["received_at"] for event in told] == [
        "2019-12-30T02:06:14+08:00", "2019-12-30T17:06:13.500000+08:00",
    ]  # fmt: skip


async def test_the_department_names_the_window_and_a_unit_may_not_import(desk: Desk) -> None:
    body = {"rows": [row()]}
    assert (await desk.overseer.post("/received-matters/batch", body)).json()["code"] == "window.unknown"
    named = await desk.overseer.post("/received-matters/batch", body | {"window_id": WINDOW})
    assert named.json()["results"][0]["status"] == "ACCEPTED"
    assert (await desk.unit.post("/received-matters/batch", body)).status_code == 403
    assert (await desk.staff.post("/received-matters/batch", {"rows": []})).status_code == 422


async def test_what_was_received_is_registered_with_its_own_words_and_source(desk: Desk) -> None:
    came = row()
    matter = (await send(desk, came))[0]["matter_id"]
    form = {name: value for name, value in FORM.items() if name not in ("title", "facts")}
    answer = (await desk.staff.post(f"/matters/{matter}/registration", form)).json()
    assert (answer["state"], answer["channel"], answer["source_ref"]) == ("REGISTERED", "ONLINE", came["source_ref"])
    content = (await desk.staff.get(f"/matters/{matter}/content", purpose="HANDLING")).json()
    assert (content["title"], content["demand"]) == (came["title"], FORM["demand"])
    assert content["facts"] == came["facts"].replace("\u200b", "")
    assert (await desk.told(UUID(matter)))[:4] == ["matter.received", "T01", "matter.registered", "T02"]
    again = await desk.staff.post(f"/matters/{matter}/registration", form)
    assert (again.status_code, again.json()["code"]) == (409, "state.illegal")


async def test_every_row_of_full_batches_goes_in_and_is_told(desk: Desk) -> None:
    before = len(await desk.hall.published())
    for _ in range(4):
        batch = [row(facts="反映内容" * 100) for _ in range(500)]
        assert [result["status"] for result in await send(desk, *batch)] == ["ACCEPTED"] * 500
    assert len(await desk.hall.published()) == before + 2 * 2000


async def test_a_hotline_order_that_the_reporter_names_does_not_come_in_a_second_time(desk: Desk) -> None:
    hotline, later = row(channel="H12345"), row(channel="H12345")
    ref = later["source_ref"]
    made = (await desk.staff.post("/matters", FORM | {"hotline_ref": ref})).json()
    results = await send(desk, hotline, later, row(channel="ZONE", source_ref=ref))
    assert [result["status"] for result in results] == ["ACCEPTED", "DUPLICATE", "ACCEPTED"]
    for body in (FORM | {"hotline_ref": ref}, FORM | {"channel": "H12345", "source_ref": ref}):
        again = await desk.staff.post("/matters", body)
        assert (again.status_code, again.json()["code"]) == (409, "matter.duplicate")
        assert made["register_no"] in again.json()["detail"]
    waiting = await desk.staff.post("/matters", FORM | {"hotline_ref": hotline["source_ref"]})
    assert waiting.status_code == 409
    assert "待登记" in waiting.json()["detail"]


async def test_a_hotline_order_is_registered_once_though_it_is_delivered_while_the_reporter_stands_there(
    desk: Desk,
) -> None:
    refs = [row(channel="H12345") for _ in range(12)]
    named = [desk.staff.post("/matters", FORM | {"hotline_ref": each["source_ref"]}) for each in refs]
    registered, results = await asyncio.gather(asyncio.gather(*named), send(desk, *refs))
    for answer, result in zip(registered, results, strict=True):
        assert (answer.status_code == 201) != (result["status"] == "ACCEPTED")


async def test_a_number_of_the_hotline_speaks_for_itself(desk: Desk) -> None:
    answer = await desk.staff.post("/matters", FORM | {"hotline_ref": "12345 工单<b>"})
    assert (answer.status_code, answer.json()["code"]) == (422, "source_ref.invalid")
