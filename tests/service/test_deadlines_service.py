"""Deadlines as it runs: events in from the real bus, clocks and lights out, on a simulated clock."""

from collections.abc import AsyncIterator
from datetime import date, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import Event
from shared.contracts.codes import MatterState as S
from shared.contracts.intake import DutyPeriodPublished, WindowOpened
from shared.contracts.referral import UnitRegistered
from shared.ids import new_id
from shared.web.paging import encode
from tests.engines import Engines
from tests.harness import Client, Hall, hall
from tests.unit import deadlines_story as story
from tests.unit.deadlines_story import (
    accepted,
    acked,
    answered,
    approved,
    at,
    drafted,
    extension_asked,
    extension_decided,
    feedback,
    issued,
    moved,
    order_accepted,
    registered,
    resumed,
    suspended,
    triaged,
)

WINDOW = "410200-W1"
SOURCES = ("intake", "triage", "referral")


@pytest.fixture(scope="module")
async def deadlines(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "deadlines", Path(tmp_path_factory.mktemp("deadlines"))) as running:
        await running.publish(window(WINDOW))
        await running.caught_up()
        yield running


def window(
    window_id: str, opens: time = time(9), closes: time = time(17), org: str = "410200"
) -> WindowOpened:  # fmt: skip
    return WindowOpened(
        window_id=window_id, org_code=org, level="CITY", name="市民之家监督窗口",
        morning=(opens, time(12)), afternoon=(time(13), closes),
    )  # fmt: skip


def unit(unit_id: str, principal: str, deputies: list[str]) -> UnitRegistered:
    return UnitRegistered(
        unit_id=unit_id, org_code="410200", name="某局", kind="GOVERNMENT", principal_id=principal, deputy_ids=deputies,
        valid_from=date(2020, 1, 1),
    )  # fmt: skip


def period(first: str, last: str, leader: str, staff: list[str]) -> DutyPeriodPublished:
    days = {"start_date": at(f"{first} 00:00").date(), "end_date": at(f"{last} 00:00").date()}
    return DutyPeriodPublished(
        period_id=f"{WINDOW}-{first}", window_id=WINDOW, org_code="410200", leader_id=leader, staff_ids=staff, **days
    )


class Matter:
    """One matter of its own: the events of a story with fresh ids."""

    def __init__(self, hall: Hall, window_id: str = WINDOW, org: str = "410200") -> None:
        self.hall, self.id = hall, new_id()
        self.orders = {old: new_id() for old in story.ORDERS}
        self.place = {"matter_id": self.id, "window_id": window_id, "org_code": org}

    async def told(self, *events: Event) -> None:
        await self.hall.publish(*map(self._own, events))
        await self.hall.caught_up()

    async def clock(self, rule: str) -> dict[str, Any]:
        [found] = [dict(row) for row in await self.rows() if row["rule"] == rule]
        return found

    async def rows(self) -> list[Any]:
        return await self.hall.query("SELECT * FROM deadline WHERE matter_id = $1", self.id)

    async def heard(self, *kinds: str) -> list[dict[str, Any]]:
        published = await self.hall.published()
        return [event for event in published if event["subject"] == str(self.id) and event["type"] in kinds]

    def _own(self, event: Event) -> Event:
        order = getattr(event, "order_id", None)
        return event.model_copy(update=self.place | ({"order_id": self.orders[order]} if order else {}))


async def time_is(hall: Hall, when: str) -> None:
    """Move the simulated clock, nothing being on its way, and wait until everything due by then has fired."""
    hall.time.set(at(when))
    await hall.all_is_out(*SOURCES)
    await hall.until(lambda: _none(hall.query("SELECT 1 FROM timer WHERE at <= $1", at(when))))


async def _none(rows: Any) -> bool:
    return not await rows


def staff(hall: Hall, window_id: str | None = WINDOW) -> Client:
    return hall.client("u-staff", "duty_staff", window=window_id)


