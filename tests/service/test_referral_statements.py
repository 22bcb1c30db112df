"""Cannot-do statements over HTTP: filed by the principal in person, decided with the comparison at hand."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from shared.contracts.codes import Kind
from shared.contracts.triage import MatterReclassified
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START
from tests.service.referral_desk import (
    ANSWER,
    COMPARISON,
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


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


def reclassified(matter_id: UUID, decided_by: str | None = "u-leader-1") -> MatterReclassified:
    return MatterReclassified(
        matter_id=matter_id, org_code="410200", window_id=WINDOW, from_kind=Kind.CANNOT, to_kind=Kind.HARD,
        sub_reasons=[], decided_by=decided_by, decided_at=START,
    )  # fmt: skip


async def test_a_deputys_filing_is_refused_and_the_principals_is_upheld(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    path = f"/orders/{order_id}/cannot-do-statement"
    body = await desk.signed(order_id, STATEMENT | {"reasons": reasons("加油站")})
    refused(await desk.deputy.post(path, body), 422, "cannot_do.not_principal")
    refused(await desk.handler.post(path, body), 422, "cannot_do.not_principal")
    assert await desk.hall.query("SELECT 1 FROM statement WHERE order_id = $1", UUID(order_id)) == []
    assert (await desk.order(order_id))["state"] == "WORKING"
    filed = ok(await desk.principal.post(path, body), 201)
    assert filed["order"]["state"] == "CANNOT_FILED"
    comparison = ok(await desk.staff.post(f"/matters/{matter_id}/comparisons", COMPARISON), 201)
    decision = {"decision": "UPHOLD", "comparison_id": comparison["comparison_id"]}
    refused(await desk.staff.post(f"{path}/decision", decision), 403, "duty.not_leader")
    assert ok(await desk.leader.post(f"{path}/decision", decision))["state"] == "CLOSED"
    said = [event["type"] for event in await desk.said(matter_id)]
    assert said[-4:] == ["cannot_do.filed", "comparison.recorded", "cannot_do.upheld", "order.all_settled"]
    [settled] = await desk.said(matter_id, "order.all_settled")
    assert settled["data"]["outcome"] == "CANNOT_EXPLAINED"


async def test_upholding_needs_a_comparison_of_this_matter(desk: Desk) -> None:
    matter_id, order_id = await desk.filed("横向对比")
    path = f"/orders/{order_id}/cannot-do-statement/decision"
    refused(await desk.leader.post(path, {"decision": "UPHOLD"}), 422, "cannot_do.no_comparison")
    elsewhere = await desk.approved(draft())
    other = ok(await desk.staff.post(f"/matters/{elsewhere}/comparisons", COMPARISON), 201)["comparison_id"]
    for comparison_id in (other, str(new_id())):
        body = {"decision": "UPHOLD", "comparison_id": comparison_id}
        refused(await desk.leader.post(path, body), 422, "comparison.not_of_matter")
    waived = {"needed": False, "reason": "国家统一规定,各地一致"}
    comparison = ok(await desk.staff.post(f"/matters/{matter_id}/comparisons", waived), 201)
    ok(await desk.leader.post(path, {"decision": "UPHOLD", "comparison_id": comparison["comparison_id"]}))


async def test_a_rejected_statement_gets_its_new_order_when_the_matter_is_reclassified(desk: Desk) -> None:
    matter_id, order_id = await desk.filed("不成立")
    path = f"/orders/{order_id}/cannot-do-statement/decision"
    refused(await desk.leader.post(path, {"decision": "REJECT"}), 422, "cannot_do.no_reason")
    ok(await desk.leader.post(path, {"decision": "REJECT", "note": "条文不适用于本件"}))
    assert (await desk.order(order_id, by=desk.handler))["statement"]["decision"]["note"] == "条文不适用于本件"
    await desk.hall.publish(reclassified(matter_id), reclassified(matter_id))
    await desk.hall.caught_up()
    rejected, heir = await desk.orders(matter_id)
    assert (rejected["state"], heir["state"], heir["rule"]) == ("REJECTED", "DRAFT", "D15")
    assert (heir["predecessor_id"], heir["title"], heir["round"]) == (order_id, "加油站恢复营业", 1)
    assert await desk.said(matter_id, "order.all_settled") == []
    await desk.delivered(heir["order_id"])
    ok(await desk.handler.post(f"/orders/{heir['order_id']}/acknowledgement"))
    ok(await desk.handler.post(f"/orders/{heir['order_id']}/answer", ANSWER))
    ok(await desk.staff.post(f"/orders/{heir['order_id']}/review", {"decision": "ACCEPT"}))
    [settled] = await desk.said(matter_id, "order.all_settled")
    assert settled["data"]["outcome"] == "DONE"


async def test_the_leader_may_order_again_without_a_reclassification(desk: Desk) -> None:
    matter_id, order_id = await desk.filed("另行交办")
    refused(await desk.leader.post(f"/orders/{order_id}/successor", {}), 409, "state.illegal")
    decision = {"decision": "REJECT", "note": "条文不适用于本件"}
    ok(await desk.leader.post(f"/orders/{order_id}/cannot-do-statement/decision", decision))
    heir = ok(await desk.leader.post(f"/orders/{order_id}/successor", {"rule": "D12"}), 201)
    assert (heir["state"], heir["unit_id"]) == ("DRAFT", U1)
    refused(await desk.leader.post(f"/orders/{order_id}/successor", {}), 409, "order.has_successor")
    await desk.hall.publish(reclassified(matter_id))
    await desk.hall.caught_up()
    assert len(await desk.orders(matter_id)) == 2


async def test_a_kind_that_followed_from_an_upheld_statement_orders_nothing(desk: Desk) -> None:
    matter_id, order_id = await desk.filed("自动改类")
    decision = {"decision": "REJECT", "note": "条文不适用于本件"}
    ok(await desk.leader.post(f"/orders/{order_id}/cannot-do-statement/decision", decision))
    await desk.hall.publish(reclassified(matter_id, decided_by=None))
    await desk.hall.caught_up()
    assert len(await desk.orders(matter_id)) == 1


async def test_the_preview_says_all_that_is_missing(desk: Desk) -> None:
    _, order_id = await desk.working()
    excuse = STATEMENT["basis"][0] | {"title": "本单位内部规定"}
    thin = STATEMENT | {"basis": [excuse], "reasons": "系统不支持", "remedy": ""}
    preview = ok(await desk.handler.post(f"/orders/{order_id}/cannot-do-statement/preview", thin))
    codes = [fault["code"] for fault in preview["faults"]]
    assert codes == ["cannot_do.no_legal_basis", "cannot_do.reasons_short", "cannot_do.incomplete"]
    filing = await desk.principal.post(
        f"/orders/{order_id}/cannot-do-statement", thin | {"text_sha256": preview["text_sha256"]}
    )
    refusal = refused(filing, 422, "cannot_do.no_legal_basis")
    assert [fault["code"] for fault in refusal["faults"]] == codes


async def test_what_was_signed_is_what_is_filed(desk: Desk) -> None:
    _, order_id = await desk.working()
    signed = await desk.signed(order_id, STATEMENT | {"reasons": reasons("签字")})
    changed = signed | {"remedy": "可以信访复查。"}
    path = f"/orders/{order_id}/cannot-do-statement"
    refused(await desk.principal.post(path, changed), 422, "cannot_do.text_changed")
    ok(await desk.principal.post(path, signed), 201)


async def test_a_statement_copied_from_another_order_is_refused(desk: Desk) -> None:
    await desk.filed("抄来")
    _, order_id = await desk.working()
    copy = STATEMENT | {"reasons": reasons(" 抄 来 ")}
    filing = await desk.principal.post(f"/orders/{order_id}/cannot-do-statement", await desk.signed(order_id, copy))
    refused(filing, 422, "cannot_do.copied")


async def test_a_principal_of_another_unit_does_not_find_the_order(desk: Desk) -> None:
    _, order_id = await desk.working()
    stranger = desk.hall.client(f"u-principal-{U2}", "unit_principal", org_type="UNIT", unit=U2)
    body = await desk.signed(order_id, STATEMENT | {"reasons": reasons("别的单位")})
    refused(await stranger.post(f"/orders/{order_id}/cannot-do-statement", body), 404, "not_found")
    refused(await stranger.post(f"/orders/{order_id}/cannot-do-statement/preview", STATEMENT), 404, "not_found")


async def test_a_new_principal_signs_from_the_day_the_directory_says_so(desk: Desk) -> None:
    _, order_id = await desk.working()
    body = await desk.signed(order_id, STATEMENT | {"reasons": reasons("接任")})
    [line] = [one for one in ok(await desk.handler.get("/units"))["items"] if one["unit_id"] == U1]
    path = f"/orders/{order_id}/cannot-do-statement"
    try:
        new_line = line | {"principal_id": "u-principal-new", "principal_since": "2026-09-28"}
        ok(await desk.overseer.post("/units/import", {"rows": [new_line]}))
        refused(await desk.principal.post(path, body), 422, "cannot_do.not_principal")
        new = desk.hall.client("u-principal-new", "unit_principal", org_type="UNIT", unit=U1)
        ok(await new.post(path, body), 201)
    finally:
        desk.hall.time.set(START + timedelta(days=1))
        ok(await desk.overseer.post("/units/import", {"rows": [line | {"principal_since": "2026-09-29"}]}))


async def test_nothing_of_a_statement_is_in_an_event_or_readable_in_the_database(desk: Desk) -> None:
    matter_id, order_id = await desk.filed("贾某")
    rows = await desk.hall.query("SELECT * FROM statement WHERE order_id = $1", UUID(order_id))
    everything = str(await desk.said(matter_id)) + str([dict(row) for row in rows])
    assert not any(word in everything for word in ("贾某", "成品油", "复议"))
