"""Limits that deadlines amended, as orders name them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from shared.contracts.deadlines import RuleAmended
from tests.engines import Engines
from tests.service.referral_desk import EXTRACT, WINDOW, Desk, ok, referral_desk


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


def amended(since: datetime, limit: str, version: int, **more: Any) -> RuleAmended:
    return RuleAmended(
        rule="D13", version=version, valid_from=since.date(), since=since, limit=limit, extendable=False,
        suspendable=False, red_at_once=True, listed=True, applies_to_running=False, amended_by="u-9",
        amended_at=since, **{"org_code": None, "window_id": None} | more,
    )  # fmt: skip


async def limit_of(desk: Desk, order_id: str) -> str:
    return str(ok(await desk.staff.get(f"/orders/{order_id}"))["limit"]).split("内反馈")[0]


async def test_an_order_names_the_limit_in_force_for_its_window_when_it_was_signed(desk: Desk) -> None:
    _, before = await desk.drafted()
    ok(await desk.staff.put(f"/orders/{before}/extract", EXTRACT))
    await desk.delivered(before)
    began = desk.hall.time.now()
    await desk.hall.publish(
        amended(began.replace(hour=23), "2WD", 2),
        amended(began.replace(hour=23), "1WD", 3, org_code="410200", window_id=WINDOW),
        amended(began.replace(hour=23), "SAME_DAY", 4, org_code="410200", window_id="410200-W9"),
    )
    await desk.hall.caught_up()
    assert await limit_of(desk, before) == "自签收之日起3个工作日"
    desk.hall.time.set(began.replace(hour=23, minute=30))
    _, after = await desk.drafted()
    assert await limit_of(desk, after) == "自签收之日起1个工作日"
    assert await limit_of(desk, before) == "自签收之日起3个工作日"
    paper = await desk.staff.get(f"/orders/{after}/paper")
    assert paper.status_code == 200
