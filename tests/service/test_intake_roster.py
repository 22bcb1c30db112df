"""The duty roster through intake's API: windows, periods, substitutes, the change at midnight, and handovers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import FORM, WINDOW, ZONE, Desk, answered, intake_desk, period, settled

FIRST = f"{WINDOW}-20260928"
LAST_DAY = START + timedelta(days=12)  # 10-10, a Saturday on which people work
CHANGE = START.replace(hour=0) + timedelta(days=14)
BEFORE = CHANGE - timedelta(seconds=1)
SAID = {"way": "PHONE", "content": "已经办好,可以结算"}
VISIT = {"where": "市医保局", "urged": "当场核查参保记录", "found": "系统未同步", "responsible_unit_id": "410200-U02"}


@pytest.fixture
async def desk(engines: Engines, tmp_path: Any) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path) as opened:
        opened.at(START)
        yield opened


def substitute(replaced: str = "staff-1b", by: str = "staff-9", first: int = 30, last: int = 30) -> dict[str, Any]:
    """A substitution on days of September, as its route takes it."""
    return {"replaced_id": replaced, "substitute_id": by, "from_day": f"2026-09-{first}", "to_day": f"2026-09-{last}",
            "reason": "ILLNESS", "words": "高烧住院,医生建议休息"}  # fmt: skip


async def code(answer: Any) -> str:
    """What came of a command: nothing to say, or the code of the refusal."""
    found = (await answer).json()
    return str(found.get("code", ""))


async def proposed(desk: Desk, **changes: Any) -> str:
    answer = await desk.leader.post(f"/duty-periods/{FIRST}/substitutions", substitute(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["substitution_id"])


async def in_feedback(desk: Desk) -> UUID:
    """A matter that staff-1a registered and accepted, answered by its unit."""
    order = new_id()
    matter = await desk.handled(order)
    await desk.hall.publish(answered(matter, order), settled(matter))
    await desk.reaches(matter, "FEEDBACK")
    return matter


async def test_a_substitute_is_approved_by_somebody_else_and_on_duty_only_on_those_days(desk: Desk) -> None:
    wanted = await proposed(desk)
    path = f"/substitutions/{wanted}/approval"
    stand_in = desk.hall.client("staff-9", "duty_staff", window=WINDOW)
    assert await code(desk.leader.post(path)) == "role.missing"
    assert await code(stand_in.post("/matters", FORM)) == "duty.not_on_duty"
    assert (await desk.overseer.post(path)).json()["approved"] is True
    assert await code(desk.overseer.post(path)) == "substitution.decided"
    desk.at(START + timedelta(days=2))
    assert await code(stand_in.post("/matters", FORM)) == ""
    assert await code(desk.colleague.post("/matters", FORM)) == "duty.not_on_duty"
    roster = (await desk.colleague.get(f"/windows/{WINDOW}/roster")).json()
    assert roster["on_duty"] == {"period_id": FIRST, "leader_id": "leader-1", "staff_ids": ["staff-1a", "staff-9"]}
    assert [each["words"] for each in roster["substitutions"]] == [None]
    desk.at(START + timedelta(days=3))
    assert await code(stand_in.post("/matters", FORM)) == "duty.not_on_duty"
    told = await desk.hall.published("duty.substituted")
    assert [(each["subject"], each["data"]["approved_by"]) for each in told] == [(WINDOW, "department")]
    assert "高烧" not in str(await desk.hall.published())


async def test_who_stands_in_for_the_leader_leads_and_stands_in_the_register(desk: Desk) -> None:
    wanted = await proposed(desk, replaced="leader-1", by="leader-3", first=28, last=30)
    assert (await desk.overseer.post(f"/substitutions/{wanted}/approval")).status_code == 200
    stand_in = desk.hall.client("leader-3", "duty_leader", window=WINDOW)
    assert (await stand_in.post("/paper-numbers", {"count": 1})).status_code == 201
    assert await code(desk.leader.post("/paper-numbers", {"count": 1})) == "duty.not_on_duty"
    matter = await desk.registered()
    [row] = await desk.hall.query("SELECT duty_leader_id FROM matter WHERE matter_id = $1", matter)
    assert row["duty_leader_id"] == "leader-3"


async def test_substitutes_that_cannot_be_are_refused_and_a_declined_one_changes_nothing(desk: Desk) -> None:
    path = f"/duty-periods/{FIRST}/substitutions"
    assert await code(desk.leader.post(path, substitute(by="zone-1a"))) == "duty.two_windows"
    assert await code(desk.leader.post(path, substitute(first=27))) == "substitution.days"
    assert await code(desk.staff.post(path, substitute())) == "substitution.not_leader"
    assert await code(desk.next_leader.post(path, substitute())) == "substitution.not_leader"
    assert (await desk.zone_staff.post(path, substitute())).status_code == 404
    own = (await desk.overseer.post(path, substitute())).json()["substitution_id"]
    assert await code(desk.overseer.post(f"/substitutions/{own}/approval")) == "substitution.own"
    wanted = await proposed(desk)
    assert (await desk.overseer.post(f"/substitutions/{wanted}/declination")).json()["approved"] is False
    county = desk.hall.client("county", "supervision_dept", org="410221")
    assert (await county.post(f"/substitutions/{await proposed(desk)}/approval")).status_code == 404
    assert await desk.hall.published("duty.substituted") == []
    desk.at(START + timedelta(days=2))
    assert (await desk.colleague.post("/matters", FORM)).status_code == 201


async def test_two_who_approve_at_once_do_not_put_one_person_at_two_windows(desk: Desk) -> None:
    elsewhere = desk.hall.client("zone-leader", "duty_leader", org="410200Z1", window=ZONE)
    path = f"/duty-periods/{ZONE}-20260928/substitutions"
    other = (await elsewhere.post(path, substitute(replaced="zone-1b"))).json()["substitution_id"]
    both = [f"/substitutions/{each}/approval" for each in (await proposed(desk), other)]
    answers = await asyncio.gather(*(desk.overseer.post(path) for path in both))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_period_that_leaves_a_gap_or_takes_people_of_another_window_is_refused(desk: Desk) -> None:
    gap = period(WINDOW, START + timedelta(days=29), "leader-3", "staff-3a", "staff-3b")
    assert await code(desk.overseer.post("/duty-periods", gap)) == "duty.gap"
    shared = period(ZONE, START + timedelta(days=14), "leader-9", "staff-2a", "zone-1b")
    assert await code(desk.overseer.post("/duty-periods", shared)) == "duty.two_windows"
    for days in (13, 15):
        wrong = shared | {"staff_ids": ["zone-1a", "zone-1b"], "end_date": str((CHANGE + timedelta(days - 1)).date())}
        assert await code(desk.overseer.post("/duty-periods", wrong)) == "duty.not_fourteen_days"
    over = period(WINDOW, START + timedelta(days=27), "leader-3", "staff-3a", "staff-3b")
    assert await code(desk.overseer.post("/duty-periods", over)) == "duty.overlap"
    leaderless = {name: value for name, value in over.items() if name != "leader_id"}
    assert (await desk.overseer.post("/duty-periods", leaderless)).status_code == 422
    assert (await desk.leader.post("/duty-periods", gap)).status_code in (403, 404)
    for start in ("9999-12-31", "0001-01-01"):
        assert (await desk.overseer.post("/duty-periods", gap | {"start_date": start})).status_code == 422
    assert len((await desk.overseer.get("/duty-periods", window=WINDOW)).json()["items"]) == 2


async def test_windows_are_set_up_by_their_own_level_and_above(desk: Desk) -> None:
    window = {"window_id": "410221-W1", "org_code": "410221", "level": "COUNTY", "name": "杞县监督窗口"}
    assert await code(desk.overseer.post("/windows", window)) == "window.mark_missing"
    named = window | {"register_mark": "杞监窗", "morning": ["08:30", "12:00"], "afternoon": ["14:00", "17:30"]}
    assert await code(desk.overseer.post("/windows", named | {"level": "ZONE"})) == "window.level"
    county = desk.hall.client("county", "supervision_dept", org="410221")
    neighbour = desk.hall.client("neighbour", "supervision_dept", org="410222")
    assert await code(neighbour.post("/windows", named)) == "role.missing"
    unit = desk.hall.client("unit", "supervision_dept", org_type="UNIT", unit="410200-U01")
    assert await code(unit.post("/windows", named)) == "role.missing"
    assert (await county.post("/windows", named)).json()["afternoon"] == ["14:00:00", "17:30:00"]
    assert (await neighbour.get("/windows")).json()["items"] == []
    assert (await neighbour.get("/windows/410221-W1/roster")).status_code == 404


async def test_after_the_change_the_old_staff_go_on_with_own_open_matters_and_nothing_else(desk: Desk) -> None:
    mine, others = await in_feedback(desk), await in_feedback(desk)
    await desk.hall.query("UPDATE matter SET hands = '{staff-1b}' WHERE matter_id = $1", others)
    desk.at(CHANGE + timedelta(minutes=30))
    assert await code(desk.staff.post("/matters", FORM)) == "duty.not_on_duty"
    assert (await desk.staff.get(f"/matters/{mine}/identity", purpose="FEEDBACK")).status_code == 200
    assert (await desk.staff.get(f"/matters/{mine}/content", purpose="FEEDBACK")).status_code == 200
    for path in ("identity", "content"):
        assert await code(desk.staff.get(f"/matters/{others}/{path}", purpose="FEEDBACK")) == "duty.not_on_duty"
    assert await code(desk.staff.post(f"/matters/{others}/feedback", SAID)) == "duty.not_on_duty"
    assert await code(desk.staff.post(f"/matters/{mine}/slips")) == "duty.not_on_duty"
    assert (await desk.staff.post(f"/matters/{mine}/feedback", SAID)).status_code == 200
    await desk.hall.query("UPDATE matter SET state = 'WITHDRAWN' WHERE matter_id = $1", mine)
    assert await code(desk.staff.get(f"/matters/{mine}/identity", purpose="FEEDBACK")) == "duty.not_on_duty"


async def test_the_old_leader_records_on_site_what_they_approved_and_the_new_one_records_the_rest(desk: Desk) -> None:
    mine, others = [await desk.handled() for _ in range(2)]
    await desk.hall.query("UPDATE matter SET hands = '{staff-1a}' WHERE matter_id = $1", others)
    desk.at(CHANGE + timedelta(minutes=30))
    assert await code(desk.staff.post(f"/matters/{mine}/on-site-record", VISIT)) == "duty.not_on_duty"
    assert await code(desk.leader.post(f"/matters/{others}/on-site-record", VISIT)) == "duty.not_on_duty"
    assert (await desk.leader.post(f"/matters/{mine}/on-site-record", VISIT)).status_code == 200
    assert (await desk.next_leader.post(f"/matters/{others}/on-site-record", VISIT)).status_code == 200


async def test_a_command_begun_before_midnight_counts_however_long_it_takes(desk: Desk) -> None:
    slow, late = [await refusal_proposed(desk) for _ in range(2)]
    desk.at(BEFORE)
    holding = await asyncpg.connect(desk.hall.settings.postgres_url)
    try:
        async with holding.transaction():
            await holding.execute("SELECT 1 FROM matter WHERE matter_id = $1 FOR UPDATE", slow)
            under_way = asyncio.create_task(desk.leader.post(f"/matters/{slow}/proposal-confirmation"))
            await desk.hall.until(lambda: somebody_waits(desk))
            desk.at(CHANGE)
            refused = await desk.leader.post(f"/matters/{late}/proposal-confirmation")
            assert refused.json()["code"] == "duty.not_on_duty"
    finally:
        await holding.close()
    assert (await under_way).status_code == 200
    assert (await desk.next_leader.post(f"/matters/{late}/proposal-confirmation")).status_code == 200
    [event] = [each for each in await desk.hall.published("matter.not_accepted") if each["subject"] == str(slow)]
    assert datetime.fromisoformat(event["data"]["decided_at"]) == BEFORE
    assert event["data"]["approved_by"] == "leader-1"


async def refusal_proposed(desk: Desk) -> UUID:
    """A matter that waits for the duty leader's word."""
    matter = await desk.registered()
    answer = await desk.staff.post(f"/matters/{matter}/refusal-proposal", {"reason": "N4", "told": "PHONE"})
    assert answer.status_code == 200, answer.text
    return matter


