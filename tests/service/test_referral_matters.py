"""Meetings and comparisons over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from shared.ids import new_id
from shared.store.vault import ERASED, Vault
from tests.engines import Engines
from tests.service.referral_desk import (
    COMPARISON,
    EXTRACT,
    GONE,
    U1,
    U2,
    Desk,
    closed,
    draft,
    erased,
    ok,
    referral_desk,
    refused,
    unit,
)

MEETING: dict[str, Any] = {
    "kind": "COORDINATION",
    "unit_ids": [U1, U2],
    "meets_at": "2026-09-28T15:00:00+08:00",
    "agenda": "三十二号院产权登记",
}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


async def test_a_meeting_is_called_held_twice_and_concluded(desk: Desk) -> None:
    matter_id = await desk.approved(draft())
    meeting = ok(await desk.leader.post(f"/matters/{matter_id}/meetings", MEETING), 201)
    path = f"/meetings/{meeting['meeting_id']}"
    ok(await desk.staff.post(f"{path}/sessions", {"present_unit_ids": [U1], "absent_unit_ids": [U2]}), 201)
    ok(await desk.staff.post(f"{path}/sessions", {"present_unit_ids": [U2, U1], "minutes": "现场会诊"}), 201)
    tasks = [{"unit_id": unit_id, "task": "补录房屋数据", "due": "2026-10-15"} for unit_id in (U1, U2)]
    done = ok(await desk.leader.post(f"{path}/conclusion", {"summary": "分头办理", "tasks": tasks}))
    assert (done["state"], len(done["sessions"])) == ("CONCLUDED", 2)
    said = await desk.said(matter_id, "meeting.scheduled", "meeting.session_held", "meeting.concluded")
    assert [event["type"].split(".")[1] for event in said] == ["scheduled", "session_held", "session_held", "concluded"]
    assert (said[1]["data"]["absent_unit_ids"], said[3]["data"]["sessions"]) == ([U2], 2)
    assert "补录" not in str(said)


async def test_an_invited_unit_sees_its_tasks_but_not_what_was_said(desk: Desk) -> None:
    matter_id = await desk.approved(draft())
    body = MEETING | {"unit_ids": [U1]}
    meeting = ok(await desk.leader.post(f"/matters/{matter_id}/meetings", body), 201)
    path = f"/meetings/{meeting['meeting_id']}"
    ok(await desk.staff.post(f"{path}/sessions", {"present_unit_ids": [U1], "minutes": "雷某情况属实"}), 201)
    task = {"unit_id": U1, "task": "补录房屋数据", "due": "2026-10-15"}
    ok(await desk.leader.post(f"{path}/conclusion", {"summary": "雷某所述成立", "tasks": [task]}))
    [seen] = ok(await desk.handler.get(f"/matters/{matter_id}/meetings"))["items"]
    assert (seen["tasks"], seen["agenda"], seen["summary"]) == ([task], None, None)
    assert "雷某" not in str(seen)
    assert ok(await desk.second_unit.get(f"/matters/{matter_id}/meetings"))["items"] == []
    assert "雷某" in str(ok(await desk.staff.get(f"/matters/{matter_id}/meetings")))


async def test_one_meeting_at_a_time_called_by_the_leader(desk: Desk) -> None:
    matter_id = await desk.approved(draft())
    path = f"/matters/{matter_id}/meetings"
    refused(await desk.staff.post(path, MEETING), 403, "duty.not_leader")
    refused(await desk.handler.post(path, MEETING), 403, "role.missing")
    refused(await desk.leader.post(path, MEETING | {"unit_ids": [GONE]}), 422, "unit.abolished")
    refused(await desk.leader.post(path, MEETING | {"unit_ids": []}), 422, "meeting.units")
    refused(await desk.leader.post(path, MEETING | {"meets_at": "2026-09-28T15:00:00"}), 422, "form.invalid")
    ok(await desk.leader.post(path, MEETING), 201)
    refused(await desk.leader.post(path, MEETING), 409, "meeting.still_open")


async def test_a_matter_not_here_yet_is_asked_for_again(desk: Desk) -> None:
    answer = refused(await desk.leader.post(f"/matters/{new_id()}/meetings", MEETING), 404, "not_here_yet")
    assert answer["retry_after_ms"] == 200
    refused(await desk.leader.post(f"/meetings/{new_id()}/sessions", {}), 404, "not_found")


async def test_when_a_reporter_is_erased_no_word_and_no_key_of_the_matter_is_left(desk: Desk) -> None:
    matter_id, order_id = await desk.filed("删除")
    meeting = ok(await desk.leader.post(f"/matters/{matter_id}/meetings", MEETING | {"unit_ids": [U1]}), 201)
    path = f"/meetings/{meeting['meeting_id']}"
    ok(await desk.staff.post(f"{path}/sessions", {"present_unit_ids": [U1], "minutes": "雷某情况属实"}), 201)
    ok(await desk.staff.post(f"/matters/{matter_id}/comparisons", COMPARISON), 201)
    [before] = await desk.hall.query("SELECT data_key FROM matter WHERE matter_id = $1", matter_id)
    await desk.hall.publish(closed(matter_id), erased(matter_id))
    await desk.hall.caught_up()
    [after] = await desk.hall.query("SELECT data_key FROM matter WHERE matter_id = $1", matter_id)
    assert before["data_key"] != after["data_key"]
    order = await desk.order(order_id)
    shown = [order, await desk.orders(matter_id), ok(await desk.staff.get(f"/matters/{matter_id}/meetings")),
             ok(await desk.staff.get(f"/matters/{matter_id}/comparisons"))]  # fmt: skip
    assert (order["title"], order["answers"]) == (ERASED, [])
    for said in ("雷某", EXTRACT["demand"], "消防和计量", MEETING["agenda"], "洛政"):
        assert said not in str(shown)
    assert order["order_no"]
    assert str(shown).count(U1) > 1
    vault = Vault.from_file(desk.hall.settings.master_key_file)
    rows = await desk.hall.query("SELECT order_id, words FROM orders WHERE matter_id = $1", matter_id)
    for row in rows:
        with pytest.raises(InvalidTag):
            vault.open(before["data_key"], row["words"], f"referral.words:{row['order_id']}")


async def test_a_comparison_names_number_and_date(desk: Desk) -> None:
    matter_id = await desk.approved(draft())
    path = f"/matters/{matter_id}/comparisons"
    row = COMPARISON["rows"][0]
    no_number, no_date = row | {"number": " "}, {key: row[key] for key in row if key != "effective_on"}
    refused(await desk.staff.post(path, {"needed": True, "rows": [no_number]}), 422, "comparison.no_number")
    refused(await desk.staff.post(path, {"needed": True, "rows": [no_date]}), 422, "comparison.no_date")
    refused(await desk.staff.post(path, {"needed": False}), 422, "comparison.no_reason")
    refused(await desk.other_window.post(path, COMPARISON), 404, "not_found")
    looser = COMPARISON | {"rows": [row, row | {"city": "郑州市", "verdict": "LOOSER"}]}
    ok(await desk.staff.post(path, looser), 201)
    [event] = await desk.said(matter_id, "comparison.recorded")
    assert (event["data"]["cities"], event["data"]["looser"]) == (2, 1)
    assert len(ok(await desk.staff.get(path))["items"][0]["rows"]) == 2
    assert ok(await desk.handler.get(path))["items"] == []


async def test_ids_and_dates_that_no_database_takes_are_refused_as_a_form(desk: Desk) -> None:
    matter_id = await desk.approved(draft())
    path = f"/matters/{matter_id}/meetings"
    refused(await desk.leader.post(path, MEETING | {"unit_ids": ["\x00"]}), 422, "form.invalid")
    for moment in ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-09-27T10:00:00+08:00"):
        refused(await desk.leader.post(path, MEETING | {"meets_at": moment}), 422, "meeting.date")
    odd = MEETING | {"meets_at": "2026-09-30T10:00:00+23:00"}
    assert ok(await desk.leader.post(path, odd), 201)["meets_at"] == "2026-09-29T19:00:00+08:00"
    refused(await desk.staff.get("/orders", unit="\x00"), 422, "form.invalid")
    report = ok(await desk.overseer.post("/units/import", {"rows": [unit(U1, name="某\x00"), unit(U2, kind=None)]}))
    assert [line["code"] for line in report["rows"]] == ["form.invalid", "form.invalid"]
