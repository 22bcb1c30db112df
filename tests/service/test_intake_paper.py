"""补录 over HTTP: numbers set aside for pages of paper, entered later, never twice and without gaps."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.handlers import recovery
from shared.contracts.actor import SYSTEM
from shared.contracts.intake import RegisterNumbersReserved
from shared.store.unit_of_work import Database
from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import FORM, WINDOW, Desk, intake_desk


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


async def reserved(desk: Desk, count: int) -> list[int]:
    answer = await desk.leader.post("/paper-numbers", {"count": count})
    assert answer.status_code == 201, answer.text
    return [each["number"] for each in answer.json()["numbers"]]


def page(number: int, hours: float = 1) -> dict[str, Any]:
    late = {"year": 2026, "number": number, "written_at": str(START + timedelta(hours=hours)), "reason": "网络中断两日"}
    return FORM | {"late": late}


async def test_a_page_becomes_the_matter_of_its_number_with_both_times(desk: Desk) -> None:
    before = await desk.registered()
    numbers = await reserved(desk, 3)
    after = await desk.registered()
    lines = [(await desk.staff.get(f"/matters/{each}")).json()["register_no"] for each in (before, after)]
    first = int(lines[0][-7:-1])
    assert numbers == [first + 1, first + 2, first + 3]
    assert lines[1] == f"汴监窗〔2026〕{first + 4:06d}号"
    desk.at(START + timedelta(hours=3))
    made = await desk.staff.post("/matters", page(numbers[1]))
    assert (made.status_code, made.json()["register_no"]) == (201, f"汴监窗〔2026〕{numbers[1]:06d}号")
    matter = UUID(made.json()["matter_id"])
    [told] = [event["data"] for event in await desk.hall.published("matter.registered")
              if event["subject"] == str(matter)]  # fmt: skip
    assert told["written_at"].startswith("2026-09-28T10:00")
    assert told["registered_at"].startswith("2026-09-28T12:00")
    content = (await desk.staff.get(f"/matters/{matter}/content", purpose="HANDLING")).json()
    assert [(line["kind"], line["words"]["reason"]) for line in content["records"]] == [("LATE_ENTRY", "网络中断两日")]


async def test_a_number_is_used_once_however_many_enter_it(desk: Desk) -> None:
    [number] = await reserved(desk, 1)
    desk.at(START + timedelta(hours=3))
    answers = await asyncio.gather(*(desk.staff.post("/matters", page(number)) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"late.number_not_open"}


async def test_a_spoiled_page_is_void_and_every_number_is_accounted_for(desk: Desk) -> None:
    used, spoiled, still = await reserved(desk, 3)
    desk.at(START + timedelta(hours=3))
    path = f"/paper-numbers/2026/{spoiled}/voiding"
    assert (await desk.staff.post(path, {"reason": "墨水洇湿"})).json()["code"] == "duty.not_leader"
    assert (await desk.leader.post(path, {"reason": "墨水洇湿"})).status_code == 200
    assert (await desk.leader.post(path, {"reason": "墨水洇湿"})).json()["code"] == "late.number_not_open"
    assert (await desk.staff.post("/matters", page(spoiled))).json()["code"] == "late.number_not_open"
    assert (await desk.staff.post("/matters", page(used))).status_code == 201
    listed = (await desk.staff.get("/paper-numbers/2026")).json()["numbers"]
    fates = {each["number"]: (each["matter_id"] is not None, each["is_void"]) for each in listed}
    assert (fates[used], fates[spoiled], fates[still]) == ((True, False), (False, True), (False, False))
    rows = await desk.hall.query("SELECT register_no FROM matter WHERE window_id = $1", WINDOW)
    given = {int(row["register_no"][-7:-1]) for row in rows} | set(fates)
    assert given == set(range(1, max(given) + 1))
    assert "墨水" not in str(await desk.hall.published())


@pytest.mark.parametrize(("hours", "code"), [(-1, "late.before_reserved"), (5, "late.in_future")])
async def test_a_page_written_before_it_was_given_out_or_in_the_future_is_refused(
    desk: Desk, hours: float, code: str
) -> None:
    [number] = await reserved(desk, 1)
    desk.at(START + timedelta(hours=3))
    answer = await desk.staff.post("/matters", page(number, hours))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await desk.staff.post("/matters", page(number))).status_code == 201


async def test_another_windows_numbers_are_not_open_here(desk: Desk) -> None:
    [number] = await reserved(desk, 1)
    desk.at(START + timedelta(hours=3))
    assert (await desk.zone_staff.post("/matters", page(number))).json()["code"] == "late.number_not_open"
    assert (await desk.staff.post("/paper-numbers", {"count": 1})).json()["code"] == "duty.not_leader"


async def test_after_a_recovery_the_printed_pages_still_count(desk: Desk) -> None:
    lost = RegisterNumbersReserved(
        window_id=WINDOW, org_code="410200", year=2026, first=900, last=902, reserved_by="leader-1", reserved_at=START
    )
    database = Database(desk.hall.settings.postgres_url, "intake", 1)
    async with database.transaction(SYSTEM) as tx:
        await recovery.on_numbers_reserved(tx, [lost])
    await database.close()
    desk.at(START + timedelta(hours=3))
    assert (await desk.staff.post("/matters", page(901))).status_code == 201
    assert (await desk.staff.post("/matters", FORM)).json()["register_no"] == "汴监窗〔2026〕000903号"
