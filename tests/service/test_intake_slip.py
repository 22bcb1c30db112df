"""Intake over HTTP: slips and the codes on them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.intake.domain import slip
from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import FORM, WINDOW, Desk, intake_desk

CODE = "ABCD2345"


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


async def is_right(desk: Desk, matter: object, code: str) -> bool:
    answer = await desk.staff.post(f"/matters/{matter}/query-code-checks", {"query_code": code})
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["right"])


async def test_each_slip_has_a_new_code_and_the_one_before_is_void(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = await desk.registered()
    codes = iter([CODE, "WXYZ6789"])
    monkeypatch.setattr(slip, "new_query_code", lambda: next(codes))
    printed = await desk.staff.post(f"/matters/{matter}/slips")
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.content.startswith(b"%PDF-")
    assert printed.headers["cache-control"] == "no-store"
    assert await is_right(desk, matter, "abcd 2345")
    assert not await is_right(desk, matter, "WXYZ6789")
    assert (await desk.staff.post(f"/matters/{matter}/slips")).status_code == 200
    assert not await is_right(desk, matter, CODE)
    assert await is_right(desk, matter, "WXYZ-6789")
    rows = await desk.hall.query("SELECT CAST(q AS text) AS whole FROM query_code q WHERE matter_id = $1", matter)
    assert len(rows) == 1
    assert "WXYZ" not in rows[0]["whole"]
    assert (await desk.told(matter)).count("matter.slip_printed") == 2
    kept = await desk.hall.query("SELECT 1 FROM idempotency WHERE status = 200 AND answer LIKE $1", b"%PDF%")
    assert kept == []


async def test_only_the_own_window_on_duty_prints(desk: Desk) -> None:
    matter = await desk.registered()
    path = f"/matters/{matter}/slips"
    assert (await desk.zone_staff.post(path)).status_code == 404
    assert (await desk.zone_staff.post(f"/matters/{matter}/query-code-checks", {"query_code": CODE})).status_code == 404
    for nobody in (desk.unit, desk.caller, desk.next_leader):
        assert (await nobody.post(path)).status_code in (403, 404)
    assert await desk.hall.query("SELECT 1 FROM query_code WHERE matter_id = $1", matter) == []


async def test_an_erased_matter_has_neither_slip_nor_code(desk: Desk) -> None:
    form = {"name": "周某", "phone": "13900000081", "title": "公交卡年审咨询", "done": "当场告知年审网点",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    matter = (await desk.staff.post("/matters/on-the-spot", form)).json()["matter_id"]
    assert (await desk.staff.post(f"/matters/{matter}/slips")).status_code == 200
    assert (await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})).status_code == 200
    assert await desk.hall.query("SELECT 1 FROM query_code WHERE matter_id = $1", matter) == []
    again = await desk.staff.post(f"/matters/{matter}/slips")
    assert (again.status_code, again.json()["code"]) == (409, "erasure.done")


async def test_codes_cannot_be_tried_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    matter, other = await desk.registered(), await desk.registered()
    monkeypatch.setattr(slip, "new_query_code", lambda: CODE)
    assert (await desk.staff.post(f"/matters/{matter}/slips")).status_code == 200
    right = {"query_code": CODE}
    guesser = desk.hall.client("staff-1b", "duty_staff", window=WINDOW)
    for _ in range(3):
        assert (await guesser.post(f"/matters/{matter}/query-code-checks", right)).json()["right"]
    tried = await asyncio.gather(
        *(guesser.post(f"/matters/{matter}/query-code-checks", {"query_code": "AAAAAAAA"}) for _ in range(26))
    )
    assert sorted(answer.status_code for answer in tried) == [200] * 20 + [429] * 6
    stopped = await guesser.post(f"/matters/{matter}/query-code-checks", right)
    elsewhere = await guesser.get("/matters/by-register-no", no="汴监窗〔2026〕999999号")
    assert [each.json()["code"] for each in (stopped, elsewhere)] == ["lookup.too_many"] * 2
    assert stopped.headers["retry-after"] == "60"
    assert (await desk.staff.post(f"/matters/{other}/query-code-checks", {"query_code": "AAAAAAAA"})).status_code == 200


async def test_a_number_that_is_not_there_and_one_that_is_not_yours_are_told_apart_by_nothing(desk: Desk) -> None:
    elsewhere = (await desk.zone_staff.post("/matters", FORM)).json()["register_no"]
    answers = [await desk.staff.get("/matters/by-register-no", no=no) for no in (elsewhere, "汴监窗〔2026〕999999号")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
