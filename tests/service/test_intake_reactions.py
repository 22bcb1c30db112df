"""Intake and the events of other services: where they bring a matter, in whatever order they come."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import Event
from shared.contracts.codes import Escalation, MeetingKind, Outcome
from shared.contracts.deadlines import CalendarYearLoaded, SupervisionReached
from shared.contracts.referral import (
    CannotDoFiled,
    CannotDoPolicyChanged,
    CannotDoRejected,
    CannotDoUpheld,
    MeetingConcluded,
    MeetingScheduled,
    OrderDropped,
    OrderObjected,
    OrderObjectionDecided,
    OrderReassigned,
    OrderResumed,
    OrderReturned,
    OrderSuspended,
)
from shared.contracts.triage import MatterTriageReturned
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import (
    PLACE,
    UNIT,
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


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


async def test_judged_sent_back_judged_again_and_approved(desk: Desk) -> None:
    matter = await desk.accepted()
    returned = MatterTriageReturned(matter_id=matter, **PLACE, returned_by="leader-1", returned_at=START)
    await desk.hall.publish(triaged(matter), returned, triaged(matter), approved(matter, 1))
    await desk.reaches(matter, "HANDLING")
    assert (await desk.told(matter))[-4:] == ["T06", "T08", "T06", "T07"]


async def test_the_window_reviews_only_when_every_order_is_answered(desk: Desk) -> None:
    first, second = new_id(), new_id()
    matter = await desk.handled(first, second)
    await desk.hall.publish(answered(matter, first))
    await desk.hall.caught_up()
    assert await desk.state(matter) == "HANDLING"
    await desk.hall.publish(answered(matter, second))
    await desk.reaches(matter, "RESULT_REVIEW")
    await desk.hall.publish(_returned(matter, second))
    await desk.reaches(matter, "HANDLING")
    await desk.hall.publish(
        answered(matter, second), reviewed(matter, first), reviewed(matter, second), settled(matter)
    )
    await desk.reaches(matter, "FEEDBACK")
    assert (await desk.told(matter))[-4:] == ["T12", "T16", "T12", "T17"]


async def test_a_rejected_statement_waits_for_its_successor_order(desk: Desk) -> None:
    order, successor = new_id(), new_id()
    matter = await desk.handled(order)
    await desk.hall.publish(_filed(matter, order))
    await desk.reaches(matter, "CANNOT_REVIEW")
    await desk.hall.publish(_rejected(matter, order))
    await desk.reaches(matter, "HANDLING")
    await desk.hall.publish(drafted(matter, successor, predecessor=order), answered(matter, successor))
    await desk.reaches(matter, "RESULT_REVIEW")
    assert (await desk.told(matter))[-3:] == ["T13", "T15", "T12"]


async def test_an_upheld_statement_leads_to_feedback(desk: Desk) -> None:
    order = new_id()
    matter = await desk.handled(order)
    await desk.hall.publish(
        _filed(matter, order), _upheld(matter, order), settled(matter, Outcome.CANNOT_EXPLAINED)
    )  # fmt: skip
    await desk.reaches(matter, "FEEDBACK")
    assert (await desk.told(matter))[-2:] == ["T13", "T14"]


async def test_a_meeting_coordinates_also_when_it_was_called_before_the_approval(desk: Desk) -> None:
    matter, meeting = await desk.accepted(), new_id()
    await desk.hall.publish(_scheduled(matter, meeting))
    await desk.hall.caught_up()
    assert await desk.state(matter) == "ACCEPTED"
    await desk.hall.publish(triaged(matter), approved(matter, 1))
    await desk.reaches(matter, "COORDINATING")
    await desk.hall.publish(_scheduled(matter, second := new_id()), _concluded(matter, meeting))
    await desk.hall.caught_up()
    assert await desk.state(matter) == "COORDINATING"
    await desk.hall.publish(_concluded(matter, second))
    await desk.reaches(matter, "HANDLING")
    assert (await desk.told(matter))[-3:] == ["T07", "T09", "T09"]


async def test_referrals_events_wait_for_the_approval_they_follow_from(desk: Desk) -> None:
    order = new_id()
    matter = await desk.accepted()
    await desk.hall.publish(drafted(matter, order), issued(matter, order), answered(matter, order))
    await desk.hall.caught_up()
    assert await desk.state(matter) == "ACCEPTED"
    await desk.hall.publish(triaged(matter), approved(matter, 1))
    await desk.reaches(matter, "RESULT_REVIEW")
    assert await desk.hall.query("SELECT 1 FROM parked WHERE subject = $1", str(matter)) == []


async def test_a_matter_not_decided_in_time_is_deemed_accepted_one_decided_is_left_alone(desk: Desk) -> None:
    late, decided = await desk.registered(), await desk.accepted()
    for matter in (late, decided):
        await desk.hall.publish(_overdue(matter, Escalation.BLUE), _overdue(matter, Escalation.YELLOW))
    await desk.reaches(late, "ACCEPTED")
    await desk.hall.caught_up()
    modes = [e["data"]["mode"] for e in await desk.hall.published("matter.accepted") if e["subject"] == str(late)]
    assert modes == ["DEEMED"]
    assert (await desk.told(decided)).count("T05") == 1


async def test_what_comes_after_the_end_changes_nothing_and_parks_nothing(desk: Desk) -> None:
    order = new_id()
    matter = await desk.registered()
    await desk.staff.post(
        f"/matters/{matter}/on-spot-settlement", {"done": "当场办好", "root_cause": "STYLE"}
    )  # fmt: skip
    await desk.hall.publish(triaged(matter), drafted(matter, order), _overdue(matter, Escalation.YELLOW))
    await desk.hall.caught_up()
    assert await desk.state(matter) == "CLOSED"
    assert await desk.hall.query("SELECT 1 FROM parked WHERE subject = $1", str(matter)) == []


async def test_a_matter_stands_still_only_while_all_its_open_orders_do(desk: Desk) -> None:
    first, second = new_id(), new_id()
    matter = await desk.handled(first, second)
    await desk.hall.publish(_suspended(matter, first))
    await desk.hall.caught_up()
    assert await desk.state(matter) == "HANDLING"
    await desk.hall.publish(_suspended(matter, second))
    await desk.reaches(matter, "SUSPENDED")
    await desk.hall.publish(_resumed(matter, first))
    await desk.reaches(matter, "HANDLING")
    orders = (await desk.staff.get(f"/matters/{matter}")).json()["orders"]
    assert {order["order_id"]: order["state"] for order in orders} == {
        str(first): "WORKING", str(second): "SUSPENDED",
    }  # fmt: skip
    assert (await desk.told(matter))[-2:] == ["T10", "T11"]


async def test_an_order_that_goes_to_another_unit_or_to_nobody_moves_the_matter_on(desk: Desk) -> None:
    objected, other, rejected = new_id(), new_id(), new_id()
    matter = await desk.handled(objected, other, rejected)
    await desk.hall.publish(
        answered(matter, other), _filed(matter, rejected), _rejected(matter, rejected), *_reassigned(matter, objected),
        drafted(matter, successor := new_id(), predecessor=objected), answered(matter, successor),
    )  # fmt: skip
    await desk.hall.caught_up()
    assert await desk.state(matter) == "HANDLING", "the rejected one waits for what follows"
    await desk.hall.publish(OrderDropped(**_of(matter, rejected), dropped_by="leader-1", dropped_at=START))
    await desk.reaches(matter, "RESULT_REVIEW")


async def test_a_changed_policy_takes_up_what_was_closed_because_of_it(desk: Desk) -> None:
    order, done = new_id(), await desk.in_callback()
    matter = await desk.handled(order)
    await desk.hall.publish(_filed(matter, order), _upheld(matter, order), settled(matter, Outcome.CANNOT_EXPLAINED))
    await desk.reaches(matter, "FEEDBACK")
    words = {"way": "PHONE", "content": "按现行政策暂不能办", "counselling_note": "已当面解释依据和理由,反映人表示理解",
             "remedy": "对答复不服的,可以申请行政复议"}  # fmt: skip
    assert (await desk.staff.post(f"/matters/{matter}/feedback", words)).status_code == 200
    report = {"result": "REACHED", "identity_checked": True, "solved": "NOT_SOLVED", "satisfaction": "4"}
    called = await desk.caller.post(f"/matters/{matter}/callbacks", report)
    assert called.json()["state"] == "CLOSED", called.text
    await desk.hall.publish(_policy_changed(matter, order), _policy_changed(done, new_id()))
    await desk.reaches(matter, "ACCEPTED")
    await desk.hall.caught_up()
    assert (await desk.staff.get(f"/matters/{matter}")).json()["round"] == 2
    assert ((await desk.told(matter))[-2:], await desk.state(done)) == (["matter.reopened", "T26"], "CALLBACK")


async def test_an_unsatisfied_reporter_opens_a_new_round(desk: Desk) -> None:
    matter = await desk.in_callback()
    order = UUID((await desk.staff.get(f"/matters/{matter}")).json()["orders"][0]["order_id"])
    report = {"result": "REACHED", "identity_checked": True, "solved": "NOT_SOLVED", "satisfaction": "1"}
    path = f"/matters/{matter}/callbacks"
    assert (await desk.caller.post(path, report)).json()["code"] == "callback.reason_missing"
    called = (await desk.caller.post(path, report | {"unsatisfied_reason": "U1"})).json()
    assert (called["state"], called["proposal"]["kind"], called["to_be_called"]) == ("CALLBACK", "REWORK", False)
    reworked = (await desk.leader.post(f"/matters/{matter}/proposal-confirmation", {})).json()
    assert (reworked["state"], reworked["round"], reworked["outcome"]) == ("REWORK", 2, None)
    again = new_id()
    await desk.hall.publish(drafted(matter, again, round=2, predecessor=order))
    await desk.reaches(matter, "HANDLING")
    await desk.hall.publish(answered(matter, again, round=2), settled(matter, round=2))
    await desk.reaches(matter, "FEEDBACK")
    told = await desk.told(matter)
    assert told[told.index("matter.rework_ordered") :] == ["matter.rework_ordered", "T20", "T20", "T12", "T17"]


async def test_a_loaded_calendar_year_is_what_half_days_are_counted_by(desk: Desk) -> None:
    matter = await desk.in_callback()
    days: dict[str, Any] = {"holidays": [["测试放假", "2026-09-28", "2026-10-09"]], "makeup_days": []}
    await desk.hall.publish(CalendarYearLoaded(year=2026, status="official", doc_no="测试〔2026〕1号", days=days))
    await desk.hall.caught_up()
    path = f"/matters/{matter}/callbacks"
    for hours in (0, 2, 4, 6):
        desk.at(START + timedelta(hours=hours))
        assert (await desk.caller.post(path, {"result": "NO_ANSWER"})).json()["state"] == "CALLBACK"
    desk.at(START)


def _of(matter: UUID, order: UUID) -> dict[str, Any]:
    return {"matter_id": matter, "order_id": order, "unit_id": UNIT, "round": 1, **PLACE}


def _returned(matter: UUID, order: UUID) -> Event:
    return OrderReturned(**_of(matter, order), returned_by="staff-1a", returned_at=START)


def _filed(matter: UUID, order: UUID) -> Event:
    return CannotDoFiled(
        **_of(matter, order), statement_id=order, basis_count=1, signer_id="principal", filed_at=START
    )  # fmt: skip


def _rejected(matter: UUID, order: UUID) -> Event:
    return CannotDoRejected(**_of(matter, order), statement_id=order, decided_by="leader-1", decided_at=START)


def _upheld(matter: UUID, order: UUID) -> Event:
    return CannotDoUpheld(
        **_of(matter, order), statement_id=order, comparison_id=new_id(), decided_by="leader-1", decided_at=START
    )


def _suspended(matter: UUID, order: UUID) -> Event:
    return OrderSuspended(
        **_of(matter, order), reason="S3", resume_by=START.date(), suspended_by="leader-1", suspended_at=START
    )


def _resumed(matter: UUID, order: UUID) -> Event:
    return OrderResumed(
        **_of(matter, order), automatic=True, state="WORKING", resumed_by="system", resumed_at=START
    )  # fmt: skip


def _reassigned(matter: UUID, order: UUID) -> list[Event]:
    by: dict[str, Any] = {"decided_by": "leader-1", "decided_at": START}
    return [
        OrderObjected(**_of(matter, order), reason="O1", objected_by="handler", objected_at=START),
        OrderObjectionDecided(**_of(matter, order), upheld=True, state="REASSIGNED", **by),
        OrderReassigned(
            **_of(matter, order), successor_id=new_id(), successor_unit_id="410200-U09", reassigned_by="leader-1",
            reassigned_at=START,
        ),
    ]  # fmt: skip


def _policy_changed(matter: UUID, order: UUID) -> Event:
    return CannotDoPolicyChanged(
        **_of(matter, order), statement_id=order, policy_id=new_id(), changed_at=START
    )  # fmt: skip


def _scheduled(matter: UUID, meeting: UUID) -> Event:
    return MeetingScheduled(
        matter_id=matter, **PLACE, meeting_id=meeting, kind=MeetingKind.COORDINATION, unit_ids=[UNIT],
        scheduled_at=START,
    )  # fmt: skip


def _concluded(matter: UUID, meeting: UUID) -> Event:
    return MeetingConcluded(
        matter_id=matter, **PLACE, meeting_id=meeting, sessions=1, task_unit_ids=[], concluded_at=START
    )


def _overdue(matter: UUID, level: Escalation) -> Event:
    return SupervisionReached(
        matter_id=matter, **PLACE, deadline_id=new_id(), rule="D02", round=1, level=level, reached_at=START,
        sent_at=START, due_at=START,
    )  # fmt: skip
