"""反映人联系单: whom a unit may call, and who may not know."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.referral import OrderReassigned
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import FORM, PLACE, UNIT, Desk, intake_desk, reviewed

AGREED: dict[str, Any] = FORM | {"disclosure": "AGREE"}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


def sheet_of(matter: UUID) -> str:
    return f"/matters/{matter}/contact-sheet"


async def test_a_unit_with_an_open_order_knows_whom_to_call_and_nothing_more(desk: Desk) -> None:
    matter = await desk.handled(new_id(), **AGREED)
    answer = await desk.unit.get(sheet_of(matter), purpose="HANDLING")
    assert (answer.status_code, answer.json()) == (
        200, {"name": "李某某", "phone": "13800000001", "agent": None, "representatives": []},
    )  # fmt: skip
    await desk.unit.get(sheet_of(matter), purpose="HANDLING")
    looks = [
        event["data"] for event in await desk.hall.published()
        if event["subject"] == str(matter) and event["type"] == "access.viewed_sensitive"
    ]  # fmt: skip
    assert [(look["viewer_id"], look["field_group"], look["purpose"]) for look in looks] == [
        ("handler", "CONTACT_SHEET", "HANDLING")
    ]


@pytest.mark.parametrize("disclosure", ["MASK", "ANONYMOUS"])
async def test_where_the_reporter_did_not_agree_there_is_no_sheet(desk: Desk, disclosure: str) -> None:
    matter = await desk.handled(new_id(), disclosure=disclosure)
    assert (await desk.unit.get(sheet_of(matter), purpose="HANDLING")).status_code == 404


async def test_another_unit_and_one_that_is_done_find_nothing(desk: Desk) -> None:
    order = new_id()
    matter = await desk.handled(order, **AGREED)
    other = desk.hall.client("other", "unit_handler", org_type="UNIT", unit="410200-U09")
    unknown = await other.get(sheet_of(new_id()), purpose="HANDLING")
    refused = await other.get(sheet_of(matter), purpose="HANDLING")
    assert (refused.status_code, refused.json()["code"]) == (404, unknown.json()["code"])
    await desk.hall.publish(reviewed(matter, order))
    await desk.hall.caught_up()
    assert (await desk.unit.get(sheet_of(matter), purpose="HANDLING")).status_code == 404


async def test_a_unit_whose_order_went_to_another_finds_nothing_any_more(desk: Desk) -> None:
    order = new_id()
    matter = await desk.handled(order, **AGREED)
    assert (await desk.unit.get(sheet_of(matter), purpose="HANDLING")).status_code == 200
    reassigned = OrderReassigned(
        matter_id=matter, order_id=order, unit_id=UNIT, round=1, **PLACE, successor_id=new_id(),
        successor_unit_id="410200-U09", reassigned_by="leader-1", reassigned_at=START,
    )  # fmt: skip
    await desk.hall.publish(reassigned)
    await desk.hall.caught_up()
    assert (await desk.unit.get(sheet_of(matter), purpose="HANDLING")).status_code == 404


async def test_before_any_order_and_after_the_end_there_is_no_sheet(desk: Desk) -> None:
    matter = await desk.accepted(**AGREED)
    assert (await desk.unit.get(sheet_of(matter), purpose="HANDLING")).status_code == 404
    ended = await desk.handled(new_id(), **AGREED)
    withdrawn = {"confirm_mode": "ORAL_READBACK", "identity_checked": True}
    assert (await desk.staff.post(f"/matters/{ended}/withdrawal", withdrawn)).status_code == 200
    assert (await desk.unit.get(sheet_of(ended), purpose="HANDLING")).status_code == 404


async def test_the_window_has_other_ways_and_a_purpose_is_asked_for(desk: Desk) -> None:
    matter = await desk.handled(new_id(), **AGREED)
    answer = await desk.staff.get(sheet_of(matter), purpose="HANDLING")
    assert (answer.status_code, answer.json()["code"]) == (403, "role.missing")
    assert (await desk.unit.get(sheet_of(matter))).status_code == 422
