"""Intake over HTTP: a unit that holds an open order opens the contact sheet of a reporter who agreed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.contracts.referral import OrderVoided
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START, Client
from tests.service.intake_desk import (
    FORM,
    PLACE,
    UNIT,
    WINDOW,
    Desk,
    answered,
    approved,
    drafted,
    intake_desk,
    issued,
    reviewed,
    settled,
    triaged,
)

GROUP: dict[str, Any] = {
    "kind": "GROUP", "name": "欧阳某等住户", "phone": "13900000061", "group_size": 15, "id_type": "ID_CARD",
    "id_no": "11010519491231002X", "representatives": [{"name": "欧阳某", "phone": "13900000062"}],
}  # fmt: skip
REFUSED = {"status": 404, "code": "not_found", "detail": "没有找到,或您无权查看"}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


def of_unit(desk: Desk, unit: str = UNIT, role: str = "unit_handler", **claims: Any) -> Client:
    return desk.hall.client(f"{role}@{unit}", role, **{"org_type": "UNIT", "unit": unit} | claims)


async def ordered(desk: Desk, *orders: UUID, disclosure: str = "AGREE") -> UUID:
    return await desk.handled(*orders or [new_id()], reporter=GROUP, disclosure=disclosure)


async def opened(who: Client, matter: UUID, purpose: str = "HANDLING") -> httpx.Response:
    return await who.get(f"/matters/{matter}/contact-sheet", purpose=purpose)


async def refused(who: Client, matter: UUID) -> bool:
    """Whether there is no sheet, in the words that say nothing about why."""
    answer = await opened(who, matter)
    return answer.status_code == 404 and answer.json().items() >= REFUSED.items()


async def looks(desk: Desk, matter: UUID) -> list[tuple[str, str, str]]:
    told = [event["data"] for event in await desk.hall.published("access.viewed_sensitive")]
    return [
        (each["viewer_id"], each["field_group"], each["purpose"]) for each in told if each["matter_id"] == str(matter)
    ]


@pytest.mark.parametrize("role", ["unit_handler", "unit_deputy", "unit_principal"])
async def test_the_unit_learns_whom_to_call_and_nothing_else(desk: Desk, role: str) -> None:
    matter = await ordered(desk)
    answer = await opened(of_unit(desk, role=role), matter)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "name": "欧阳某等住户", "phone": "13900000061", "agent": None,
        "representatives": [{"name": "欧阳某", "phone": "13900000062"}],
    }  # fmt: skip


async def test_each_opening_is_told_once_in_ten_minutes_and_names_nobody(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    matter, unit = await ordered(desk), of_unit(desk)
    for _ in range(2):
        assert (await opened(unit, matter)).status_code == 200
    once = ("unit_handler@410200-U01", "CONTACT_SHEET", "HANDLING")
    assert await looks(desk, matter) == [once]
    desk.at(START + timedelta(minutes=10))
    assert (await opened(unit, matter)).status_code == 200
    assert await looks(desk, matter) == [once, once]
    assert "欧阳" not in str(await desk.hall.published()) + "".join(capfd.readouterr())


async def test_without_a_purpose_nothing_is_opened(desk: Desk) -> None:
    matter = await ordered(desk)
    for asked in ({}, {"purpose": "CURIOSITY"}):
        assert (await of_unit(desk).get(f"/matters/{matter}/contact-sheet", **asked)).status_code == 422
    assert await looks(desk, matter) == []


async def test_another_unit_finds_nothing(desk: Desk) -> None:
    matter = await ordered(desk)
    assert await refused(of_unit(desk, "410200-U02"), matter)
    assert await refused(of_unit(desk), new_id())
    assert await looks(desk, matter) == []


@pytest.mark.parametrize("disclosure", ["MASK", "ANONYMOUS"])
async def test_a_reporter_who_did_not_agree_is_not_named(desk: Desk, disclosure: str) -> None:
    matter = await ordered(desk, disclosure=disclosure)
    assert await refused(of_unit(desk), matter)
    assert await looks(desk, matter) == []


async def test_a_draft_and_an_order_that_is_settled_or_void_open_nothing(desk: Desk) -> None:
    unit, order = of_unit(desk), new_id()
    matter = await desk.accepted(reporter=GROUP, disclosure="AGREE")
    await desk.hall.publish(triaged(matter), approved(matter, 1), drafted(matter, order))
    await desk.hall.caught_up()
    assert await refused(unit, matter)
    await desk.hall.publish(issued(matter, order))
    await desk.hall.caught_up()
    assert (await opened(unit, matter)).status_code == 200
    await desk.hall.publish(answered(matter, order), reviewed(matter, order), settled(matter))
    await desk.reaches(matter, "FEEDBACK")
    assert await refused(unit, matter)

    order = new_id()
    matter = await ordered(desk, order)
    void = OrderVoided(matter_id=matter, order_id=order, unit_id=UNIT, round=1, **PLACE, voided_at=START)
    await desk.hall.publish(void)
    await desk.hall.caught_up()
    assert await refused(unit, matter)


async def test_while_one_of_its_orders_is_open_the_unit_may_call(desk: Desk) -> None:
    first, second = new_id(), new_id()
    matter = await ordered(desk, first, second)
    await desk.hall.publish(answered(matter, first), reviewed(matter, first))
    await desk.hall.caught_up()
    assert (await opened(of_unit(desk), matter)).status_code == 200


async def test_after_the_end_and_after_an_erasure_there_is_no_sheet_any_more(desk: Desk) -> None:
    matter, unit = await ordered(desk), of_unit(desk)
    agreed = {"confirm_mode": "ORAL_READBACK", "identity_checked": True, "all_agree": True}
    assert (await desk.staff.post(f"/matters/{matter}/withdrawal", agreed)).status_code == 200
    assert await refused(unit, matter)
    erasure = await desk.overseer.post(f"/matters/{matter}/erasure", {"ground": "REQUEST"})
    assert erasure.status_code == 200, erasure.text
    assert await refused(unit, matter)
    assert await looks(desk, matter) == []


async def test_a_later_round_needs_an_order_of_its_own(desk: Desk) -> None:
    order = new_id()
    matter = await ordered(desk, order)
    await desk.hall.query("UPDATE matter SET round = 2 WHERE matter_id = $1", matter)
    assert await refused(of_unit(desk), matter)
    await desk.hall.query("UPDATE matter SET round = 1 WHERE matter_id = $1", matter)
    assert (await opened(of_unit(desk), matter)).status_code == 200


async def test_only_people_of_a_unit_go_by_the_sheet(desk: Desk) -> None:
    matter = await ordered(desk)
    strangers = (
        desk.staff,
        desk.overseer,
        desk.caller,
        of_unit(desk, org_type="DISCIPLINE"),
        desk.hall.client("no-unit", "unit_handler", org_type="UNIT"),
        of_unit(desk, role="hall_admin"),
        desk.hall.client("staff-in-unit", "duty_staff", org_type="UNIT", unit=UNIT, window=WINDOW),
    )
    for stranger in strangers:
        answer = await opened(stranger, matter)
        assert (answer.status_code, answer.json()["code"]) == (403, "role.missing")
    assert await looks(desk, matter) == []


async def test_the_agent_is_named_where_the_reporter_left_no_number(desk: Desk) -> None:
    person = FORM["reporter"] | {"name": "徐某某", "phone": None}
    person |= {"agent": {"name": "李某某", "relation": "舅舅", "phone": "13900000063"}}
    matter = await desk.handled(new_id(), reporter=person, disclosure="AGREE")
    assert (await opened(of_unit(desk), matter)).json() == {
        "name": "徐某某", "phone": None, "agent": {"name": "李某某", "phone": "13900000063"}, "representatives": [],
    }  # fmt: skip
