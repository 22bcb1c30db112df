"""Proposing, returning, reclassifying and approving over HTTP, against the real broker and database."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.contracts.referral import ComparisonRecorded
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START, Client
from tests.service.triage_desk import NOTE, ORDER, PROPOSAL, WINDOW, Desk, at, triage_desk, unit, world

REFUSED = PROPOSAL | {"kind": "REFUSED", "policy": "SUPERVISED", "rule": "D12"}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with triage_desk(engines, tmp_path_factory.mktemp("triage"), *world()) as found:
        yield found


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    return body


async def test_staff_propose_and_the_duty_leader_approves_with_an_order(desk: Desk) -> None:
    matter_id = await desk.accepted()
    proposed = await desk.staff.post(at(matter_id, "proposal"), PROPOSAL)
    assert (proposed.status_code, proposed.json()["state"], proposed.headers["etag"]) == (200, "PROPOSED", '"2"')
    answer = await desk.leader.post(
        at(matter_id, "approval"), {"opinion": "同意,按程序交办", "orders": [ORDER], "class_hint": True}
    )
    assert answer.json()["approval"]["opinion"] is None
    approval = (await desk.sheet(matter_id))["approval"]
    assert (approval["leader_id"], approval["opinion"], approval["class_hint"]) == (
        "u-leader-1", "同意,按程序交办", True
    )  # fmt: skip
    triaged, approved = await desk.said(matter_id)
    assert (triaged["type"], approved["type"]) == ("matter.triaged", "matter.approved")
    assert approved["data"]["orders"] == [ORDER]
    assert (approved["data"]["round"], approved["data"]["proposed_by"]) == (1, "u-staff-1")


async def test_nothing_anybody_wrote_is_in_an_event_or_readable_in_the_database(desk: Desk) -> None:
    matter_id = await desk.proposed(verification_note="某甲称材料已交三次")
    await desk.leader.post(at(matter_id, "return"), {"reason": "请向某乙核实"})
    everything = str(await desk.said(matter_id)) + str(
        [dict(row) for row in await desk.hall.query("SELECT * FROM assessment WHERE matter_id = $1", matter_id)]
    )
    assert "某" not in everything
    assert (await desk.sheet(matter_id))["verification_note"] == "某甲称材料已交三次"


async def test_sent_back_and_proposed_anew_as_another_kind_keeps_both_in_the_history(desk: Desk) -> None:
    matter_id = await desk.proposed()
    assert (await desk.leader.post(at(matter_id, "return"), {"reason": "请再核实"})).json()["state"] == "RETURNED"
    refused(await desk.staff.post(at(matter_id, "proposal"), REFUSED), 422, "triage.reason_missing")
    again = await desk.staff.post(at(matter_id, "proposal"), REFUSED | {"reason": "材料早已齐全"})
    assert "材料早已齐全" not in again.text
    sheet = await desk.sheet(matter_id)
    history = sheet["kind_history"]
    assert [(line["from_kind"], line["to_kind"], line["by"], line["reason"]) for line in history] == [
        (None, "HARD", "u-staff-1", None),
        ("HARD", "REFUSED", "u-staff-1", "材料早已齐全"),
    ]
    assert sheet["returns"][0]["reason"] == "请再核实"
    assert [event["type"] for event in await desk.said(matter_id)] == [
        "matter.triaged", "matter.triage_returned", "matter.reclassified", "matter.triaged"
    ]  # fmt: skip


async def test_staff_reclassify_before_the_approval_and_only_the_leader_after_it(desk: Desk) -> None:
    matter_id = await desk.proposed()
    change = {"to_kind": "REFUSED", "sub_reasons": ["ATTITUDE"], "reason": "核查后认定不同"}
    changed = await desk.staff.post(at(matter_id, "reclassification"), change)
    assert (changed.json()["state"], changed.json()["kind"], changed.json()["rule"]) == ("PROPOSED", "REFUSED", "D12")
    await desk.leader.post(at(matter_id, "approval"), {"orders": [ORDER | {"rule": "D12"}]})
    more = {"to_kind": "REFUSED", "sub_reasons": ["SHIRKING"], "reason": "部门互推", "policy": "ORDERED", "rule": "D11"}
    refused(await desk.staff.post(at(matter_id, "reclassification"), more), 403, "role.missing")
    assert (await desk.leader.post(at(matter_id, "reclassification"), more)).json()["state"] == "APPROVED"
    event = (await desk.said(matter_id))[-1]["data"]
    assert (event["from_kind"], event["to_kind"], event["rule"], event["policy"], event["decided_by"]) == (
        "REFUSED", "REFUSED", "D11", "ORDERED", "u-leader-1"
    )  # fmt: skip


async def test_what_is_no_longer_to_be_a_refusal_waits_for_the_department(desk: Desk) -> None:
    matter_id = await desk.proposed(kind="REFUSED", policy="SUPERVISED", rule="D12")
    lower = {"to_kind": "HARD", "sub_reasons": ["MISSING_MATERIAL"], "reason": "核查后认定系材料不齐", "policy": "PUSH"}
    asked = await desk.staff.post(at(matter_id, "reclassification"), lower)
    assert (asked.json()["kind"], asked.json()["waits_for_confirmation"]) == ("REFUSED", True)
    orders = {"orders": [ORDER | {"rule": "D12"}]}
    refused(await desk.leader.post(at(matter_id, "approval"), orders), 409, "triage.second_approval_waits")
    refused(await desk.leader.post(at(matter_id, "reclassification"), lower), 409, "triage.second_approval_waits")
    for nobody in (desk.leader, desk.staff):
        refused(await nobody.post(at(matter_id, "lowering-confirmation")), 403, "role.missing")
    waiting = (await desk.overseer.get("/assessments", lowering="true")).json()["items"]
    assert str(matter_id) in [line["matter_id"] for line in waiting]
    sheet = (await desk.overseer.get(at(matter_id))).json()
    assert (sheet["lowering"]["to_kind"], sheet["lowering"]["reason"]) == ("HARD", lower["reason"])
    confirmed = (await desk.overseer.post(at(matter_id, "lowering-confirmation"))).json()
    assert (confirmed["kind"], confirmed["waits_for_confirmation"]) == ("HARD", False)
    events = await desk.said(matter_id)
    assert [event["type"] for event in events][-2:] == ["matter.lowering_asked", "matter.reclassified"]
    assert (events[-1]["data"]["decided_by"], events[-1]["data"]["confirmed_by"]) == ("u-staff-1", "u-office-1")
    refused(await desk.overseer.post(at(matter_id, "lowering-confirmation")), 409, "triage.nothing_waits")
    assert (await desk.leader.post(at(matter_id, "approval"), {"orders": [ORDER]})).json()["confirmed_kind"] == "HARD"


async def test_the_department_may_say_no_and_why(desk: Desk) -> None:
    matter_id = await desk.proposed(kind="REFUSED", policy="SUPERVISED", rule="D12")
    lower = {"to_kind": "HARD", "reason": "核查后认定系材料不齐", "policy": "PUSH"}
    await desk.staff.post(at(matter_id, "reclassification"), lower)
    refused(await desk.overseer.post(at(matter_id, "lowering-declination")), 422, "triage.reason_missing")
    declined = await desk.overseer.post(at(matter_id, "lowering-declination"), {"reason": "材料齐全仍拖延,仍属不给办"})
    assert (declined.json()["kind"], declined.json()["lowering"]) == ("REFUSED", None)
    assert (await desk.sheet(matter_id))["returns"][-1]["reason"] == "材料齐全仍拖延,仍属不给办"
    assert (await desk.said(matter_id))[-1]["type"] == "matter.lowering_declined"


async def test_the_office_that_looks_after_a_unit_of_the_matter_does_not_review_it(desk: Desk) -> None:
    matter_id = await desk.proposed(kind="REFUSED", policy="SUPERVISED", rule="D12")
    lower = {"to_kind": "HARD", "reason": "核查后认定系材料不齐", "policy": "PUSH"}
    await desk.staff.post(at(matter_id, "reclassification"), lower)
    own = desk.hall.client("u-office-3", "supervision_dept", unit="410200-J01")
    problem = refused(await own.post(at(matter_id, "lowering-confirmation")), 403, "triage.own_office")
    assert "由上级或其他监督检查室复核" in problem["detail"]
    refused(await own.post(at(matter_id, "lowering-declination"), {"reason": "仍属推诿"}), 403, "triage.own_office")
    assert (await desk.sheet(matter_id))["waits_for_confirmation"]
    other = desk.hall.client("u-office-4", "supervision_dept", unit="410200-J02")
    assert (await other.post(at(matter_id, "lowering-confirmation"))).json()["kind"] == "HARD"


async def test_a_unit_that_was_only_added_with_the_orders_counts_too(desk: Desk) -> None:
    matter_id = await desk.proposed(kind="REFUSED", policy="SUPERVISED", rule="D12")
    orders = [ORDER | {"rule": "D12"}, ORDER | {"rule": "D12", "unit_id": "410200-U02", "role": "CO"}]
    assert (await desk.leader.post(at(matter_id, "approval"), {"orders": orders})).status_code == 200
    lower = {"to_kind": "HARD", "reason": "核查后认定系材料不齐", "policy": "PUSH"}
    assert (await desk.leader.post(at(matter_id, "reclassification"), lower)).json()["waits_for_confirmation"]
    own = desk.hall.client("u-office-4", "supervision_dept", unit="410200-J02")
    refused(await own.post(at(matter_id, "lowering-confirmation")), 403, "triage.own_office")
    assert (await desk.overseer.post(at(matter_id, "lowering-confirmation"))).json()["kind"] == "HARD"


async def test_the_office_of_a_unit_that_was_only_blamed_does_not_review_it_either(desk: Desk) -> None:
    matter_id = await desk.proposed(blamed=("410200-U02",), kind="REFUSED", policy="SUPERVISED", rule="D12")
    lower = {"to_kind": "HARD", "reason": "核查后认定系材料不齐", "policy": "PUSH"}
    await desk.staff.post(at(matter_id, "reclassification"), lower)
    own = desk.hall.client("u-office-4", "supervision_dept", unit="410200-J02")
    refused(await own.post(at(matter_id, "lowering-confirmation")), 403, "triage.own_office")


async def test_an_office_named_later_counts_from_then_on(desk: Desk) -> None:
    await desk.hall.publish(unit("410200-U05", "某县局"))
    await desk.hall.caught_up()
    units = [{"unit_id": "410200-U05", "role": "MAIN"}]
    matter_id = await desk.proposed(kind="REFUSED", policy="SUPERVISED", rule="D12", proposed_units=units)
    lower = {"to_kind": "HARD", "reason": "核查后认定系材料不齐", "policy": "PUSH"}
    await desk.staff.post(at(matter_id, "reclassification"), lower)
    await desk.hall.publish(unit("410200-U05", "某县局", office="410200-J05"))
    await desk.hall.caught_up()
    own = desk.hall.client("u-office-5", "supervision_dept", unit="410200-J05")
    refused(await own.post(at(matter_id, "lowering-confirmation")), 403, "triage.own_office")


async def test_another_window_s_department_confirms_nothing_here(desk: Desk) -> None:
    matter_id = await desk.proposed(kind="REFUSED", policy="SUPERVISED", rule="D12")
    await desk.staff.post(
        at(matter_id, "reclassification"), {"to_kind": "HARD", "reason": "材料不齐", "policy": "PUSH"}
    )
    county = desk.hall.client("u-office-2", "supervision_dept", org="410221")
    refused(await county.post(at(matter_id, "lowering-confirmation")), 404, "not_found")


async def test_what_cannot_be_done_is_approved_only_after_a_look_at_other_cities(desk: Desk) -> None:
    matter_id = await desk.proposed(kind="CANNOT", policy="AT_ONCE", rule="D13")
    orders = {"orders": [ORDER | {"rule": "D13"}]}
    refused(await desk.leader.post(at(matter_id, "approval"), orders), 422, "approval.comparison_missing")
    await desk.hall.publish(
        ComparisonRecorded(
            matter_id=matter_id, org_code="410200", window_id=WINDOW, comparison_id=new_id(), needed=False, cities=0,
            looser=0, recorded_by="u-staff-1", recorded_at=START,
        )
    )  # fmt: skip
    await desk.hall.caught_up()
    assert (await desk.leader.post(at(matter_id, "approval"), orders)).json()["confirmed_kind"] == "CANNOT"


async def test_the_leader_who_proposed_may_not_approve(desk: Desk) -> None:
    matter_id = await desk.accepted()
    await desk.leader.post(at(matter_id, "proposal"), PROPOSAL)
    refused(await desk.leader.post(at(matter_id, "approval"), {"orders": [ORDER]}), 403, "triage.self_approval")


@pytest.mark.parametrize("act", ["return", "approval"])
async def test_staff_may_neither_send_back_nor_approve(desk: Desk, act: str) -> None:
    matter_id = await desk.proposed()
    body = {"reason": "请再核实"} if act == "return" else {"orders": [ORDER]}
    refused(await desk.staff.post(at(matter_id, act), body), 403, "role.missing")


ACTS: dict[str, dict[str, Any]] = {
    "proposal": PROPOSAL,
    "return": {"reason": "请再核实"},
    "reclassification": {"to_kind": "REFUSED", "reason": "核查后认定不同"},
    "approval": {"orders": [ORDER]},
}


@pytest.mark.parametrize("act", ACTS)
async def test_nobody_but_the_people_on_duty_in_this_window_acts(desk: Desk, act: str) -> None:
    matter_id = await (desk.accepted() if act == "proposal" else desk.proposed())
    path, body = at(matter_id, act), ACTS[act]
    refused(await Client(desk.hall.base, "").post(path, body), 401, "auth.missing")
    refused(await desk.unit.post(path, body), 403, "role.missing")
    refused(await desk.overseer.post(path, body), 403, "role.missing")
    refused(await desk.other_window.post(path, body), 404, "not_found")
    # On the roster of the next fortnight, so not on duty today.
    assert (await desk.next_leader.post(path, body)).json()["code"] in {"duty.not_leader", "duty.not_on_duty"}
    assert (await desk.sheet(matter_id))["version"] == (1 if act == "proposal" else 2)


@pytest.mark.parametrize("act", ACTS)
async def test_every_act_says_in_which_states_it_is_possible(desk: Desk, act: str) -> None:
    matter_id = await (desk.proposed() if act == "proposal" else desk.accepted())
    actor = desk.staff if act in ("proposal", "reclassification") else desk.leader
    problem = refused(await actor.post(at(matter_id, act), ACTS[act]), 409, "state.illegal")
    assert problem["state"] == ("PROPOSED" if act == "proposal" else "OPEN")
    assert "需要处于" in problem["detail"]


@pytest.mark.parametrize("act", ACTS)
async def test_who_saw_an_older_version_is_told(desk: Desk, act: str) -> None:
    matter_id = await (desk.accepted() if act == "proposal" else desk.proposed())
    actor = desk.staff if act in ("proposal", "reclassification") else desk.leader
    problem = refused(await actor.post(at(matter_id, act), ACTS[act], if_match='"7"'), 409, "version.conflict")
    assert (problem["version"], problem["current"]) == ((1, "OPEN") if act == "proposal" else (2, "PROPOSED"))
    assert (await actor.post(at(matter_id, act), ACTS[act], if_match=f'"{problem["version"]}"')).status_code == 200


@pytest.mark.parametrize("act", ACTS)
async def test_a_repeated_command_is_answered_again_and_done_once(desk: Desk, act: str) -> None:
    matter_id = await (desk.accepted() if act == "proposal" else desk.proposed())
    actor = desk.staff if act in ("proposal", "reclassification") else desk.leader
    key = str(new_id())
    first = await actor.post(at(matter_id, act), ACTS[act], idempotency_key=key)
    second = await actor.post(at(matter_id, act), ACTS[act], idempotency_key=key)
    assert (first.status_code, first.content) == (200, second.content)
    assert len(await desk.said(matter_id)) == (1 if act == "proposal" else 2)


async def test_what_is_missing_is_named_and_nothing_is_stored(desk: Desk) -> None:
    matter_id = await desk.accepted()
    path = at(matter_id, "proposal")
    refused(await desk.staff.post(path, PROPOSAL | {"verification_note": "。。。。。。"}), 422, "triage.note_missing")
    refused(await desk.staff.post(path, PROPOSAL | {"rule": "D13"}), 422, "triage.rule_unfit")
    refused(await desk.staff.post(path, PROPOSAL | {"kind": "UNDOABLE"}), 422, "form.invalid")
    refused(await desk.staff.post(path, PROPOSAL | {"secret": 1}), 422, "form.invalid")
    unit = {"unit_id": "U\x00", "role": "MAIN"}
    refused(await desk.staff.post(path, PROPOSAL | {"proposed_units": [unit]}), 422, "form.invalid")
    refused(await desk.staff.get("/assessments", window="\x00"), 422, "form.invalid")
    refused(await desk.staff.post(path, PROPOSAL | {"reason": "长" * 20_001}), 422, "form.invalid")
    refused(await desk.staff.post(path, b'{"kind": '), 400, "form.malformed")
    unknown = [{"unit_id": "410200-U77", "role": "MAIN"}]
    refused(await desk.staff.post(path, PROPOSAL | {"proposed_units": unknown}), 422, "unit.unknown")
    assert (await desk.sheet(matter_id))["version"] == 1
    matter_id = await desk.proposed()
    refused(await desk.leader.post(at(matter_id, "return"), {}), 422, "triage.reason_missing")
    refused(
        await desk.staff.post(at(matter_id, "reclassification"), {"to_kind": "CANNOT"}), 422, "triage.reason_missing"
    )
    assert len(await desk.said(matter_id)) == 1


async def test_an_approval_must_fit_kind_units_and_directory(desk: Desk) -> None:
    matter_id = await desk.proposed(policy="ORDERED")
    path = at(matter_id, "approval")
    problem = refused(await desk.leader.post(path, {}), 422, "approval.unit_missing")
    assert "窗口自行办理" in problem["detail"]
    only_co = [ORDER | {"role": "CO"}]
    refused(await desk.leader.post(path, {"orders": only_co}), 422, "approval.main_unit_missing")
    two = [ORDER, ORDER | {"unit_id": "410200-U02"}]
    refused(await desk.leader.post(path, {"orders": two}), 422, "triage.two_main_units")
    refused(await desk.leader.post(path, {"orders": [ORDER | {"rule": "D14"}]}), 422, "triage.rule_unfit")
    abolished = [ORDER | {"unit_id": "410200-U09"}]
    problem = refused(await desk.leader.post(path, {"orders": abolished}), 422, "unit.not_valid")
    assert "410200-U01" in problem["detail"]
    assert (await desk.sheet(matter_id))["state"] == "PROPOSED"


async def test_the_window_handles_a_hard_matter_itself_without_any_order(desk: Desk) -> None:
    matter_id = await desk.proposed(proposed_units=[], rule=None)
    assert (await desk.leader.post(at(matter_id, "approval"), {"opinion": "立即到场推动"})).status_code == 200
    assert (await desk.said(matter_id))[-1]["data"]["orders"] == []


async def test_a_matter_whose_acceptance_has_not_arrived_is_not_here_yet(desk: Desk) -> None:
    problem = refused(await desk.staff.post(at(new_id(), "proposal"), PROPOSAL), 404, "not_here_yet")
    assert problem["retry_after_ms"] > 0


async def test_the_sheet_shows_words_only_to_its_window(desk: Desk) -> None:
    matter_id = await desk.proposed()
    assert (await desk.sheet(matter_id))["verification_note"] == NOTE
    seen = (await desk.overseer.get(at(matter_id))).json()
    assert (seen["kind"], seen["verification_note"], seen["window_name"]) == ("HARD", None, "市民之家窗口")
    refused(await desk.other_window.get(at(matter_id)), 404, "not_found")
    refused(await desk.unit.get(at(matter_id)), 404, "not_found")
    refused(await desk.staff.get(at(new_id())), 404, "not_found")


async def test_the_leader_lists_what_waits_page_by_page(desk: Desk) -> None:
    waiting = {str(await desk.proposed()) for _ in range(3)}
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await desk.leader.get("/assessments", state="PROPOSED", window="410200-W1", limit=2, **after)).json()
        assert all(item["state"] == "PROPOSED" for item in page["items"])
        found += [item["matter_id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert waiting <= set(found)
    assert len(found) == len(set(found))
    assert found == sorted(found)
    assert (await desk.other_window.get("/assessments", window="410200-W1")).json()["items"] == []
    assert (await desk.unit.get("/assessments")).json()["items"] == []
    assert (await desk.overseer.get("/assessments", limit=1)).json()["items"]
    refused(await desk.leader.get("/assessments", after="WyJ4Il0"), 400, "cursor.invalid")


async def test_the_city_sees_down_and_a_county_sees_only_itself(desk: Desk) -> None:
    city = await desk.accepted()
    county = await desk.accepted(window="410221-W1", org="410221")
    zone = await desk.accepted(window="410200Z1-W1", org="410200Z1")
    offices = {
        "410200": {city: 200, county: 200, zone: 200},
        "410221": {city: 404, county: 200, zone: 404},
        "410200Z1": {city: 404, county: 404, zone: 200},
        "410300": {city: 404, county: 404, zone: 404},
    }
    for org, wanted in offices.items():
        office = desk.hall.client(f"u-office-{org}", "supervision_dept", org=org)
        assert {matter_id: (await office.get(at(matter_id))).status_code for matter_id in wanted} == wanted