async def test_the_calendar_is_loaded_at_the_first_start_and_published(deadlines: Hall) -> None:
    years = await deadlines.published("calendar.year_loaded")
    assert [(e["data"]["year"], e["data"]["status"]) for e in years] == [
        (2025, "official"), (2026, "official"), (2027, "provisional"),
    ]  # fmt: skip
    answer = (await staff(deadlines).get("/calendar")).json()
    listed = {year["year"]: (year["status"], year["doc_no"]) for year in answer["years"]}
    assert [*listed] == [*range(2012, 2028)]
    assert listed[2026] == ("official", "国办发明电〔2025〕7号")
    assert (listed[2024], listed[2027]) == (("historical", None), ("provisional", None))
    assert len(answer["calendar_version"]) == 12


async def test_c6_the_ladder_comes_at_its_minutes_each_step_once(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("09-28 10:00"))
    await matter.told(
        registered("09-28 09:10"), accepted("09-28 09:20"), triaged("09-28 09:40"), approved("09-28 09:50"),
        drafted("09-28 09:50"), moved(S.HANDLING, "T07", "09-28 09:50"), issued("09-28 10:00"),
    )  # fmt: skip
    assert {row["rule"] for row in await matter.rows()} == {"D02", "D04", "D05", "D06", "D10"}
    for when in ("09-28 13:00", "09-29 16:59"):
        await time_is(deadlines, when)
    assert await matter.heard("order.ack_missed") == []
    for when in ("09-29 17:00", "10-13 17:00", "10-23 18:00"):
        await time_is(deadlines, when)
    steps = [e["data"] for e in await matter.heard("supervision.reached")]
    assert [(s["rule"], s["level"], _hour(s["reached_at"]), _hour(s["sent_at"])) for s in steps] == [
        ("D06", "BLUE", "09-28 13:00", "09-28 13:00"),
        ("D06", "YELLOW", "09-28 15:00", "09-28 15:00"),
        ("D06", "RED", "09-29 17:00", "09-30 09:00"),
        ("D15", "REMIND", "10-09 13:30", "10-09 13:30"),
        ("D15", "BLUE", "10-12 09:00", "10-12 09:00"),
        ("D15", "YELLOW", "10-13 17:00", "10-14 09:00"),
        ("D15", "RED", "10-16 17:00", "10-19 09:00"),
        ("D15", "LISTED", "10-21 17:00", "10-22 09:00"),
    ]
    [missed] = await matter.heard("order.ack_missed")
    assert (_hour(missed["data"]["delivered_at"]), _hour(missed["data"]["missed_at"])) == ("09-28 10:00", "09-29 17:00")
    d15 = await matter.clock("D15")
    assert (d15["due_at"], d15["level"], d15["stopped_at"]) == (at("10-13 17:00"), "LISTED", None)
    kinds = [(e["type"], e["data"]["rule"]) for e in await matter.heard("deadline.started", "deadline.stopped")]
    assert kinds[-1] == ("deadline.started", "D15")


