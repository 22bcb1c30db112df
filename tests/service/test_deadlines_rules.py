"""Rules amended while deadlines runs: what moves, what is told, and who may do it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.ids import new_id
from tests.engines import Engines
from tests.harness import Client, Hall, hall
from tests.service.test_deadlines_service import WINDOW, Matter, staff, time_is, window
from tests.unit.deadlines_story import accepted, acked, answered, at, issued, registered

RUNNING: dict[str, Any] = {"applies_to_running": True, "reason": "群众反映集中"}


@pytest.fixture(scope="module")
async def deadlines(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "deadlines", Path(tmp_path_factory.mktemp("rules"))) as running:
        await running.publish(window(WINDOW))
        await running.caught_up()
        yield running


def department(hall: Hall, org: str = "410200") -> Client:
    return hall.client("u-dept", "supervision_dept", org=org)


def amendment(amount: int, day: str = "2026-10-12", unit: str = "WD", **more: Any) -> dict[str, Any]:
    return {"limit": {"amount": amount, "unit": unit}, "valid_from": day, "basis": "汴纪办〔2026〕9号"} | more


async def rule(hall: Hall, id: str) -> dict[str, Any]:
    [found] = [item for item in (await staff(hall).get("/rules")).json()["items"] if item["rule"] == id]
    return dict(found)


async def test_a_dry_run_tells_what_would_move_and_keeps_nothing(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("10-12 11:00"))
    await matter.told(issued("10-12 10:00", rule="D16"), acked("10-12 11:00"))
    path = "/rules/D16/versions?dry_run=true"
    answer = await department(deadlines).post(path, amendment(10, org_code="410200", **RUNNING))
    assert answer.status_code == 200
    [moved] = answer.json()["moved"]
    assert (moved["matter_id"], moved["before"]["limit_name"], moved["after"]["limit_name"]) == (
        str(matter.id), "15个工作日", "10个工作日",
    )  # fmt: skip
    assert (moved["before"]["due_at"], moved["after"]["due_at"]) == (
        "2026-11-02T17:00:00+08:00", "2026-10-26T17:00:00+08:00",
    )  # fmt: skip
    assert [each["version"] for each in (await rule(deadlines, "D16"))["versions"]] == [1]
    assert (await matter.clock("D16"))["due_at"] == at("11-02 17:00")
    assert await deadlines.published("rule.amended") == []


async def test_running_clocks_move_and_their_lights_go_while_stopped_ones_stay(deadlines: Hall) -> None:
    running, done = Matter(deadlines), Matter(deadlines)
    deadlines.time.set(at("10-12 11:00"))
    await running.told(issued("10-12 10:00", rule="D12"), acked("10-12 11:00"))
    await done.told(issued("10-12 10:00", rule="D12"), acked("10-12 11:00"), answered("10-12 10:59"))
    await time_is(deadlines, "10-16 10:00")
    assert (await running.clock("D12"))["level"] == "YELLOW"
    answer = await department(deadlines).post("/rules/D12/versions", amendment(6, "2026-10-16", **RUNNING))
    assert answer.status_code == 201
    assert [moved["matter_id"] for moved in answer.json()["moved"]] == [str(running.id)]
    moved = await running.clock("D12")
    assert (moved["rule_version"], moved["time_limit"], moved["due_at"]) == (2, "6WD", at("10-20 17:00"))
    assert (await done.clock("D12"))["rule_version"] == 1
    [told] = [event["data"] for event in await running.heard("deadline.moved")]
    assert (told["rule_version"], told["limit"]) == (2, "6WD")
    assert {e["data"]["level"] for e in await running.heard("supervision.withdrawn")} >= {"YELLOW"}
    [amended] = await deadlines.published("rule.amended")
    assert (amended["subject"], amended["data"]["version"], amended["data"]["limit"]) == ("rule-D12", 2, "6WD")
    assert "basis" not in amended["data"]
    await time_is(deadlines, "10-20 18:00")
    assert (await running.clock("D12"))["level"] == "YELLOW"
    [shown] = (await staff(deadlines).get("/deadlines", matter=running.id, state="OPEN")).json()["items"]
    assert shown["rule_version"] == 2


async def test_a_clock_that_began_before_keeps_its_version_and_the_next_has_the_new_one(deadlines: Hall) -> None:
    before, after = Matter(deadlines), Matter(deadlines)
    deadlines.time.set(at("10-21 09:30"))
    await before.told(registered("10-21 09:00"), accepted("10-21 09:20"))
    body = amendment(2, "2026-10-21", org_code="410200", window_id=WINDOW)
    assert (await department(deadlines).post("/rules/D04/versions", body)).json()["moved"] == []
    await after.told(registered("10-21 09:40"), accepted("10-21 09:45"))
    clocks = [await each.clock("D04") for each in (before, after)]
    assert [(clock["rule_version"], clock["time_limit"]) for clock in clocks] == [(1, "1WD"), (2, "2WD")]
    versions = (await rule(deadlines, "D04"))["versions"]
    assert [(v["version"], v["window_id"], v["limit_name"], v["in_force"]) for v in versions] == [
        (1, None, "1个工作日", True), (2, WINDOW, "2个工作日", True),
    ]  # fmt: skip
    assert versions[1]["basis"] == "汴纪办〔2026〕9号"


async def test_a_county_amends_its_own_rules_only(deadlines: Hall) -> None:
    deadlines.time.set(at("10-21 10:00"))
    county = department(deadlines, "410221")
    everywhere = await county.post("/rules/D11/versions", amendment(2, "2026-10-21"))
    city = await county.post("/rules/D11/versions", amendment(2, "2026-10-21", org_code="410200"))
    other = await county.post("/rules/D11/versions", amendment(2, "2026-10-21", org_code="410222"))
    assert [(a.status_code, a.json()["code"]) for a in (everywhere, city, other)] == [
        (403, "rule.city_only"), (403, "rule.other_org"), (403, "rule.other_org"),
    ]  # fmt: skip
    own = await county.post("/rules/D11/versions", amendment(2, "2026-10-21", org_code="410221"))
    assert (own.status_code, own.json()["amended"]["version"]) == (201, 2)
    assert (await staff(deadlines).post("/rules/D11/versions", amendment(2, "2026-10-21"))).status_code == 403


async def test_a_refused_amendment_says_why_in_chinese_and_leaves_nothing(deadlines: Hall) -> None:
    deadlines.time.set(at("10-21 10:00"))
    tries = [
        ("D15", amendment(0, "2026-10-21")), ("D15", amendment(-7, "2026-10-21")),
        ("D15", amendment(7, "2026-10-21", unit="周")), ("D15", amendment(7, "2026-10-20")),
        ("D13", amendment(5, "2026-10-21")), ("D13", amendment(2, "2026-10-21", extendable=True)),
    ]  # fmt: skip
    answers = [await department(deadlines).post(f"/rules/{id}/versions", body) for id, body in tries]
    assert [answer.status_code for answer in answers] == [422] * len(tries)
    assert answers[2].json()["detail"].startswith("不认识期限单位“周”")
    rows = await deadlines.query("SELECT 1 FROM rule_version WHERE rule IN ('D13', 'D15')")
    assert rows == []


async def test_a_unit_is_not_shown_the_rules(deadlines: Hall) -> None:
    unit = deadlines.client("u-3", "unit_handler", org_type="DEPARTMENT", unit="410200-U00")
    assert (await unit.get("/rules")).status_code == 403


async def test_a_repeated_amendment_is_one(deadlines: Hall) -> None:
    deadlines.time.set(at("10-21 11:00"))
    key, body = str(new_id()), amendment(2, "2026-10-21")
    answers = [await department(deadlines).post("/rules/D20/versions", body, idempotency_key=key) for _ in range(2)]
    assert [answer.json()["amended"]["version"] for answer in answers] == [2, 2]
