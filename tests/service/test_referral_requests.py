"""Objections, extensions, suspensions, contacts and reassignment over HTTP, with what deadlines and intake tell."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.codes import Disclosure, FileFormat, PaperForm, UnitRole
from shared.contracts.deadlines import DeadlineResumed
from shared.contracts.intake import MatterMaterialAdded
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START
from tests.service.referral_desk import (
    ANSWER,
    COMPARISON,
    EXTRACT,
    GONE,
    STATEMENT,
    U1,
    U2,
    WINDOW,
    Desk,
    draft,
    ok,
    reasons,
    referral_desk,
    refused,
)

OBJECTION: dict[str, Any] = {
    "reason": "O1", "basis": "权责清单第十二项列明由该中心办理", "suggested_unit_id": U2,
}  # fmt: skip
EXTENSION: dict[str, Any] = {"days": 3, "reason": "E2", "evidence": "调档函", "plan": "收到档案后两日内办结"}
SUSPENSION: dict[str, Any] = {"reason": "S1", "basis": "房产测绘委托合同", "resume_by": "2026-10-12"}
NOTICE = {"materials": [{"name": "身份证", "basis": "条例第三条", "form": "COPY"}]}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


async def test_an_upheld_objection_gives_the_order_to_the_unit_it_belongs_to(desk: Desk) -> None:
    matter_id, order_id = await desk.drafted()
    await desk.delivered(order_id)
    assert ok(await desk.handler.post(f"/orders/{order_id}/objection", OBJECTION))["state"] == "OBJECTED"
    decision = {"upheld": True, "note": "确由该中心办理", "unit_id": U2}
    assert ok(await desk.leader.post(f"/orders/{order_id}/objection/decision", decision))["state"] == "REASSIGNED"
    old, new = await desk.orders(matter_id)
    assert (new["unit_id"], new["predecessor_id"], new["state"], new["title"]) == (U2, order_id, "DRAFT", old["title"])
    told = await desk.said(matter_id, "order.objected", "order.objection_decided", "order.drafted", "order.reassigned")
    assert [each["type"] for each in told[1:]] == [
        "order.objected", "order.objection_decided", "order.drafted", "order.reassigned",
    ]  # fmt: skip
    assert OBJECTION["basis"] not in str(told)
    await desk.delivered(new["order_id"])
    ok(await desk.second_unit.post(f"/orders/{new['order_id']}/acknowledgement"))
    refused(await desk.handler.post(f"/orders/{order_id}/acknowledgement"), 409, "state.illegal")


async def test_after_the_decision_the_unit_does_not_object_again(desk: Desk) -> None:
    _, order_id = await desk.working()
    ok(await desk.handler.post(f"/orders/{order_id}/objection", OBJECTION))
    refused(await desk.staff.post(f"/orders/{order_id}/objection/decision", {"upheld": False}), 403, "duty.not_leader")
    decision = {"upheld": False, "note": "职责清楚"}
    assert ok(await desk.leader.post(f"/orders/{order_id}/objection/decision", decision))["state"] == "WORKING"
    refused(await desk.handler.post(f"/orders/{order_id}/objection", OBJECTION), 409, "objection.final")
    seen = await desk.order(order_id, desk.handler)
    assert seen["objections"][0]["decision"]["note"] == "职责清楚"


async def test_an_objection_to_a_unit_that_is_gone_names_its_successor(desk: Desk) -> None:
    _, order_id = await desk.working()
    said = refused(
        await desk.handler.post(f"/orders/{order_id}/objection", OBJECTION | {"suggested_unit_id": GONE}),
        422, "unit.abolished",
    )  # fmt: skip
    assert said["successor_id"] == U1
    assert (await desk.order(order_id))["state"] == "WORKING"


async def test_an_objection_is_made_within_one_working_day(desk: Desk) -> None:
    _, order_id = await desk.working()
    desk.hall.time.set(START + timedelta(days=1, hours=8))  # Tuesday 17:00 itself is in time
    ok(await desk.handler.post(f"/orders/{order_id}/objection", OBJECTION))
    desk.hall.time.set(START)
    _, order_id = await desk.working()
    desk.hall.time.set(START + timedelta(days=1, hours=8, seconds=1))
    refused(await desk.handler.post(f"/orders/{order_id}/objection", OBJECTION), 422, "objection.late")
    desk.hall.time.set(START)


async def test_an_extension_needs_the_clock_and_changes_hands_with_the_second(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    refused(await desk.handler.post(f"/orders/{order_id}/extension", EXTENSION), 404, "not_here_yet")
    await desk.clock(matter_id, order_id)
    path, yes = f"/orders/{order_id}/extension", {"granted": True, "note": "理由成立"}
    ok(await desk.handler.post(path, EXTENSION))
    assert ok(await desk.leader.post(f"{path}/decision", yes))["state"] == "WORKING"
    ok(await desk.handler.post(path, EXTENSION))
    refused(await desk.leader.post(f"{path}/decision", yes), 422, "extension.needs_committee")
    committee = desk.hall.client("u-committee", "committee_leader")
    other = desk.hall.client("u-county", "committee_leader", org="410221")
    refused(await other.post(f"{path}/decision", yes), 404, "not_found")
    ok(await committee.post(f"{path}/decision", yes))
    third = ok(await desk.handler.post(path, EXTENSION))
    assert third["state"] == "WORKING"
    seen = await desk.order(order_id, desk.handler)
    assert [each["decision"]["granted"] for each in seen["extensions"]] == [True, True, False]
    told = await desk.said(matter_id, "order.extension_decided")
    assert [(each["data"]["number"], each["data"]["limit"]) for each in told] == [(1, "3WD"), (2, "3WD"), (3, None)]


async def test_the_three_days_of_a_cannot_do_answer_are_neither_extended_nor_suspended(desk: Desk) -> None:
    matter_id, order_id = await desk.working()  # runs under D13
    await desk.clock(matter_id, order_id, rule="D13")
    refused(await desk.handler.post(f"/orders/{order_id}/extension", EXTENSION), 422, "extension.forbidden")
    refused(await desk.handler.post(f"/orders/{order_id}/suspension", SUSPENSION), 422, "suspension.forbidden")


async def test_an_extension_comes_before_the_due_time(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    await desk.clock(matter_id, order_id, due_at="2026-09-28T08:59:59+08:00")
    refused(await desk.handler.post(f"/orders/{order_id}/extension", EXTENSION), 422, "extension.late")


async def under(desk: Desk, rule: str) -> tuple[UUID, str]:
    matter_id = await desk.approved(draft(rule=rule))
    [order] = await desk.orders(matter_id)
    await desk.delivered(order["order_id"])
    ok(await desk.handler.post(f"/orders/{order['order_id']}/acknowledgement"))
    return matter_id, order["order_id"]


async def test_a_suspension_ends_by_its_day(desk: Desk) -> None:
    matter_id, order_id = await under(desk, "D15")
    ok(await desk.handler.post(f"/orders/{order_id}/suspension", SUSPENSION))
    ok(await desk.leader.post(f"/orders/{order_id}/suspension/decision", {"granted": True, "note": "法定测绘"}))
    refused(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER), 409, "state.illegal")
    deadline_id = await desk.clock(matter_id, order_id)
    await desk.hall.publish(
        DeadlineResumed(
            matter_id=matter_id,
            org_code="410200",
            window_id=WINDOW,
            deadline_id=deadline_id,
            rule="D15",
            order_id=UUID(order_id),
            unit_id=U1,
            round=1,
            resumed_at="2026-10-12T09:00:00+08:00",
            automatic=True,
            due_at="2026-10-20T17:00:00+08:00",
            previous_due_at="2026-10-09T17:00:00+08:00",
            provisional=False,
        )
    )
    await desk.hall.caught_up()
    assert (await desk.order(order_id))["state"] == "WORKING"
    [told] = await desk.said(matter_id, "order.resumed")
    assert (told["data"]["automatic"], told["data"]["resumed_at"]) == (True, "2026-10-12T09:00:00+08:00")


async def test_what_waits_for_the_reporters_paper_goes_on_when_it_is_there(desk: Desk) -> None:
    matter_id, order_id = await under(desk, "D15")
    path = f"/orders/{order_id}/suspension"
    refused(await desk.handler.post(path, SUSPENSION | {"reason": "S2"}), 422, "suspension.no_notice")
    ok(await desk.handler.post(f"/orders/{order_id}/notices", NOTICE), 201)
    ok(await desk.handler.post(path, SUSPENSION | {"reason": "S2"}))
    ok(await desk.leader.post(f"{path}/decision", {"granted": True, "note": "已一次性告知"}))
    await desk.hall.publish(
        MatterMaterialAdded(
            matter_id=matter_id,
            org_code="410200",
            window_id=WINDOW,
            material_id=new_id(),
            format=FileFormat.PDF,
            form=PaperForm.COPY,
            pages=1,
            size=9,
            added_by="u-staff-1",
            added_at=START,
        )
    )
    await desk.hall.caught_up()
    assert (await desk.order(order_id))["state"] == "WORKING"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"resume_by": "2026-10-29"}, "suspension.day"), ({"reason": "S9"}, "form.invalid"),
     ({"resume_by": None}, "form.invalid"), ({"basis": ""}, "suspension.no_basis")],
)  # fmt: skip
async def test_a_suspension_outside_the_list_or_too_long_is_refused(
    desk: Desk, changes: dict[str, Any], code: str
) -> None:
    _, order_id = await under(desk, "D15")
    refused(await desk.handler.post(f"/orders/{order_id}/suspension", SUSPENSION | changes), 422, code)
    assert (await desk.order(order_id))["suspensions"] == []


async def test_either_side_lets_a_suspended_order_go_on(desk: Desk) -> None:
    for by in ("handler", "leader"):
        _, order_id = await under(desk, "D15")
        ok(await desk.handler.post(f"/orders/{order_id}/suspension", SUSPENSION))
        ok(await desk.leader.post(f"/orders/{order_id}/suspension/decision", {"granted": True, "note": "法定测绘"}))
        refused(await desk.second_unit.post(f"/orders/{order_id}/resumption"), 404, "not_found")
        assert ok(await getattr(desk, by).post(f"/orders/{order_id}/resumption"))["state"] == "WORKING"


async def test_a_declined_suspension_lets_the_clock_run(desk: Desk) -> None:
    matter_id, order_id = await under(desk, "D15")
    ok(await desk.handler.post(f"/orders/{order_id}/suspension", SUSPENSION))
    no = {"granted": False, "note": "可以边测边办"}
    assert ok(await desk.leader.post(f"/orders/{order_id}/suspension/decision", no))["state"] == "WORKING"
    assert len(await desk.said(matter_id, "order.suspension_declined")) == 1
    refused(await desk.leader.post(f"/orders/{order_id}/suspension/decision", no), 409, "suspension.none_waits")


async def test_under_mask_the_window_speaks_to_the_reporter_for_the_unit(desk: Desk) -> None:
    matter_id = await desk.approved(draft(rule="D15"), disclosure=Disclosure.MASK)
    [order] = await desk.orders(matter_id)
    path = f"/orders/{order['order_id']}"
    text = "\n".join((EXTRACT["title"], EXTRACT["facts_extract"], EXTRACT["demand"], "书面答复", "答复文书"))
    extract = EXTRACT | {"text_check_receipt": desk.receipt(matter_id, text)}
    ok(await desk.leader.post(f"{path}/signature", {"extract": extract}))
    ok(await desk.handler.post(f"{path}/acknowledgement"))
    refused(await desk.handler.post(f"{path}/contacts", {"outcome": "已联系"}), 422, "contact.hidden")
    refused(await desk.handler.post(f"{path}/contact-requests", {}), 422, "contact.nothing_asked")
    ok(await desk.handler.post(f"{path}/contact-requests", {"what": "请补充2024年缴费记录"}), 201)
    [contact] = (await desk.order(order["order_id"]))["contacts"]
    done = f"{path}/contact-requests/{contact['id']}/outcome"
    refused(await desk.second_unit.post(done, {"outcome": "已联系"}), 403, "role.missing")
    said = {"outcome": "已转告,周五送来"}
    refused(await desk.staff.post(done, said), 422, "contact.text_not_checked")
    other = said | {"text_check_receipt": desk.receipt(matter_id, "另一段文字")}
    refused(await desk.staff.post(done, other), 422, "contact.text_not_checked")
    ok(await desk.staff.post(done, said | {"text_check_receipt": desk.receipt(matter_id, said["outcome"])}))
    assert (await desk.order(order["order_id"], desk.handler))["contacts"][0]["outcome"] == "已转告,周五送来"
    assert "周五" not in str(await desk.said(matter_id))


async def test_voiding_the_open_one_settles_the_round(desk: Desk) -> None:
    matter_id = await desk.approved(draft(U1, rule="D15"), draft(U2, UnitRole.CO, rule="D15"))
    first, second = [order["order_id"] for order in await desk.orders(matter_id)]
    for order_id, by in ((first, desk.handler), (second, desk.second_unit)):
        await desk.delivered(order_id)
        ok(await by.post(f"/orders/{order_id}/acknowledgement"))
    ok(await desk.handler.post(f"/orders/{first}/answer", ANSWER))
    ok(await desk.staff.post(f"/orders/{first}/review", {"decision": "ACCEPT"}))
    assert (
        ok(await desk.leader.post(f"/orders/{second}/voiding", {"reason": "已由主办单位一并办结"}))["state"] == "VOIDED"
    )
    assert len(await desk.said(matter_id, "order.all_settled")) == 1
    refused(await desk.leader.post(f"/orders/{first}/voiding", {"reason": "再作废"}), 409, "order.ended")


async def test_a_reassigned_order_can_be_dropped_when_another_stands(desk: Desk) -> None:
    matter_id = await desk.approved(draft(U1, rule="D15"), draft(U2, UnitRole.CO, rule="D15"))
    first, second = [order["order_id"] for order in await desk.orders(matter_id)]
    await desk.delivered(first)
    await desk.delivered(second)
    ok(await desk.second_unit.post(f"/orders/{second}/objection", OBJECTION | {"suggested_unit_id": None}))
    ok(await desk.leader.post(f"/orders/{second}/objection/decision", {"upheld": True, "note": "确非其职责"}))
    ok(await desk.handler.post(f"/orders/{first}/acknowledgement"))
    ok(await desk.handler.post(f"/orders/{first}/answer", ANSWER))
    ok(await desk.staff.post(f"/orders/{first}/review", {"decision": "ACCEPT"}))
    assert await desk.said(matter_id, "order.all_settled") == []
    refused(await desk.leader.post(f"/orders/{second}/dropping", {}), 422, "order.no_reason")
    ok(await desk.leader.post(f"/orders/{second}/dropping", {"reason": "主办单位已一并办结"}))
    assert len(await desk.said(matter_id, "order.all_settled")) == 1


async def test_several_orders_are_signed_as_they_were_opened_or_not_at_all(desk: Desk) -> None:
    matter_id = await desk.approved(draft(U1), draft(U2, UnitRole.CO))
    ids = [order["order_id"] for order in await desk.orders(matter_id)]
    for order_id in ids:
        ok(await desk.staff.put(f"/orders/{order_id}/extract", EXTRACT))
    opened = [{"order_id": each, "version": (await desk.order(each))["version"]} for each in ids]
    ok(await desk.staff.put(f"/orders/{ids[1]}/extract", EXTRACT | {"demand": "尽快恢复营业"}))
    refused(await desk.leader.post("/orders/signatures", {"orders": opened}), 409, "order.changed")
    assert {(await desk.order(each))["state"] for each in ids} == {"DRAFT"}
    opened[1]["version"] += 1
    signed = ok(await desk.leader.post("/orders/signatures", {"orders": opened}))["orders"]
    serials = sorted(int(order["order_no"].split("〕")[1][:-1]) for order in signed)
    assert serials[1] == serials[0] + 1


async def test_a_countys_window_gets_a_prefix_of_its_own(desk: Desk) -> None:
    path, office = "/windows/410200-W1/order-prefix", desk.overseer
    refused(await desk.leader.put(path, {"prefix": "汴纪督交"}), 403, "role.missing")
    refused(await office.put("/windows/410299-W1/order-prefix", {"prefix": "某纪督交"}), 404, "not_found")
    refused(await office.put(path, {"prefix": "2026号"}), 422, "order_prefix.form")
    ok(await office.put(path, {"prefix": "汴纪督交"}))
    _, order_id = await desk.drafted()
    await desk.delivered(order_id)
    assert (await desk.order(order_id))["order_no"].startswith("汴纪督交〔2026〕")


async def test_the_principal_signs_what_was_drafted_and_a_changed_policy_brings_the_matter_back(desk: Desk) -> None:
    law = {
        "level": "RULE", "title": "成品油市场管理办法", "number": "演示令〔2006〕23号", "issued_by": "商务部",
        "effective_on": "2007-01-01", "articles": [{"number": "第十七条", "text": "换证后应当重新审查。"}],
    }  # fmt: skip
    policy_id = ok(await desk.staff.post("/policies", law), 201)["policy_id"]
    matter_id, order_id = await desk.working()
    path = f"/orders/{order_id}/cannot-do-statement"
    cites = [{"level": "RULE", "article": "第十七条", "policy_id": policy_id}]
    body = STATEMENT | {"reasons": reasons("跟踪"), "basis": cites}
    refused(await desk.principal.post(f"{path}/signature", {"text_sha256": "ab" * 32}), 422, "cannot_do.no_draft")
    lacking = ok(await desk.handler.put(f"{path}/draft", body | {"remedy": ""}))
    assert [fault["code"] for fault in lacking["faults"]] == ["cannot_do.incomplete"]
    drafted = ok(await desk.handler.put(f"{path}/draft", body))
    assert drafted["faults"] == []
    assert "换证后应当重新审查。" in drafted["text"]
    assert ok(await desk.principal.get(f"{path}/draft"))["text_sha256"] == drafted["text_sha256"]
    refused(await desk.second_unit.get(f"{path}/draft"), 404, "not_found")
    signing = {"text_sha256": drafted["text_sha256"]}
    refused(await desk.deputy.post(f"{path}/signature", signing), 422, "cannot_do.not_principal")
    early = signing | {"signed_at": "2026-09-27T10:00:00+08:00"}
    refused(await desk.principal.post(f"{path}/signature", early), 422, "cannot_do.signature_older")
    refused(await desk.principal.post(f"{path}/signature", {"text_sha256": "ab" * 32}), 422, "cannot_do.text_changed")
    ok(await desk.principal.post(f"{path}/signature", signing), 201)
    refused(await desk.handler.get(f"{path}/draft"), 404, "cannot_do.no_draft")
    compared = ok(await desk.staff.post(f"/matters/{matter_id}/comparisons", COMPARISON), 201)
    decision = {"decision": "UPHOLD", "comparison_id": compared["comparison_id"], "watch": True}
    ok(await desk.leader.post(f"{path}/decision", decision))
    assert (await desk.order(order_id))["statement"]["watched"]
    ok(await desk.staff.post(f"/policies/{policy_id}/end", {"ended_on": "2026-09-30"}))
    [told] = await desk.said(matter_id, "cannot_do.policy_changed")
    assert (told["data"]["policy_id"], told["data"]["order_id"]) == (policy_id, order_id)
    assert not (await desk.order(order_id))["statement"]["watched"]


async def test_a_meetings_tasks_are_on_the_units_orders(desk: Desk) -> None:
    matter_id, order_id = await under(desk, "D16")
    called = {"kind": "COORDINATION", "unit_ids": [U1], "meets_at": "2026-09-28T15:00:00+08:00"}
    path = f"/meetings/{ok(await desk.leader.post(f'/matters/{matter_id}/meetings', called), 201)['meeting_id']}"
    ok(await desk.staff.post(f"{path}/sessions", {"present_unit_ids": [U1], "minutes": "分头办理"}), 201)
    tasks = [{"unit_id": U1, "task": "补录房屋登记信息", "due": "2026-09-30"}]
    ok(await desk.leader.post(f"{path}/conclusion", {"summary": "分头办理", "tasks": tasks}))
    wanted = (await desk.order(order_id, desk.handler))["requirements"][-1]
    assert (wanted["what"], wanted["due"]) == ("补录房屋登记信息", "2026-09-30")


async def test_lists_tell_what_waits_for_the_window(desk: Desk) -> None:
    _, order_id = await under(desk, "D15")
    path = f"/orders/{order_id}"
    ok(await desk.handler.post(f"{path}/suspension", SUSPENSION))
    ok(await desk.handler.post(f"{path}/contact-requests", {"what": "请补充缴费记录"}), 201)
    for who in (desk.leader, desk.handler):
        lines = {line["order_id"]: line for line in (await who.get("/orders", state="WORKING")).json()["items"]}
        assert (lines[order_id]["suspension_waits"], lines[order_id]["open_contacts"]) == (True, 1)
    ok(await desk.leader.post(f"{path}/suspension/decision", {"granted": False, "note": "不属于法定情形"}))
    assert (await desk.order(order_id))["suspension_waits"] is False


async def test_the_window_reads_the_extract_as_it_may_be_written_again(desk: Desk) -> None:
    _, order_id = await desk.drafted()
    extract = EXTRACT | {"facts_extract": "经王科长、李局长签字后未获同意。", "confirmed": ["李局长"]}
    ok(await desk.leader.put(f"/orders/{order_id}/extract", extract))
    order = await desk.order(order_id)
    assert (order["marks"], order["confirmed"], order["requirement_rules"]) == (["王科长"], ["李局长"], ["D18"])


async def test_what_waits_for_a_new_order_is_found_until_something_follows(desk: Desk) -> None:
    matter_id = await desk.approved(draft(U1, rule="D15"), draft(U2, UnitRole.CO, rule="D15"))
    first, second = [order["order_id"] for order in await desk.orders(matter_id)]
    for order_id, by in ((first, desk.handler), (second, desk.second_unit)):
        await desk.delivered(order_id)
        ok(await by.post(f"/orders/{order_id}/objection", OBJECTION | {"suggested_unit_id": None}))
        ok(await desk.leader.post(f"/orders/{order_id}/objection/decision", {"upheld": True, "note": "确非其职责"}))

    async def waiting() -> set[str]:
        return {each["order_id"] for each in ok(await desk.leader.get("/orders", unfollowed="true"))["items"]}

    assert {first, second} <= await waiting()
    ok(await desk.leader.post(f"/orders/{first}/successor", {"unit_id": U2}), 201)
    assert await waiting() & {first, second} == {second}
    ok(await desk.leader.post(f"/orders/{second}/dropping", {"reason": "已由另一单位一并办理"}))
    assert await waiting() & {first, second} == set()
    assert ok(await desk.handler.get("/orders", unfollowed="true"))["items"] == []


async def test_a_notice_says_how_to_go_about_it_and_an_order_who_gets_a_copy(desk: Desk) -> None:
    matter_id, order_id = await desk.drafted()
    extract = EXTRACT | {"copies_to": ["STATIONED_GROUP", "HALL", "HALL"]}
    ok(await desk.leader.post(f"/orders/{order_id}/signature", {"extract": extract}))
    ok(await desk.handler.post(f"/orders/{order_id}/acknowledgement"))
    how = {"flow": "先测绘,后核实", "duration": "5个工作日", "fee": "不收费", "place": "大厅3号窗口"}
    ok(await desk.handler.post(f"/orders/{order_id}/notices", NOTICE | how), 201)
    seen = await desk.order(order_id, desk.handler)
    assert seen["copies_to"] == ["STATIONED_GROUP", "HALL"]
    assert (seen["notices"][0]["procedure"]["flow"], seen["notices"][0]["procedure"]["contact"]) == (
        "先测绘,后核实",
        "",
    )
    [told] = await desk.said(matter_id, "order.issued")
    assert told["data"]["copies_to"] == ["STATIONED_GROUP", "HALL"]