async def test_steps_missed_while_away_are_caught_up_in_order(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-23 18:00"))
    await matter.told(issued("09-28 10:00"))
    await time_is(deadlines, "10-23 18:00")
    reached = [e["data"]["reached_at"] for e in await matter.heard("supervision.reached")]
    assert len(reached) == 8
    assert reached == sorted(reached)


async def test_an_answer_in_time_that_comes_late_withdraws_the_red_light(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("09-30 09:30"))
    await matter.told(issued("09-29 16:00", rule="D13"), acked("09-30 09:30"))
    await time_is(deadlines, "10-12 12:00")
    assert (await matter.clock("D13"))["level"] == "RED"
    await matter.told(answered("10-10 16:50"))
    d13 = await matter.clock("D13")
    assert (d13["level"], d13["stopped_at"], d13["stop_event"]) == ("BLUE", at("10-10 16:50"), "order.answered")
    withdrawn = await matter.heard("supervision.withdrawn")
    assert [e["data"]["level"] for e in withdrawn if e["data"]["rule"] == "D13"] == ["YELLOW", "RED"]
    [stopped] = [e["data"] for e in await matter.heard("deadline.stopped") if e["data"]["rule"] == "D13"]
    assert stopped["overdue"] is False
    assert await deadlines.query("SELECT 1 FROM timer WHERE deadline_id = $1", d13["id"]) == []


async def test_a_paused_clock_says_until_when_and_runs_again_by_itself_once(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-12 11:00"))
    await matter.told(issued("10-12 10:00"), acked("10-12 11:00"))
    await time_is(deadlines, "10-14 11:00")
    await matter.told(suspended("10-14 10:00", "10-20"))
    await time_is(deadlines, "10-19 12:00")
    path = {"matter": matter.id, "state": "OPEN"}
    [paused] = (await staff(deadlines).get("/deadlines", **path)).json()["items"]
    assert (paused["paused_at"], paused["resumes_at"], paused["due_at"], paused["overdue"]) == (
        "2026-10-14T10:00:00+08:00", "2026-10-20T09:00:00+08:00", "2026-10-27T17:00:00+08:00", False,
    )  # fmt: skip
    assert await matter.heard("deadline.resumed", "supervision.reached") == []
    for when in ("10-20 09:00", "10-20 12:00"):
        await time_is(deadlines, when)
    await matter.told(resumed("10-20 09:00", automatic=True))
    [back] = [event["data"] for event in await matter.heard("deadline.resumed")]
    assert (back["automatic"], _hour(back["resumed_at"]), _hour(back["previous_due_at"]), _hour(back["due_at"])) == (
        True, "10-20 09:00", "10-21 17:00", "10-27 17:00",
    )  # fmt: skip
    [running] = (await staff(deadlines).get("/deadlines", **path)).json()["items"]
    assert (running["paused_at"], running["resumes_at"]) == (None, None)
    assert [step["level"] for step in running["steps"]] == ["REMIND", "BLUE", "YELLOW", "RED", "LISTED"]


async def test_an_extension_moves_what_is_stored_and_told(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-12 11:00"))
    await matter.told(issued("10-12 10:00"), acked("10-12 11:00"))
    await time_is(deadlines, "10-14 11:00")
    await matter.told(extension_decided("10-14 10:00", "5WD"))
    await matter.told(extension_decided("10-14 10:30", "2WD"))
    assert (await matter.clock("D15"))["due_at"] == at("10-30 17:00")
    moves = [event["data"] for event in await matter.heard("deadline.moved")]
    assert [(_hour(move["previous_due_at"]), _hour(move["due_at"])) for move in moves] == [
        ("10-21 17:00", "10-28 17:00"), ("10-28 17:00", "10-30 17:00"),
    ]  # fmt: skip


async def test_a_callback_officer_sees_the_call_backs_of_the_own_window_alone(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-13 15:30"))
    await matter.told(registered("10-13 09:10"), feedback("10-13 15:00"))

    async def seen(window_id: str) -> list[str]:
        reader = deadlines.client("u-caller", "callback_officer", window=window_id)
        return [item["rule"] for item in (await reader.get("/deadlines", matter=matter.id)).json()["items"]]

    assert [await seen(WINDOW), await seen("410200-W9")] == [["D21"], []]


async def test_a_judgement_that_overtakes_the_acceptance_stops_its_clock_all_the_same(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-23 18:00"))
    await matter.told(triaged("10-23 10:00"))
    await matter.told(registered("10-23 09:30"), accepted("10-23 09:40"))
    d04 = await matter.clock("D04")
    assert (d04["started_at"], d04["stopped_at"], d04["level"]) == (at("10-23 09:40"), at("10-23 10:00"), None)


async def test_dates_are_counted_by_the_hours_of_the_window(deadlines: Hall) -> None:
    early = f"410200-W{new_id().hex[-6:]}"
    matter = Matter(deadlines, early)
    deadlines.time.set(at("10-23 18:00"))
    await deadlines.publish(matter._own(registered("10-23 08:30")))
    parked = "SELECT reason FROM parked WHERE subject = $1"
    [row] = await deadlines.until(lambda: deadlines.query(parked, str(matter.id)))
    assert "办公时间" in row["reason"]
    await deadlines.publish(window(early, time(8), time(18)))
    await deadlines.until(matter.rows)
    assert (await matter.clock("D02"))["due_at"] == at("10-28 18:00")


async def test_a_whole_way_ends_with_nothing_running_and_no_timer_left(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-13 09:00"))
    await matter.told(
        registered("10-13 09:10"), accepted("10-13 09:20"), triaged("10-13 09:40"), approved("10-13 09:50"),
        drafted("10-13 09:50"), issued("10-13 10:00"), acked("10-13 10:30"), answered("10-13 14:00"),
        order_accepted("10-13 14:30"), moved(S.FEEDBACK, "T17", "10-13 14:30"), feedback("10-13 15:00"),
        moved(S.CLOSED, "T19", "10-13 15:30"),
    )  # fmt: skip
    rows = await matter.rows()
    assert {row["rule"] for row in rows} == {"D02", "D04", "D05", "D06", "D10", "D15", "D19", "D20", "D21"}
    assert all(row["stopped_at"] and not row["level"] for row in rows)
    assert await deadlines.query("SELECT 1 FROM timer WHERE matter_id = $1", matter.id) == []


async def test_a_page_of_clocks_is_read_by_due_time_and_filtered(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-13 09:30"))
    await matter.told(registered("10-13 09:10"), accepted("10-13 09:20"))
    reader = staff(deadlines)
    open_only = (await reader.get("/deadlines", matter=matter.id, state="OPEN")).json()
    assert [item["rule"] for item in open_only["items"]] == ["D04"]
    first = (await reader.get("/deadlines", matter=matter.id, limit=2)).json()
    second = (await reader.get("/deadlines", matter=matter.id, limit=2, after=first["next"])).json()
    seen = [item["rule"] for item in first["items"] + second["items"]]
    assert (sorted(seen), second["next"]) == (["D02", "D04", "D10"], None)
    [d04] = open_only["items"]
    assert (d04["name"], d04["limit_name"], d04["due_at"]) == ("研判", "1个工作日", "2026-10-14T17:00:00+08:00")
    assert (d04["provisional"], d04["overdue"], d04["level"]) == (False, False, None)
    assert next((step["name"], step["state"]) for step in d04["steps"]) == ("蓝色提醒", "PENDING")
    one = (await reader.get(f"/deadlines/{d04['deadline_id']}")).json()
    assert one == d04


async def test_a_unit_sees_its_limit_and_nothing_that_tells_the_kind(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-13 09:30"))
    await matter.told(
        registered("10-13 09:10"), issued("10-13 09:15", rule="D12"), acked("10-13 09:30"), answered("10-13 09:30")
    )  # fmt: skip
    deadlines.time.set(at("10-13 11:00"))
    unit = deadlines.client("u-handler", "unit_handler", org_type="UNIT", unit="410200-U00")
    items = (await unit.get("/deadlines", matter=matter.id)).json()["items"]
    assert sorted((item["name"], item["limit_name"]) for item in items) == [
        ("办理期限", "3个工作日"), ("承办单位签收", "4个工作小时"),
    ]  # fmt: skip
    assert {item["rule"] for item in items} == {None}
    assert "不给办" not in str(items)
    other = deadlines.client("u-other", "unit_handler", org_type="UNIT", unit="410200-U09")
    assert (await other.get("/deadlines", matter=matter.id)).json()["items"] == []
    hidden = await other.get(f"/deadlines/{items[0]['deadline_id']}")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")


async def test_a_county_sees_itself_and_the_city_sees_down(deadlines: Hall) -> None:
    matter = Matter(deadlines, org="410221")
    deadlines.time.set(at("10-13 09:30"))
    await matter.told(registered("10-13 09:10"))

    async def seen_by(org: str) -> int:
        reader = deadlines.client(f"u-{org}", "supervision_dept", org=org)
        return len((await reader.get("/deadlines", matter=matter.id)).json()["items"])

    assert [await seen_by(org) for org in ("410221", "410200", "410222", "41022")] == [2, 2, 0, 0]
    assert (await staff(deadlines, "410200-W9").get("/deadlines", matter=matter.id)).json()["items"] == []


@pytest.mark.parametrize(
    ("path", "asked", "status", "code"),
    [
        ("", {"state": "SOON"}, 422, "form.invalid"),
        ("", {"matter": "1"}, 422, "form.invalid"),
        ("", {"unit": "\0"}, 422, "form.invalid"),
        ("", {"limit": 0}, 422, "form.invalid"),
        ("", {"after": "nonsense"}, 400, "cursor.invalid"),
        ("", {"after": encode(["2026-10-10T10:00:00", UUID(int=5)])}, 400, "cursor.invalid"),
        ("", {"after": encode(["0001-01-01T00:00:00+08:00", UUID(int=5)])}, 400, "cursor.invalid"),
        ("", {"after": encode([1, 2])}, 400, "cursor.invalid"),
        (f"/{UUID(int=5)}", {}, 404, "not_found"),
        ("/five", {}, 422, "form.invalid"),
    ],
)
async def test_questions_that_make_no_sense_get_a_code(
    deadlines: Hall, path: str, asked: dict[str, Any], status: int, code: str
) -> None:
    answer = await staff(deadlines).get(f"/deadlines{path}", **asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_accounts_that_have_nothing_to_do_with_deadlines_are_refused(deadlines: Hall) -> None:
    for role in ("audit_admin", "system_admin", "hall_admin"):
        answer = await deadlines.client("u-x", role).get("/deadlines")
        assert (answer.status_code, answer.json()["code"]) == (403, "role.missing")
    assert (await Client(deadlines.base, "").get("/deadlines")).status_code == 401


def _hour(moment: str) -> str:
    assert moment.endswith("+08:00"), moment
    return moment[5:16].replace("T", " ")


async def test_a_clock_is_explained_day_by_day_and_a_unit_does_not_learn_the_rule(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("09-30 10:00"))
    await matter.told(issued("09-30 09:30", rule="D13"), acked("09-30 10:00"))
    clock = await matter.clock("D13")
    path = f"/deadlines/{clock['id']}/explanation"
    found = (await staff(deadlines).get(path)).json()
    assert (found["rule"], found["limit_name"], found["start_name"]) == ("D13", "3个工作日", "承办单位签收")
    assert (found["rule_version"], "系统内置" in found["rule_basis"]) == (1, True)
    assert [f"{line['days']} {line['text']}" for line in found["lines"]][1:] == [
        "2026-10-01(周四)至2026-10-07(周三) 国庆节放假(国办发明电〔2025〕7号),不计",
        "2026-10-08(周四) 第1个工作日",
        "2026-10-09(周五) 第2个工作日",
        "2026-10-10(周六) 第3个工作日,补班(国办发明电〔2025〕7号)",
        "2026-10-10(周六) 当日17:00截止",
    ]
    assert (found["due_at"], found["counted_due_at"], found["agrees"]) == (
        "2026-10-10T17:00:00+08:00", "2026-10-10T17:00:00+08:00", True,
    )  # fmt: skip
    assert (found["office_hours"], found["calendar_version"]) == ("09:00-12:00,13:00-17:00", found["counted_by"])
    unit = deadlines.client("u-handler", "unit_handler", unit=clock["unit_id"], org_type="UNIT")
    told = await unit.get(path)
    assert (told.json()["rule"], told.json()["name"], told.json()["limit_name"]) == (None, "办理期限", "3个工作日")
    assert (told.json()["rule_version"], told.json()["rule_basis"]) == (None, None)
    assert "D13" not in told.text
    assert "不能办" not in told.text
    other = deadlines.client("u-other", "duty_staff", window="410200-W9")
    assert (await other.get(path)).status_code == 404
    assert (await staff(deadlines).get(f"/deadlines/{new_id()}/explanation")).status_code == 404


async def test_hours_that_changed_since_a_clock_started_are_said_in_its_explanation(deadlines: Hall) -> None:
    changed = f"410200-W{new_id().hex[-6:]}"
    matter = Matter(deadlines, changed)
    deadlines.time.set(at("10-13 18:00"))
    await deadlines.publish(window(changed))
    await deadlines.caught_up()
    await matter.told(registered("10-13 09:30"))
    await deadlines.publish(window(changed, time(9), time(18)))
    await deadlines.caught_up()
    clock = await matter.clock("D02")
    found = (await staff(deadlines, changed).get(f"/deadlines/{clock['id']}/explanation")).json()
    assert (found["due_at"], found["counted_due_at"], found["agrees"]) == (
        "2026-10-16T17:00:00+08:00", "2026-10-16T18:00:00+08:00", False,
    )  # fmt: skip
    assert "办公时间" in found["why_differs"]


async def test_no_light_comes_while_an_event_of_the_matter_is_parked(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-12 11:00"))
    await matter.told(issued("10-12 10:00"), acked("10-12 11:00"))  # due 10-21 17:00
    missing, answer = (matter._own(event) for event in (extension_asked("10-13 10:00"), answered("10-21 16:50")))
    number = deadlines.sequences["referral", str(matter.id)]
    raw = [
        (str(matter.id), number + n, e.CE_TYPE, e.model_dump_json().encode())
        for n, e in enumerate((missing, answer), 1)
    ]
    await deadlines.publish_raw("referral", *raw[1])
    await deadlines.until(lambda: deadlines.query("SELECT 1 FROM parked WHERE subject = $1", str(matter.id)))
    deadlines.time.set(at("10-27 10:00"))
    await deadlines.all_is_out(*SOURCES)
    other = Matter(deadlines)
    await other.told(issued("10-12 10:00"), acked("10-12 11:00"))
    await deadlines.until(lambda: other.heard("supervision.reached"))  # whose lights come
    assert await matter.heard("supervision.reached") == []
    shown = (await staff(deadlines).get("/deadlines", matter=matter.id, state="OPEN")).json()["items"]
    assert {each["rule"]: each["unconfirmed"] for each in shown}["D15"]
    await deadlines.publish_raw("referral", *raw[0])
    await deadlines.until(lambda: _none(deadlines.query("SELECT 1 FROM parked WHERE subject = $1", str(matter.id))))
    await time_is(deadlines, "10-27 10:00")
    clock = await matter.clock("D15")
    assert (clock["stopped_at"], clock["level"]) == (at("10-21 16:50"), "BLUE")


async def test_papers_go_out_at_the_next_opening_to_the_people_of_that_day(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-13 10:00"))
    await deadlines.publish(
        unit("410200-U00", principal="principal@u", deputies=["deputy@u"]),
        period("10-12", "10-25", leader="leader@w", staff=["a@w"]),
    )
    await matter.told(registered("10-13 09:05"), issued("10-13 09:30"), acked("10-13 10:00"))
    await time_is(deadlines, "10-22 17:30")
    assert [event["data"]["level"] for event in await matter.heard("supervision.sent") if _is_d15(event)] == [
        "REMIND", "BLUE",
    ]  # fmt: skip
    await time_is(deadlines, "10-23 09:00")
    *_, yellow = [event["data"] for event in await matter.heard("supervision.sent") if _is_d15(event)]
    assert (yellow["level"], yellow["reached_at"][5:16], yellow["sent_at"][5:16]) == (
        "YELLOW", "10-22T17:00", "10-23T09:00",
    )  # fmt: skip
    assert [(each["role"], each["account_id"], each["copy_only"]) for each in yellow["addressees"]] == [
        ("unit_deputy", "deputy@u", False), ("duty_leader", "leader@w", True),
    ]  # fmt: skip


async def test_a_citys_window_sees_a_countys_clock_once_it_went_up(deadlines: Hall) -> None:
    await deadlines.publish(window("410221-W1", org="410221"))
    matter = Matter(deadlines, "410221-W1", "410221")
    deadlines.time.set(at("10-12 11:00"))
    await matter.told(issued("10-12 10:00"), acked("10-12 11:00"))
    city = staff(deadlines)
    await time_is(deadlines, "10-27 09:00")  # red, not for two working days yet
    assert (await city.get("/deadlines", matter=matter.id)).json()["items"] == []
    await time_is(deadlines, "10-29 09:00")
    shown = (await city.get("/deadlines", matter=matter.id)).json()["items"]
    assert [(each["rule"], each["level"]) for each in shown if each["level"]] == [("D15", "RAISED")]
    [raised] = [e["data"] for e in await matter.heard("supervision.sent") if e["data"]["level"] == "RAISED"]
    assert raised["addressees"][0] == {
        "role": "supervision_dept", "account_id": None, "org_code": "410200", "unit_id": None, "copy_only": False,
    }  # fmt: skip


def _is_d15(event: dict[str, Any]) -> bool:
    return bool(event["data"]["rule"] == "D15")
