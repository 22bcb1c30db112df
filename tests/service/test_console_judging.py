"""The console's pages of the judgement and of looks, against a stand-in for triage, referral and intake."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.contracts.codes import MatterState
from tests.engines import Engines
from tests.service.console_story import SUPPLY, Story, at
from tests.service.console_world import World, console_world, key_of, page, sent, told

SHEET: dict[str, Any] = {
    "matter_id": "", "state": "PROPOSED", "round": 1, "kind": "REFUSED", "sub_reasons": ["SHIRKING"],
    "policy": "ORDERED", "root_cause_main": "STYLE", "root_cause_other": [], "complexity": "B", "rule": "D12",
    "proposed_units": [{"unit_id": SUPPLY, "role": "MAIN"}], "duplicate_check": "NONE_FOUND", "compared": False,
    "verification_note": "已向窗口<b>核实</b>", "returns": [], "approval": None, "kind_history": [], "lowering": None,
    "proposed_by": "u-2", "proposed_at": "2026-09-28T10:00:00+08:00", "waits_for_confirmation": False,
}  # fmt: skip


@pytest.fixture(scope="module")
async def world(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with console_world(engines, tmp_path_factory.mktemp("judging")) as running:
        yield running


@pytest.fixture(autouse=True)
def willing(world: World) -> None:
    world.intake.refusal = None
    world.intake.answers = {}


async def judged(world: World, register_no: str = "汴监窗〔2026〕000201号", **changes: Any) -> str:
    """A matter whose judgement waits for the leader; the address of its acts."""
    story = Story().register(register_no)
    story.move(MatterState.REGISTERED, MatterState.ACCEPTED, "T05", at(9))
    story.move(MatterState.ACCEPTED, MatterState.TRIAGED, "T06", at(10))
    acts = await told(world, story)
    matter = acts.removesuffix("/acts")[1:]
    sheet = SHEET | {"matter_id": str(story.matter_id)} | changes
    world.intake.answers |= {f"{matter}/assessment": sheet, "assessments": {"items": [sheet]}}
    return acts


async def test_the_leader_reads_the_sheet_and_approves_with_what_was_proposed(world: World) -> None:
    acts, leader = await judged(world), world.who("duty_leader")
    form = await page(leader, f"{acts}/approval")
    assert "已向窗口&lt;b&gt;核实" in form.text
    assert f'value="{SUPPLY}" selected' in form.text
    assert 'value="D12" selected' in form.text
    await sent(leader, f"{acts}/approval", key=key_of(form), main_unit=SUPPLY, rule="D12", opinion="同意")
    path, body, key = world.intake.last()
    assert (path, key) == (f"{acts.removesuffix('/acts')[1:]}/assessment/approval", key_of(form))
    assert body == {"opinion": "同意", "class_hint": False,
                    "orders": [{"unit_id": SUPPLY, "role": "MAIN", "rule": "D12"}]}  # fmt: skip


async def test_what_triage_refuses_is_said_and_the_sheet_stays_in_sight(world: World) -> None:
    acts, leader = await judged(world), world.who("duty_leader")
    world.intake.refusal = (403, "triage.self_approval", "不能由您批转")
    answer = await sent(leader, f"{acts}/approval", key="k-1", main_unit=SUPPLY, rule="D12", opinion="同意")
    assert (answer.status_code, "不能由您批转" in answer.text, "同意" in answer.text) == (403, True, True)


async def test_what_waits_is_listed_for_those_who_act_on_it(world: World) -> None:
    acts = await judged(world, "汴监窗〔2026〕000202号")
    for role, offered in (("duty_leader", True), ("duty_staff", False)):
        shown = (await page(world.who(role), "/desk/assessments")).text
        assert "汴监窗〔2026〕000202号" in shown
        assert (f"{acts}/approval" in shown) == offered
    acts = await judged(world, "汴监窗〔2026〕000203号", waits_for_confirmation=True)
    department = world.hall.client("o", "supervision_dept")
    shown = (await page(department, "/desk/assessments")).text
    assert f"{acts}/lowering-confirmation" in shown
    assert world.intake.asked[-2][1]["lowering"] == "true"
    assert (await page(world.who("callback_officer"), "/desk/assessments")).status_code == 404


async def test_words_and_names_are_opened_by_a_button_for_a_purpose(world: World) -> None:
    acts = await judged(world, "汴监窗〔2026〕000204号")
    matter, leader = acts.removesuffix("/acts"), world.who("duty_leader")
    before = await page(leader, f"{matter}/content")
    assert "反映人没有答复" not in before.text
    content = {"title": "产权证", "facts": "反映人没有答复<i>", "demand": "办证", "item_text": None, "tried": None,
               "records": [{"kind": "ON_SITE", "round": 1, "recorded_by": "u-1", "words": {"found": "档案缺页"}}],
               "materials": []}  # fmt: skip
    who: dict[str, Any] = {"name": "李某", "phone": "13800000099", "id_no": None, "agent": None,
           "beneficiary": {"name": "徐某", "age": 9}, "representatives": []}  # fmt: skip
    world.intake.answers |= {f"{matter[1:]}/content": content, f"{matter[1:]}/identity": who}
    shown = await sent(leader, f"{matter}/content", purpose="APPROVAL", part="content")
    assert world.intake.last()[:2] == (f"{matter[1:]}/content", {"purpose": "APPROVAL"})
    assert "反映人没有答复&lt;i&gt;" in shown.text
    assert "现场督办" in shown.text
    assert "档案缺页" in shown.text
    named = await sent(leader, f"{matter}/content", purpose="APPROVAL", part="identity")
    assert "13800000099" in named.text
    assert "徐某" in named.text
    assert (await sent(leader, f"{matter}/content", purpose="APPROVAL", part="titles")).status_code == 404
    unit = world.hall.client("h", "unit_handler", org_type="UNIT", unit=SUPPLY)
    assert (await page(unit, f"{matter}/content")).status_code == 404


async def test_who_oversees_reviews_the_looks_of_a_month(world: World) -> None:
    line = {"viewer_id": "staff-1", "field_group": "IDENTITY", "purpose": "HANDLING", "denied": True, "looks": 3,
            "matters": 2}  # fmt: skip
    look = {"index": 7, "at": "2026-09-28T10:00:00+08:00", "subject": "staff-1", "field_group": "IDENTITY",
            "purpose": "HANDLING", "denied": True, "reason": "not_found"}  # fmt: skip
    world.intake.answers = {"access-reviews/2026-09": {"lines": [line]},
                            "access-reviews/2026-09/looks": {"items": [look]}}  # fmt: skip
    overseer = world.hall.client("o", "committee_leader")
    assert "查看留痕" in (await page(overseer, "/")).text
    shown = (await page(overseer, "/desk/access-review?month=2026-09&viewer=staff-1")).text
    assert world.intake.last()[1] == {"viewer": "staff-1", "limit": "200"}
    assert "反映人身份" in shown
    assert shown.count("<b>被拒</b>") == 2
    assert "没有对应的事项" in shown
    assert (await page(world.who("duty_leader"), "/desk/access-review")).status_code == 404
