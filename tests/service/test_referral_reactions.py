"""What referral does about events: in any order across services, each once, and never against a closed matter."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.codes import SubstitutionReason, UnitRole, UnsatisfiedReason
from shared.contracts.deadlines import OrderAckMissed
from shared.contracts.intake import DutySubstituted, MatterReworkOrdered
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START
from tests.service.referral_desk import (
    ANSWER,
    EXTRACT,
    U1,
    U2,
    WINDOW,
    Desk,
    approval,
    closed,
    draft,
    ok,
    referral_desk,
    refused,
    registered,
)


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


def rework(matter_id: UUID, round: int) -> MatterReworkOrdered:
    return MatterReworkOrdered(
        matter_id=matter_id, org_code="410200", window_id=WINDOW, round=round, reason=UnsatisfiedReason.U1,
        ordered_at=START,
    )  # fmt: skip


def ack_missed(matter_id: UUID, order_id: str, **when: Any) -> OrderAckMissed:
    return OrderAckMissed(
        matter_id=matter_id, org_code="410200", window_id=WINDOW, order_id=UUID(order_id), unit_id=U1,
        delivered_at=START, missed_at=START + timedelta(**when),
    )  # fmt: skip


async def parked(desk: Desk, matter_id: UUID) -> list[str]:
    rows = await desk.hall.query("SELECT reason FROM parked WHERE subject = $1", str(matter_id))
    return [row["reason"] for row in rows]


async def test_an_approval_before_its_matter_waits_and_is_then_drafted_once(desk: Desk) -> None:
    matter_id = new_id()
    await desk.hall.publish(approval(matter_id, draft(U1), draft(U2, UnitRole.CO)))
    await desk.hall.caught_up()
    assert len(await parked(desk, matter_id)) == 1
    await desk.hall.publish(registered(matter_id))
    await desk.hall.until(lambda: desk.said(matter_id))
    orders = await desk.orders(matter_id)
    assert [(order["unit_id"], order["role"], order["state"]) for order in orders] == [
        (U1, "MAIN", "DRAFT"),
        (U2, "CO", "DRAFT"),
    ]
    assert await parked(desk, matter_id) == []


async def test_the_same_approval_delivered_twice_drafts_once(desk: Desk) -> None:
    matter_id = await desk.approved(draft())
    event = approval(matter_id, draft())
    await desk.hall.publish_raw("triage", str(matter_id), 1, event.CE_TYPE, event.model_dump_json().encode())
    await desk.hall.publish(approval(matter_id, round=1))
    await desk.hall.caught_up()
    assert len(await desk.orders(matter_id)) == 1


async def test_an_approval_without_orders_drafts_nothing(desk: Desk) -> None:
    matter_id = await desk.approved()
    assert await desk.orders(matter_id) == []
    assert await desk.said(matter_id) == []


async def test_an_approval_that_reaches_a_closed_matter_is_passed_over(desk: Desk) -> None:
    matter_id = new_id()
    await desk.hall.publish(registered(matter_id), closed(matter_id))
    await desk.hall.caught_up()
    await desk.hall.publish(approval(matter_id, draft()))
    await desk.hall.caught_up()
    assert await desk.orders(matter_id) == []
    assert await parked(desk, matter_id) == []


async def test_an_order_under_no_known_rule_parks_and_holds_back_only_its_matter(desk: Desk) -> None:
    bad = await desk.approved(draft(rule="D99"))
    good = await desk.approved(draft())
    assert [reason.split(":")[0] for reason in await parked(desk, bad)] == ["order.unknown_rule"]
    assert await desk.orders(bad) == []
    assert len(await desk.orders(good)) == 1


async def test_rework_drafts_each_closed_order_anew_in_the_next_round(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    ok(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER))
    ok(await desk.staff.post(f"/orders/{order_id}/review", {"decision": "ACCEPT"}))
    await desk.hall.publish(rework(matter_id, round=2))
    await desk.hall.caught_up()
    old, new = await desk.orders(matter_id)
    assert (old["state"], new["state"], new["round"], new["predecessor_id"]) == ("CLOSED", "DRAFT", 2, order_id)
    assert new["title"] == old["title"]
    ok(await desk.leader.post(f"/orders/{new['order_id']}/signature"))
    ok(await desk.handler.post(f"/orders/{new['order_id']}/acknowledgement"))
    ok(await desk.handler.post(f"/orders/{new['order_id']}/answer", ANSWER))
    ok(await desk.staff.post(f"/orders/{new['order_id']}/review", {"decision": "ACCEPT"}))
    settled = await desk.said(matter_id, "order.all_settled")
    assert [event["data"]["round"] for event in settled] == [1, 2]


async def test_a_missed_acknowledgement_lights_up_unless_it_came_in_time(desk: Desk) -> None:
    late_matter, late = await desk.drafted()
    await desk.delivered(late)
    matter_id, in_time = await desk.working()
    await desk.hall.publish(ack_missed(late_matter, late, days=1), ack_missed(matter_id, in_time, days=1))
    await desk.hall.caught_up()
    assert (await desk.order(late))["ack_missed"]
    assert not (await desk.order(in_time))["ack_missed"]


async def test_a_closed_matter_takes_no_more_acts(desk: Desk) -> None:
    matter_id, order_id = await desk.drafted()
    await desk.hall.publish(closed(matter_id), ack_missed(matter_id, order_id, days=1))
    await desk.hall.caught_up()
    assert await parked(desk, matter_id) == []
    refused(await desk.leader.post(f"/orders/{order_id}/signature"), 409, "state.illegal")  # it was voided
    waived = {"needed": False, "reason": "国家统一规定"}
    refused(await desk.staff.post(f"/matters/{matter_id}/comparisons", waived), 409, "matter.final")


async def test_drafts_carry_what_caused_them(desk: Desk) -> None:
    matter_id = await desk.approved(draft())
    rows = await desk.hall.query(
        "SELECT correlation_id, causation_id, actor FROM outbox WHERE aggregateid = $1", str(matter_id)
    )
    assert [(row["correlation_id"], bool(row["causation_id"]), row["actor"]) for row in rows] == [
        ("test", True, "system")
    ]


async def test_who_stands_in_for_the_leader_signs_on_those_days_and_the_leader_does_not(desk: Desk) -> None:
    order = (await desk.orders(await desk.approved(draft(U1))))[0]["order_id"]
    day = date(2026, 10, 9)
    await desk.hall.publish(
        DutySubstituted(
            window_id=WINDOW, org_code="410200", period_id=f"{WINDOW}-1", substitution_id=new_id(),
            replaced_id="u-leader-1", substitute_id="u-deputy", from_day=day, to_day=day,
            reason=SubstitutionReason.BUSINESS, proposed_by="u-leader-1", approved_by="department", approved_at=START,
        )
    )  # fmt: skip
    await desk.hall.caught_up()
    desk.hall.time.set(START + timedelta(days=11))
    try:
        signing = f"/orders/{order}/signature", {"extract": EXTRACT}
        assert (await desk.leader.post(*signing)).json()["code"] == "duty.not_on_duty"
        ok(await desk.hall.client("u-deputy", "duty_leader", window=WINDOW).post(*signing))
    finally:
        desk.hall.time.set(START)
