"""Intake over HTTP: words of danger, what the clerk is told at once, and who answers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import FORM, Desk, intake_desk


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


async def raised(desk: Desk) -> str:
    answer = await desk.staff.post("/matters", FORM | {"facts": "跑了六趟还是办不下来,老人说不想活了,家里人很着急。"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["matter_id"])


async def test_the_clerk_is_told_whom_to_call_and_the_words_stay_sealed(desk: Desk) -> None:
    matter = await raised(desk)
    alarm = (await desk.staff.get(f"/matters/{matter}")).json()["alarm"]
    assert [(each["danger"], each["call"]) for each in alarm["dangers"]] == [("SELF_HARM", "110、120")]
    assert alarm["acked_at"] is None
    events = [event for event in await desk.hall.published() if event["subject"] == matter]
    assert [event["type"] for event in events] == ["matter.registered", "matter.moved", "matter.alarm_raised"]
    assert events[-1]["data"]["dangers"] == ["SELF_HARM"]
    assert "不想活" not in str(events)
    rows = await desk.hall.query("SELECT m::text AS kept FROM matter m WHERE matter_id = $1", matter)
    assert "不想活" not in rows[0]["kept"]


async def test_what_was_settled_at_once_may_be_in_danger_still(desk: Desk) -> None:
    form = {"name": "赵某", "phone": "13800000002", "title": "三楼着火后办不了证", "done": "当场联系物业和窗口",
            "root_cause": "FLOW_POOR"}  # fmt: skip
    answer = (await desk.staff.post("/matters/on-the-spot", form)).json()
    assert (answer["state"], answer["alarm"]["dangers"][0]["call"]) == ("CLOSED", "119")
    done = await desk.leader.post(f"/matters/{answer['matter_id']}/alarm-acknowledgement")
    assert (done.status_code, done.json()["state"], done.json()["alarm"]["acked_by"]) == (200, "CLOSED", "leader-1")


async def test_the_leader_answers_at_once_and_those_above_after_five_minutes(desk: Desk) -> None:
    first, second = await raised(desk), await raised(desk)
    path = "/matters/{}/alarm-acknowledgement"
    for early in (desk.staff, desk.overseer):
        assert (await early.post(path.format(first))).json()["code"] in ("duty.not_leader", "role.missing")
    assert (await desk.leader.post(path.format(first))).status_code == 200
    assert (await desk.leader.post(path.format(first))).json()["code"] == "alarm.none_open"
    desk.at(START + timedelta(minutes=5))
    assert (await desk.staff.post(path.format(second))).json()["code"] == "duty.not_leader"
    assert (await desk.overseer.post(path.format(second))).status_code == 200
    assert (await desk.told(UUID(second)))[-1] == "matter.alarm_acknowledged"


async def test_another_window_and_a_unit_find_no_alarm(desk: Desk) -> None:
    matter = await raised(desk)
    for stranger in (desk.zone_staff, desk.unit):
        assert (await stranger.post(f"/matters/{matter}/alarm-acknowledgement")).status_code == 404
