"""Papers over HTTP: who gets them, what a check tells, and the copies of supervision that they are made from."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.referral import printing
from shared.contracts.codes import Escalation
from shared.contracts.deadlines import SupervisionReached, SupervisionWithdrawn
from shared.ids import new_id
from shared.web import guessing
from tests.engines import Engines
from tests.harness import Client
from tests.service.referral_desk import EXTRACT, U1, U2, WINDOW, Desk, draft, ok, referral_desk, refused


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


def is_pdf(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and answer.content.startswith(b"%PDF-")


async def step(desk: Desk, matter_id: UUID, order_id: str, level: Escalation, *, withdrawn: bool = False) -> None:
    of: dict[str, Any] = {
        "matter_id": matter_id, "org_code": "410200", "window_id": WINDOW, "deadline_id": new_id(), "rule": "D15",
        "order_id": UUID(order_id), "unit_id": U1, "round": 1, "level": level,
    }  # fmt: skip
    at = "2026-10-09T17:00:00+08:00"
    news: list[Any] = [SupervisionReached(**of, reached_at=at, sent_at="2026-10-10T09:00:00+08:00", due_at=at)]
    if withdrawn:
        news.append(SupervisionWithdrawn(**of, withdrawn_at=at))
    await desk.hall.publish(*news)
    await desk.hall.caught_up()


async def check(desk: Desk, number: str, value: str) -> dict[str, Any]:
    return ok(await Client(desk.hall.base, "").get("/papers/check", no=number, h=value))


async def paper_value(desk: Desk, order_id: str) -> str:
    [row] = await desk.hall.query("SELECT paper_sha256 FROM orders WHERE order_id = $1", UUID(order_id))
    return str(row["paper_sha256"])[: printing.CHECK_LENGTH]


async def test_an_order_is_printed_for_its_window_its_unit_and_nobody_else(desk: Desk) -> None:
    _, order_id = await desk.drafted()
    ok(await desk.staff.put(f"/orders/{order_id}/extract", EXTRACT))
    assert is_pdf(await desk.staff.get(f"/orders/{order_id}/paper"))
    refused(await desk.handler.get(f"/orders/{order_id}/paper"), 404, "not_found")
    await desk.delivered(order_id)
    for reader in (desk.staff, desk.handler, desk.overseer):
        assert is_pdf(await reader.get(f"/orders/{order_id}/paper"))
    refused(await desk.second_unit.get(f"/orders/{order_id}/paper"), 404, "not_found")


async def test_anybody_may_check_a_paper_and_learns_only_whether_it_is_genuine(desk: Desk) -> None:
    _, order_id = await desk.drafted()
    await desk.delivered(order_id)
    number = (await desk.order(order_id))["order_no"]
    value = await paper_value(desk, order_id)
    assert await check(desk, number, value) == {
        "genuine": True, "window": "市民之家窗口", "issued_on": "2026-09-28", "stands": True,
    }  # fmt: skip
    nothing = {"genuine": False, "window": None, "issued_on": None, "stands": None}
    assert await check(desk, number, "0" * 16) == nothing
    assert await check(desk, "汴纪监窗交〔2026〕99999号", value) == nothing
    anybody = Client(desk.hall.base, "")
    refused(await anybody.get("/papers/check", no=number, h="short"), 422, "form.invalid")


async def test_a_paper_that_was_reassigned_is_genuine_and_stands_no_more(desk: Desk) -> None:
    _, order_id = await desk.working()
    number, value = (await desk.order(order_id))["order_no"], await paper_value(desk, order_id)
    ok(await desk.leader.post(f"/orders/{order_id}/reassignment", {"unit_id": U2, "reason": "职责已划转"}), 201)
    told = await check(desk, number, value)
    assert (told["genuine"], told["stands"]) == (True, False)


async def test_what_a_meeting_adds_later_does_not_change_the_paper(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    called = {"kind": "COORDINATION", "unit_ids": [U1], "meets_at": "2026-09-28T15:00:00+08:00"}
    path = f"/meetings/{ok(await desk.leader.post(f'/matters/{matter_id}/meetings', called), 201)['meeting_id']}"
    ok(await desk.staff.post(f"{path}/sessions", {"present_unit_ids": [U1], "minutes": "分头办理"}), 201)
    tasks = [{"unit_id": U1, "task": "补录房屋登记信息", "due": "2026-09-30"}]
    ok(await desk.leader.post(f"{path}/conclusion", {"summary": "分头办理", "tasks": tasks}))
    order = await desk.order(order_id)
    assert len(order["requirements"]) == 2
    assert (await check(desk, order["order_no"], await paper_value(desk, order_id)))["genuine"]


async def test_a_check_cannot_be_tried_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guessing.MISSES, "address", 0)
    answer = await Client(desk.hall.base, "").get("/papers/check", no="汴纪监窗交〔2026〕1号", h="1" * 16)
    refused(answer, 429, "lookup.too_many")


async def test_a_statement_is_printed_as_it_was_filed(desk: Desk) -> None:
    _, order_id = await desk.filed("打印")
    for reader in (desk.staff, desk.principal):
        assert is_pdf(await reader.get(f"/orders/{order_id}/cannot-do-statement/paper"))
    _, other = await desk.working()
    refused(await desk.staff.get(f"/orders/{other}/cannot-do-statement/paper"), 404, "cannot_do.none_filed")


async def test_supervision_has_its_papers_until_it_is_withdrawn(desk: Desk) -> None:
    matter_id = await desk.approved(draft(rule="D15"))
    [order] = await desk.orders(matter_id)
    order_id = order["order_id"]
    await desk.delivered(order_id)
    for level in (Escalation.REMIND, Escalation.BLUE, Escalation.YELLOW):
        await step(desk, matter_id, order_id, level)
    await step(desk, matter_id, order_id, Escalation.RED, withdrawn=True)
    listed = ok(await desk.handler.get(f"/orders/{order_id}/supervision"))["items"]
    assert {each["level"]: (each["document"], each["addressee"], each["withdrawn"]) for each in listed} == {
        "REMIND": (None, None, False), "BLUE": ("提醒单", "承办人、联络员", False),
        "YELLOW": ("催办通知书", "分管负责人", False), "RED": ("督办单", "主要负责人", True),
    }  # fmt: skip
    path = f"/orders/{order_id}/supervision"
    assert is_pdf(await desk.handler.get(f"{path}/BLUE/paper"))
    assert is_pdf(await desk.staff.get(f"{path}/YELLOW/paper"))
    refused(await desk.staff.get(f"{path}/REMIND/paper"), 404, "supervision.no_paper")
    refused(await desk.staff.get(f"{path}/RED/paper"), 410, "supervision.withdrawn")
    refused(await desk.staff.get(f"{path}/LISTED/paper"), 404, "supervision.not_reached")
    refused(await desk.second_unit.get(f"{path}/BLUE/paper"), 404, "not_found")
