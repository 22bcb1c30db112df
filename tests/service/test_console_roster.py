"""The roster's pages against a stand-in intake: who is on duty, substitutes, the next period, the handover."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.engines import Engines
from tests.harness import Client
from tests.service.console_story import CITY
from tests.service.console_world import World, console_world, key_of, page, sent

ASKED = str(UUID(int=5))
PERIODS: list[dict[str, Any]] = [
    {"period_id": f"{CITY}-{start.replace('-', '')}", "window_id": CITY, "org_code": "410200", "start_date": start,
     "end_date": end, "leader_id": leader, "staff_ids": staff, "substitutions": []}
    for start, end, leader, staff in (
        ("2026-09-28", "2026-10-11", "leader-1", ["staff-1", "staff-2"]),
        ("2026-10-12", "2026-10-25", "leader-2", ["staff-3", "staff-4"]),
    )
]  # fmt: skip
FIRST = PERIODS[0]["period_id"]
HANDOVER = {"period_id": FIRST, "next_period_id": PERIODS[1]["period_id"], "due_day": "2026-10-10", "signed": False,
            "signatures": 1, "late": False, "outgoing_signed_by": "leader-1", "incoming_signed_by": None}  # fmt: skip
SUBSTITUTION = {"substitution_id": ASKED, "period_id": FIRST, "replaced_id": "staff-1", "substitute_id": "staff-9",
                "from_day": "2026-09-30", "to_day": "2026-10-01", "reason": "ILLNESS", "words": "<b>住院</b>",
                "proposed_by": "leader-1", "proposed_at": "2026-09-28T10:00:00+08:00", "decided_by": None,
                "decided_at": None, "approved": None}  # fmt: skip
STANDING = {"window": {"window_id": CITY, "name": "市民之家监督窗口"}, "today": "2026-09-28",
            "on_duty": {"period_id": FIRST, "leader_id": "leader-1", "staff_ids": ["staff-1", "staff-2"]},
            "periods": PERIODS, "substitutions": [SUBSTITUTION], "handovers": [HANDOVER]}  # fmt: skip
SHEET = {"handover": HANDOVER, "period": PERIODS[0], "following": PERIODS[1], "notes": "两件待反馈",
         "open_matters": [{"state": "HANDLING", "register_numbers": ["汴监窗〔2026〕000002号"]}]}  # fmt: skip
HERE = f"/desk/roster?window={CITY}"


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("roster")) as running:
        yield running


@pytest.fixture(autouse=True)
def willing(world: World) -> None:
    world.intake.refusal = None
    world.intake.answers = {f"windows/{CITY}/roster": STANDING, f"duty-periods/{FIRST}/handover": SHEET}


def department(world: World) -> Client:
    return world.hall.client("department", "supervision_dept")


async def test_the_roster_shows_who_is_on_duty_and_leads_to_what_its_reader_may_do(world: World) -> None:
    staff = await page(world.who("duty_staff"), "/desk/roster")
    assert 'href="/desk/roster">值班</a>' in staff.text
    assert "staff-1、staff-2" in staff.text
    assert "应于2026-10-10交接,接班领导待签字" in staff.text
    assert "&lt;b&gt;住院" in staff.text
    for offered in ("/desk/roster/substitution?", "/desk/roster/period?", "/approval?"):
        assert offered not in staff.text
    leader = await page(world.who("duty_leader"), "/desk/roster")
    assert f"/desk/roster/substitution?window={CITY}&amp;period={FIRST}" in leader.text
    assert "/approval?" not in leader.text
    overseer = await page(department(world), HERE)
    assert f'action="/desk/roster/substitutions/{ASKED}/approval?window={CITY}"' in overseer.text
    assert 'name="window"' in overseer.text


async def test_who_has_nothing_to_do_with_the_roster_does_not_find_it(world: World) -> None:
    unit = world.hall.client("handler", "unit_handler", org_type="UNIT", unit="410200-U01")
    for who in (unit, world.who("callback_officer")):
        assert (await page(who, "/desk/roster")).status_code == 404
        assert (await page(who, f"/desk/roster/handover?window={CITY}&period={FIRST}")).status_code == 404
    assert (await page(world.who("duty_staff"), f"/desk/roster/period?window={CITY}")).status_code == 404
    for evil in ("..", "a/b", "a?b"):
        assert (await page(department(world), f"/desk/roster?window={evil}")).status_code == 422


async def test_a_substitute_is_proposed_from_the_people_of_the_period(world: World) -> None:
    leader, address = world.who("duty_leader"), f"/desk/roster/substitution?window={CITY}&period={FIRST}"
    form = await page(leader, address)
    for each in ('<option value="leader-1">', '<option value="staff-2">', 'type="date"'):
        assert each in form.text
    assert "查重" not in form.text
    said = {"replaced_id": "staff-2", "substitute_id": "staff-9", "from_day": "2026-09-30", "to_day": "2026-09-30",
            "reason": "LEAVE", "words": "家中有事,请假一天"}  # fmt: skip
    done = await sent(leader, address, key=key_of(form), **said)
    assert (done.status_code, done.headers["location"]) == (303, HERE)
    assert world.intake.last() == (f"duty-periods/{FIRST}/substitutions", said, key_of(form))


async def test_what_intake_refuses_is_said_and_nothing_entered_is_lost(world: World) -> None:
    leader, address = world.who("duty_leader"), f"/desk/roster/substitution?window={CITY}&period={FIRST}"
    world.intake.refusal = (409, "duty.two_windows", "替班人员已在另一窗口")
    answer = await sent(leader, address, key="k-1", replaced_id="staff-2", words="家中有事")
    assert answer.status_code == 409
    for kept in ("替班人员已在另一窗口", "家中有事", '<option value="staff-2" selected>'):
        assert kept in answer.text
    assert key_of(answer) == "k-1"


async def test_the_department_decides_by_a_button(world: World) -> None:
    shown = await page(department(world), HERE)
    path = f"/desk/roster/substitutions/{ASKED}"
    done = await sent(department(world), f"{path}/approval?window={CITY}", key=key_of(shown))
    assert (done.status_code, done.headers["location"]) == (303, HERE)
    assert world.intake.last() == (f"substitutions/{ASKED}/approval", {}, key_of(shown))
    world.intake.refusal = (403, "role.missing", "替班须由本级或上级党风政风监督室批准")
    refused = await sent(world.who("duty_leader"), f"{path}/declination?window={CITY}", key="k-2")
    assert (refused.status_code, "替班须由本级或上级党风政风监督室批准" in refused.text) == (403, True)
    assert (await sent(department(world), f"{path}/whatever?window={CITY}", key="k-3")).status_code == 422


async def test_the_next_period_is_published_from_the_day_after_the_last(world: World) -> None:
    address = f"/desk/roster/period?window={CITY}"
    form = await page(department(world), address)
    assert 'value="2026-10-26"' in form.text
    said = {"start_date": "2026-10-26", "leader_id": "leader-1", "staff_ids": "staff-1\r\nstaff-2"}
    done = await sent(department(world), address, key=key_of(form), **said)
    assert done.status_code == 303
    body = {"window_id": CITY, "start_date": "2026-10-26", "leader_id": "leader-1", "staff_ids": ["staff-1", "staff-2"]}
    assert world.intake.last() == ("duty-periods", body, key_of(form))


async def test_the_handover_is_signed_under_the_list_of_open_matters(world: World) -> None:
    address = f"/desk/roster/handover?window={CITY}&period={FIRST}"
    assert "签字</button>" not in (await page(world.who("duty_staff"), address)).text
    leader = world.who("duty_leader")
    sheet = await page(leader, address)
    for shown in ("汴监窗〔2026〕000002号", "两件待反馈", "2026-10-10", "1件,交班签字时"):
        assert shown in sheet.text
    done = await sent(leader, address, key=key_of(sheet), notes=" 钥匙在抽屉里 ")
    assert (done.status_code, done.headers["location"]) == (303, HERE)
    assert world.intake.last() == (f"duty-periods/{FIRST}/handover", {"notes": "钥匙在抽屉里"}, key_of(sheet))


async def test_without_intake_the_page_says_so(world: World) -> None:
    world.intake.refusal = (503, "service.unavailable", "服务暂时不可用")
    for address in (HERE, f"/desk/roster/period?window={CITY}"):
        shown = await page(department(world), address)
        assert (shown.status_code, "服务暂时不可用" in shown.text) == (503, True)