async def somebody_waits(desk: Desk) -> bool:
    return bool(await desk.hall.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ))  # fmt: skip


async def test_the_handover_takes_both_leaders_on_the_last_working_day(desk: Desk) -> None:
    path = f"/duty-periods/{FIRST}/handover"
    early = (await desk.leader.post(path)).json()
    assert (early["code"], early["due_day"]) == ("handover.too_early", "2026-10-10")
    assert "2026-10-10" in early["detail"]
    matter = await desk.accepted()
    number = (await desk.staff.get(f"/matters/{matter}")).json()["register_no"]
    desk.at(LAST_DAY)
    assert await code(desk.next_leader.post(path)) == "handover.outgoing_first"
    assert await code(desk.staff.post(path)) == "handover.not_leader"
    assert (await desk.leader.post(path, {"notes": "两件待反馈"})).json()["signed"] is False
    await desk.registered()
    sheet = (await desk.next_leader.get(path)).json()
    assert sheet["open_matters"] == [{"state": "ACCEPTED", "register_numbers": [number]}]
    assert (sheet["notes"], sheet["handover"]["due_day"]) == ("两件待反馈", "2026-10-10")
    assert (await desk.overseer.get(path)).json()["notes"] is None
    assert (await desk.zone_staff.get(path)).status_code == 404
    done = (await desk.next_leader.post(path)).json()
    assert (done["signed"], done["late"], done["incoming_signed_by"]) == (True, False, "leader-2")
    told = (await desk.hall.published("duty.handover_signed"))[-1]["data"]
    assert (told["from_leader_id"], told["to_leader_id"], told["open_matters"]) == ("leader-1", "leader-2", 1)
    assert (date.fromisoformat(told["due_day"]), told["late"]) == (LAST_DAY.date(), False)
    assert await code(desk.leader.post(path)) == "handover.done"


async def test_a_handover_signed_after_its_day_is_marked_late(desk: Desk) -> None:
    path = f"/duty-periods/{FIRST}/handover"
    desk.at(CHANGE + timedelta(hours=9))
    standing = (await desk.overseer.get(f"/windows/{WINDOW}/roster")).json()["handovers"]
    assert [(each["period_id"], each["signatures"]) for each in standing] == [(FIRST, 0)]
    assert (await desk.leader.post(path)).json()["late"] is True
    assert (await desk.next_leader.post(path)).json()["late"] is True
    assert (await desk.hall.published("duty.handover_signed"))[-1]["data"]["late"] is True
