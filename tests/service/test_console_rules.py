"""The pages of the rules against a stand-in deadlines: what is in force, and an amendment tried and confirmed."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.engines import Engines
from tests.harness import Client
from tests.service.console_story import CITY
from tests.service.console_world import World, console_world, key_of, page, sent

MATTER = str(UUID(int=9))
BUILT_IN: dict[str, Any] = {
    "version": 1, "org_code": None, "window_id": None, "valid_from": None, "limit": "7WD", "limit_name": "7个工作日",
    "extendable": True, "suspendable": True, "red_at_once": False, "listed": True, "applies_to_running": False,
    "basis": "系统内置", "reason": "", "amended_by": None, "amended_at": None, "in_force": True,
}  # fmt: skip
SECOND = BUILT_IN | {
    "version": 2, "window_id": CITY, "org_code": "410200", "valid_from": "2026-10-12", "limit_name": "5个工作日",
    "basis": "<b>汴纪办〔2026〕9号", "amended_by": "u-9", "amended_at": "2026-10-12T10:00:00+08:00",
}  # fmt: skip
D15 = {"rule": "D15", "name": "很难办", "active": True, "never_extended": False, "versions": [BUILT_IN, SECOND]}
D13 = {"rule": "D13", "name": "办不了", "active": True, "never_extended": True, "versions": [BUILT_IN]}
STANDS = {"rule_version": 1, "limit": "7WD", "limit_name": "7个工作日", "due_at": "2026-10-21T17:00:00+08:00",
          "level": None, "overdue": False}  # fmt: skip
MOVED = {
    "deadline_id": MATTER, "matter_id": MATTER, "order_id": None, "unit_id": None, "org_code": "410200",
    "window_id": CITY, "started_at": "2026-10-12T09:00:00+08:00", "before": STANDS,
    "after": STANDS | {"limit_name": "5个工作日", "due_at": "2026-10-19T17:00:00+08:00"},
}  # fmt: skip
TRIED = {"dry_run": True, "rule": "D15", "name": "很难办", "amended": SECOND, "moved": [MOVED]}
ENTERED = {"limit.amount": "5", "limit.unit": "WD", "valid_from": "2026-10-12", "basis": "汴纪办〔2026〕9号",
           "extendable": "no", "applies_to_running": "yes", "reason": "集中办理"}  # fmt: skip


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("rules")) as running:
        yield running


@pytest.fixture(autouse=True)
def willing(world: World) -> None:
    world.intake.refusals, world.intake.asked = {}, []
    world.intake.answers = {"rules": {"items": [D13, D15]}, "rules/D15/versions": TRIED}


def department(world: World) -> Client:
    return world.hall.client("department", "supervision_dept")


async def test_the_rules_stand_with_versions_scope_and_basis(world: World) -> None:
    shown = await page(department(world), "/desk/rules")
    assert 'href="/desk/rules">期限规则</a>' in shown.text
    assert "&lt;b&gt;汴纪办〔2026〕9号" in shown.text
    assert (shown.text.count("现行"), shown.text.count("一律不得")) == (3, 1)
    assert 'href="/desk/rules/D15"' in shown.text


async def test_an_amendment_is_tried_and_then_confirmed_as_it_was_tried(world: World) -> None:
    tried = await sent(department(world), "/desk/rules/D15", **ENTERED)
    body = {"limit": {"amount": 5, "unit": "WD"}, "valid_from": "2026-10-12", "basis": "汴纪办〔2026〕9号",
            "extendable": False, "applies_to_running": True, "reason": "集中办理"}  # fmt: skip
    posts = [each for each in world.intake.asked if each[0] == "rules/D15/versions"]
    assert [said for _, said, _ in posts] == [body]
    for seen in ("7个工作日,2026-10-21 17:00到期", "5个工作日,2026-10-19 17:00到期", "确认修订"):
        assert seen in tried.text
    key = key_of(tried)
    confirmed = await sent(department(world), "/desk/rules/D15", **ENTERED, key=key, confirm="yes")
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/desk/rules")
    assert world.intake.last() == ("rules/D15/versions", body, key)
    assert key != posts[0][2]


async def test_a_refusal_is_said_on_the_form_which_keeps_what_was_entered(world: World) -> None:
    world.intake.refusals = {"rules/D13/versions": (422, "rule.cannot_do_longer", "不得超过3个工作日")}
    refused = await sent(department(world), "/desk/rules/D13", **ENTERED)
    assert refused.status_code == 422
    assert "不得超过3个工作日" in refused.text
    assert 'value="汴纪办〔2026〕9号"' in refused.text
    assert "可以延期" not in refused.text
    assert "确认修订" not in refused.text


async def test_only_the_department_finds_the_rules(world: World) -> None:
    for role in ("duty_staff", "duty_leader"):
        assert (await page(world.who(role), "/desk/rules")).status_code == 404
