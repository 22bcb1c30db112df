"""Loading a year of the calendar into deadlines as it runs: what moves, what stays, and who waits for whom."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.deadlines.store.years import LOCK
from shared.ids import new_id
from shared.workdays import builtin_calendar, parse_year
from tests.engines import Engines
from tests.harness import Client, Hall, hall, started_again
from tests.service.test_deadlines_service import WINDOW, Matter, time_is, window
from tests.unit.deadlines_story import acked, at, issued, registered, suspended
from tests.unit.test_deadlines_recount import MADE_UP_2027

YEARS = "/calendar/years"
AMENDED = MADE_UP_2027 | {
    "status": "amended",
    "doc_no": "测试〔2026〕9号",
    "days": {"holidays": [["元旦", "2027-01-01", "2027-01-03"]], "makeup_days": []},
}


@pytest.fixture
async def deadlines(engines: Engines, tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(engines, "deadlines", tmp_path) as running:
        await running.publish(window(WINDOW))
        await running.caught_up()
        yield running


def department(hall: Hall, org: str = "410200") -> Client:
    return hall.client("u-dept", "supervision_dept", org=org)


async def load(hall: Hall, content: dict[str, Any], **given: Any) -> dict[str, Any]:
    answer = await department(hall).post(YEARS, {"content": content, **given})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def tried(hall: Hall, content: dict[str, Any], **given: Any) -> dict[str, Any]:
    answer = await department(hall).post(f"{YEARS}?dry_run=true", {"content": content, **given})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def running_at_the_end_of_december(hall: Hall) -> tuple[Matter, Matter, Matter]:
    """One whose date will move, one that becomes firm where it is, and one that is firm already."""
    hall.time.set(at("12-01 10:30"))
    firm, moving, staying = Matter(hall), Matter(hall), Matter(hall)
    await firm.told(issued("12-01 09:30"), acked("12-01 10:00"))
    hall.time.set(at("12-29 11:00"))
    await moving.told(issued("12-29 09:30", rule="D13"), acked("12-29 10:00"))
    await staying.told(issued("12-24 09:30"), acked("12-24 10:00"))
    return moving, staying, firm


async def state_of(hall: Hall) -> list[Any]:
    tables = ("deadline", "timer", "matter", "calendar_year", "calendar_year_past", "outbox", "idempotency")
    return [sorted(map(str, await hall.query(f"SELECT * FROM {table}"))) for table in tables]


async def test_an_official_year_moves_exactly_the_dates_that_were_provisional(deadlines: Hall) -> None:
    moving, staying, firm = await running_at_the_end_of_december(deadlines)
    before = await firm.clock("D15")
    done = await load(deadlines, MADE_UP_2027)
    assert (done["changed"], done["moved"], done["confirmed"]) == (True, 1, 1)
    assert done["changed_days"][:2] == ["2026-12-26", "2026-12-31"]

    [told] = [event["data"] for event in await moving.heard("deadline.moved")]
    assert (told["previous_due_at"], told["due_at"]) == ("2027-01-04T17:00:00+08:00", "2027-01-05T17:00:00+08:00")
    assert (told["provisional"], told["calendar_version"]) == (False, done["new_calendar_version"])
    moved = await moving.clock("D13")
    assert (str(moved["due_at"]), moved["provisional"]) == ("2027-01-05 09:00:00+00:00", False)
    [timer] = await deadlines.query("SELECT at FROM timer WHERE deadline_id = $1", moved["id"])
    assert str(timer["at"]) == "2027-01-04 01:00:00+00:00"  # blue comes a working day before the new date

    [same] = [event["data"] for event in await staying.heard("deadline.moved")]
    assert (same["previous_due_at"], same["provisional"]) == (same["due_at"], False)
    assert await firm.clock("D15") == before
    assert await firm.heard("deadline.moved") == []

    [*_, year] = await deadlines.published("calendar.year_loaded")
    assert parse_year(year["data"]) == parse_year(MADE_UP_2027)
    assert year["data"]["sha256"] == done["sha256"]


async def test_a_dry_run_tells_all_that_would_move_and_changes_nothing(deadlines: Hall) -> None:
    await running_at_the_end_of_december(deadlines)
    before = await state_of(deadlines)
    would = await tried(deadlines, MADE_UP_2027)
    assert await state_of(deadlines) == before
    does = await load(deadlines, MADE_UP_2027, calendar_version=would["calendar_version"])
    assert would | {"dry_run": False} == does
    assert {each["rule"] for each in would["deadlines"]} == {"D13", "D15"}


async def test_the_same_year_again_changes_nothing_and_says_so(deadlines: Hall) -> None:
    await running_at_the_end_of_december(deadlines)
    key = {"idempotency_key": str(new_id())}
    first = await department(deadlines).post(YEARS, {"content": MADE_UP_2027}, **key)
    assert (await department(deadlines).post(YEARS, {"content": MADE_UP_2027}, **key)).json() == first.json()
    before = len(await deadlines.published())
    again = await load(deadlines, MADE_UP_2027 | {"title": "换一个标题"})
    assert (again["changed"], again["moved"], again["deadlines"]) == (False, 0, [])
    assert again["calendar_version"] == again["new_calendar_version"] == first.json()["new_calendar_version"]
    assert len(await deadlines.published()) == before
    assert len(await deadlines.query("SELECT 1 FROM calendar_year_past")) == 1


async def test_an_official_year_changes_only_by_an_amendment_with_number_and_reason(deadlines: Hall) -> None:
    moving, _, firm = await running_at_the_end_of_december(deadlines)
    first = await load(deadlines, MADE_UP_2027)
    for content, given, code in [
        (AMENDED | {"status": "official"}, {"reason": "调整"}, "calendar.amend_only"),
        (AMENDED | {"doc_no": None}, {"reason": "调整"}, "calendar.invalid"),
        (AMENDED, {}, "calendar.no_reason"),
        (builtin_calendar().years[2027].to_json(), {}, "calendar.amend_only"),
        (AMENDED | {"sha256": "0" * 64}, {"reason": "调整"}, "calendar.invalid"),
        (builtin_calendar().years[2020].to_json() | {"doc_no": "1号"}, {}, "calendar.final"),
    ]:
        for path in (YEARS, f"{YEARS}?dry_run=true"):
            answer = await department(deadlines).post(path, {"content": content, **given})
            assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    done = await load(deadlines, AMENDED, reason="国务院办公厅调整元旦放假安排")
    assert (done["moved"], done["replaced"]["doc_no"]) == (1, MADE_UP_2027["doc_no"])
    assert str((await moving.clock("D13"))["due_at"]) == "2027-01-04 09:00:00+00:00"
    assert await firm.heard("deadline.moved") == []

    reader = department(deadlines)
    now = (await reader.get("/calendar")).json()
    then = (await reader.get("/calendar", version=first["new_calendar_version"])).json()
    oldest = (await reader.get("/calendar", version=first["calendar_version"])).json()
    assert [each["years"][-1]["status"] for each in (now, then, oldest)] == ["amended", "official", "provisional"]
    assert (now["years"][-1]["reason"], then["years"][-1]["sha256"]) == (
        "国务院办公厅调整元旦放假安排",
        first["sha256"],
    )
    unknown = await reader.get("/calendar", version="0" * 12)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "calendar.version_unknown")


async def test_counted_moments_of_facts_move_as_well(deadlines: Hall) -> None:
    unsigned, paused = Matter(deadlines), Matter(deadlines)
    deadlines.time.set(at("12-30 17:00"))
    await unsigned.told(issued("12-30 16:00", rule="D13"))
    await paused.told(issued("12-21 09:30"), acked("12-21 10:00"), suspended("12-22 10:00", "12-31"))
    await load(deadlines, MADE_UP_2027)
    await time_is(deadlines, "12-31 23:00")
    assert await unsigned.heard("order.ack_missed") == []
    assert await paused.heard("deadline.resumed") == []
    [*_, until] = await paused.heard("deadline.paused")
    assert until["data"]["resumes_at"] == "2027-01-04T09:00:00+08:00"


async def test_a_load_upon_another_calendar_than_the_one_shown_is_refused(deadlines: Hall) -> None:
    seen = (await tried(deadlines, MADE_UP_2027))["calendar_version"]
    await load(deadlines, MADE_UP_2027)
    answer = await department(deadlines).post(
        YEARS, {"content": AMENDED, "reason": "调整", "calendar_version": seen}
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (409, "calendar.changed")


async def test_only_the_city_loads_a_year(deadlines: Hall) -> None:
    for client in (department(deadlines, "410221"), deadlines.client("u-x", "committee_leader")):
        for path in (YEARS, f"{YEARS}?dry_run=true"):
            answer = await client.post(path, {"content": MADE_UP_2027})
            assert (answer.status_code, answer.json()["code"]) == (403, "role.missing")


async def test_a_reaction_under_way_is_waited_for_and_counted_anew(deadlines: Hall) -> None:
    """Whoever began to count by the old calendar has committed before the load looks at what runs."""
    deadlines.time.set(at("12-29 11:00"))
    counting = await asyncpg.connect(deadlines.settings.postgres_url)
    await counting.execute("BEGIN")
    await counting.execute(f"SELECT pg_advisory_xact_lock_shared({LOCK})")
    loading = asyncio.create_task(load(deadlines, MADE_UP_2027))
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND NOT granted"
    await deadlines.until(lambda: deadlines.query(waiting))
    late = Matter(deadlines)
    await deadlines.publish(*map(late._own, [issued("12-29 09:30", rule="D13"), acked("12-29 10:00")]))
    await asyncio.sleep(0.5)
    assert await late.rows() == []  # it waits behind the load
    await counting.execute("COMMIT")
    await counting.close()
    await loading
    await deadlines.caught_up()
    assert (await late.clock("D13"))["provisional"] is False


async def test_whatever_comes_while_a_year_is_loaded_nothing_stays_counted_by_the_old_one(deadlines: Hall) -> None:
    deadlines.time.set(at("12-29 11:00"))
    matters = [Matter(deadlines) for _ in range(120)]

    async def events() -> None:
        for matter in matters:
            await deadlines.publish(
                *map(matter._own, [registered("12-29 09:10"), issued("12-29 09:30", rule="D13"), acked("12-29 10:00")])
            )

    telling = asyncio.create_task(events())
    await deadlines.until(lambda: deadlines.query("SELECT 1 FROM deadline"))
    version = (await load(deadlines, MADE_UP_2027))["new_calendar_version"]
    await telling
    await deadlines.caught_up()
    rows = await deadlines.query(
        "SELECT due_at, provisional, calendar_version FROM deadline WHERE rule = 'D13' AND stopped_at IS NULL"
    )
    assert len(rows) == len(matters)
    assert {(str(row["due_at"]), row["provisional"]) for row in rows} == {("2027-01-05 09:00:00+00:00", False)}
    assert {row["calendar_version"] for row in rows} == {version}


async def test_a_timer_waits_for_a_load_that_is_under_way(deadlines: Hall) -> None:
    deadlines.time.set(at("12-29 11:00"))
    matter = Matter(deadlines)
    await matter.told(issued("12-29 09:30", rule="D13"), acked("12-29 10:00"))
    loading = await asyncpg.connect(deadlines.settings.postgres_url)
    await loading.execute("BEGIN")
    await loading.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
    deadlines.time.set(at("12-31 10:00"))
    await deadlines.all_is_out("intake", "triage", "referral")
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND NOT granted"
    await deadlines.until(lambda: deadlines.query(waiting))
    assert await matter.heard("supervision.reached") == []
    await loading.execute("COMMIT")
    await loading.close()
    await deadlines.until(lambda: matter.heard("supervision.reached"))


async def test_a_year_that_a_release_brings_is_taken_in_like_one_that_is_loaded(deadlines: Hall) -> None:
    moving, _, _ = await running_at_the_end_of_december(deadlines)
    await deadlines.query("DELETE FROM calendar_year WHERE year = 2027")  # as before the release that knew it
    async with started_again(deadlines):
        assert str((await moving.clock("D13"))["due_at"]) == "2027-01-04 09:00:00+00:00"
    [*_, year] = await deadlines.published("calendar.year_loaded")
    assert (year["data"]["year"], year["sequence"]) == (2027, 2)


async def test_an_amendment_of_a_rule_waits_for_a_load_and_holds_nothing_that_it_needs(deadlines: Hall) -> None:
    moving, _, _ = await running_at_the_end_of_december(deadlines)
    counting = await asyncpg.connect(deadlines.settings.postgres_url)
    await counting.execute("BEGIN")
    await counting.execute(f"SELECT pg_advisory_xact_lock_shared({LOCK})")
    loading = asyncio.create_task(load(deadlines, MADE_UP_2027))
    waiting = (
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND NOT granted"
        " HAVING count(*) = $1"
    )
    await deadlines.until(lambda: deadlines.query(waiting, 1))
    asked = {"limit": {"amount": 2, "unit": "WD"}, "valid_from": "2026-12-29", "basis": "测试〔2026〕7号",
             "applies_to_running": True, "reason": "测试"}  # fmt: skip
    amending = asyncio.create_task(department(deadlines).post("/rules/D13/versions", asked))
    await deadlines.until(lambda: deadlines.query(waiting, 2))
    await counting.execute("COMMIT")
    await counting.close()
    version = (await loading)["new_calendar_version"]
    answer = await amending
    assert answer.status_code == 201, answer.text
    d13 = await moving.clock("D13")
    assert (d13["time_limit"], str(d13["due_at"]), d13["calendar_version"]) == (
        "2WD", "2027-01-04 09:00:00+00:00", version,
    )  # fmt: skip
