"""What triage makes of other services' events, over the real broker and database."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.codes import Outcome, RootCause, UnsatisfiedReason
from shared.contracts.intake import MatterAccepted, MatterClosed, MatterReworkOrdered, ReporterErased
from shared.contracts.referral import CannotDoUpheld, ComparisonRecorded
from shared.ids import new_id
from shared.store.vault import ERASED
from shared.workdays import ZONE
from tests.engines import Engines
from tests.harness import START
from tests.service.triage_desk import ORDER, PROPOSAL, WINDOW, Desk, at, substituted, triage_desk, unit, world

MATTER: dict[str, Any] = {"org_code": "410200", "window_id": WINDOW}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with triage_desk(engines, tmp_path_factory.mktemp("triage"), *world()) as found:
        yield found


def closed(matter_id: UUID) -> MatterClosed:
    return MatterClosed(
        matter_id=matter_id, **MATTER, outcome=Outcome.DONE, root_cause=RootCause.STYLE, closed_at=START
    )


def rework(matter_id: UUID) -> MatterReworkOrdered:
    return MatterReworkOrdered(matter_id=matter_id, **MATTER, round=2, reason=UnsatisfiedReason.U1, ordered_at=START)


def upheld(matter_id: UUID, statement_id: UUID) -> CannotDoUpheld:
    return CannotDoUpheld(
        matter_id=matter_id, **MATTER, order_id=new_id(), unit_id="410200-U01", round=1, statement_id=statement_id,
        comparison_id=new_id(), decided_by="u-leader-1", decided_at=START,
    )  # fmt: skip


def comparison(matter_id: UUID) -> ComparisonRecorded:
    return ComparisonRecorded(
        matter_id=matter_id, **MATTER, comparison_id=new_id(), needed=True, cities=3, looser=2,
        recorded_by="u-staff-1", recorded_at=START,
    )  # fmt: skip


async def parked(desk: Desk, matter_id: UUID) -> list[str]:
    rows = await desk.hall.query("SELECT type FROM parked WHERE subject = $1", str(matter_id))
    return [row["type"] for row in rows]


async def test_an_accepted_matter_gets_an_open_assessment(desk: Desk) -> None:
    sheet = await desk.sheet(await desk.accepted())
    assert (sheet["state"], sheet["round"], sheet["version"], sheet["kind"]) == ("OPEN", 1, 1, None)
    assert datetime.fromisoformat(sheet["opened_at"]) == START


async def test_an_upheld_statement_makes_the_kind_cannot_and_says_so_once(desk: Desk) -> None:
    matter_id, statement_id = await desk.approved(), new_id()
    await desk.hall.publish(upheld(matter_id, statement_id))
    await desk.hall.caught_up()
    sheet = await desk.sheet(matter_id)
    assert (sheet["state"], sheet["kind"], sheet["kind_history"][-1]["statement_id"]) == (
        "APPROVED", "CANNOT", str(statement_id)
    )  # fmt: skip
    event = (await desk.said(matter_id))[-1]
    assert (event["type"], event["data"]["to_kind"], event["data"]["decided_by"]) == (
        "matter.reclassified", "CANNOT", None
    )  # fmt: skip
    await desk.hall.publish(upheld(matter_id, new_id()))
    await desk.hall.caught_up()
    assert len(await desk.said(matter_id)) == 3


async def test_an_upheld_statement_read_after_the_closing_still_corrects_the_kind(desk: Desk) -> None:
    matter_id = await desk.approved()
    await desk.hall.publish(closed(matter_id))
    await desk.hall.caught_up()
    await desk.hall.publish(upheld(matter_id, new_id()))
    await desk.hall.caught_up()
    sheet = await desk.sheet(matter_id)
    assert (sheet["state"], sheet["kind"]) == ("CLOSED", "CANNOT")


async def test_rework_raises_the_round_and_closing_ends_every_act(desk: Desk) -> None:
    matter_id = await desk.approved()
    await desk.hall.publish(rework(matter_id))
    await desk.hall.caught_up()
    assert (await desk.sheet(matter_id))["round"] == 2
    await desk.hall.publish(closed(matter_id))
    await desk.hall.caught_up()
    answer = await desk.leader.post(at(matter_id, "reclassification"), {"to_kind": "CANNOT", "reason": "重新认定"})
    assert (answer.status_code, answer.json()["state"]) == (409, "CLOSED")


async def test_rework_after_the_closing_is_passed_over(desk: Desk) -> None:
    matter_id = await desk.approved()
    await desk.hall.publish(closed(matter_id), rework(matter_id))
    await desk.hall.caught_up()
    sheet = await desk.sheet(matter_id)
    assert (sheet["state"], sheet["round"]) == ("CLOSED", 1)
    assert await parked(desk, matter_id) == []


async def test_a_matter_settled_at_the_counter_is_closed_without_an_assessment(desk: Desk) -> None:
    matter_id = new_id()
    await desk.hall.publish(closed(matter_id))
    await desk.hall.caught_up()
    assert await parked(desk, matter_id) == []
    assert (await desk.staff.get(at(matter_id))).status_code == 404


async def test_a_comparison_may_come_before_the_acceptance(desk: Desk) -> None:
    matter_id = new_id()
    await desk.hall.publish(comparison(matter_id))
    await desk.hall.caught_up()
    await desk.hall.publish(MatterAccepted(matter_id=matter_id, **MATTER, mode="MANUAL", accepted_at=START))
    await desk.hall.caught_up()
    assert (await desk.sheet(matter_id))["compared"] is True


async def test_what_comes_before_its_cause_waits_for_it(desk: Desk) -> None:
    matter_id = await desk.proposed()
    await desk.hall.publish(upheld(matter_id, new_id()))
    await desk.hall.caught_up()
    assert await parked(desk, matter_id) == ["bancheng.cannot_do.upheld.v1"]
    await desk.leader.post(at(matter_id, "approval"), {"orders": [ORDER]})

    async def corrected() -> bool:
        return bool((await desk.sheet(matter_id))["kind"] == "CANNOT")

    await desk.hall.until(corrected)
    assert await parked(desk, matter_id) == []


async def test_the_next_fortnight_changes_who_may_decide(desk: Desk) -> None:
    matter_id = await desk.proposed()
    desk.hall.time.set(datetime(2026, 10, 12, 9, 0, tzinfo=ZONE))
    try:
        answer = await desk.leader.post(at(matter_id, "approval"), {"orders": [ORDER]})
        assert answer.json()["code"] == "duty.not_on_duty"
        assert (await desk.next_leader.post(at(matter_id, "approval"), {"orders": [ORDER]})).status_code == 200
        desk.hall.time.set(datetime(2026, 10, 26, 9, 0, tzinfo=ZONE))
        matter_id = await desk.accepted()
        assert (await desk.staff.post(at(matter_id, "proposal"), PROPOSAL)).json()["code"] == "duty.unknown"
    finally:
        desk.hall.time.set(START)


async def test_who_stands_in_for_the_leader_decides_on_those_days_and_the_leader_does_not(desk: Desk) -> None:
    matter_id = await desk.proposed()
    stand_in = desk.hall.client("u-deputy", "duty_leader", window=WINDOW)
    path, body = at(matter_id, "approval"), {"orders": [ORDER]}
    await desk.hall.publish(substituted("u-leader-1", "u-deputy", date(2026, 10, 9)))
    await desk.hall.caught_up()
    try:
        assert (await stand_in.post(path, body)).json()["code"] == "duty.not_on_duty"
        desk.hall.time.set(datetime(2026, 10, 9, 9, 0, tzinfo=ZONE))
        assert (await desk.leader.post(path, body)).json()["code"] == "duty.not_on_duty"
        assert (await stand_in.post(path, body)).status_code == 200
    finally:
        desk.hall.time.set(START)


async def test_before_the_directory_has_come_units_are_not_here_yet(
    engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    without_units = [event for event in world() if event.TYPE != "unit.registered"]
    async with triage_desk(engines, tmp_path_factory.mktemp("triage"), *without_units) as early:
        matter_id = await early.accepted()
        answer = await early.staff.post(at(matter_id, "proposal"), PROPOSAL)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_here_yet")
        await early.hall.publish(unit("410200-U01", "某中心"))
        assert (await early.staff.post_until_here(at(matter_id, "proposal"), PROPOSAL)).status_code == 200


async def test_when_a_reporter_is_erased_the_words_are_gone_and_the_judgement_stays(desk: Desk) -> None:
    matter = await desk.approved()
    [before] = await desk.hall.query("SELECT data_key FROM assessment WHERE matter_id = $1", matter)
    told = ReporterErased(
        matter_id=matter, org_code="410200", window_id=WINDOW, ground="REQUEST", erased_by="u-office-1", erased_at=START
    )
    await desk.hall.publish(told)
    await desk.hall.caught_up()
    sheet = await desk.sheet(matter)
    assert (sheet["kind"], sheet["verification_note"], sheet["approval"]["leader_id"]) == ("HARD", ERASED, "u-leader-1")
    [after] = await desk.hall.query("SELECT data_key FROM assessment WHERE matter_id = $1", matter)
    assert before["data_key"] != after["data_key"]
