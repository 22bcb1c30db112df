"""Orders over HTTP, from the approval to the settled round, against the real broker and database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.contracts.codes import Disclosure, UnitRole
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START
from tests.service.referral_desk import ANSWER, EXTRACT, GONE, U1, U2, Desk, draft, ok, referral_desk, refused


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as found:
        yield found


async def test_an_order_goes_from_draft_to_settled(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    ok(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER))
    review = ok(await desk.staff.post(f"/orders/{order_id}/review", {"decision": "ACCEPT"}))
    assert review["state"] == "CLOSED"
    said = await desk.said(matter_id)
    assert [event["type"] for event in said] == [
        "order.drafted", "order.issued", "order.acked", "order.answered", "order.accepted", "order.all_settled",
    ]  # fmt: skip
    assert [event["sequence"] for event in said] == [1, 2, 3, 4, 5, 6]
    assert (said[-1]["data"]["outcome"], said[-1]["data"]["round"]) == ("DONE", 1)
    assert {event["data"]["window_id"] for event in said} == {"410200-W1"}


async def test_a_matter_with_two_orders_settles_after_both(desk: Desk) -> None:
    matter_id = await desk.approved(draft(U1, UnitRole.MAIN, "D16"), draft(U2, UnitRole.CO, "D16"), group_size=15)
    everyone = [{"label": f"B{number:02d}", "result": "SOLVED"} for number in range(1, 16)]
    for order, by in zip(await desk.orders(matter_id), (desk.handler, desk.second_unit), strict=True):
        assert await desk.said(matter_id, "order.all_settled") == []
        await desk.delivered(order["order_id"])
        ok(await by.post(f"/orders/{order['order_id']}/acknowledgement"))
        main = order["role"] == "MAIN"
        ok(await by.post(f"/orders/{order['order_id']}/answer", ANSWER | ({"beneficiaries": everyone} if main else {})))
        ok(await desk.staff.post(f"/orders/{order['order_id']}/review", {"decision": "ACCEPT"}))
    [settled] = await desk.said(matter_id, "order.all_settled")
    assert settled["data"]["outcome"] == "DONE"
    answered = (await desk.said(matter_id, "order.answered"))[0]["data"]
    assert (answered["beneficiaries_solved"], answered["beneficiaries_total"]) == (15, 15)


async def test_two_reviews_at_the_same_moment_settle_the_round_once(desk: Desk) -> None:
    matter_id = await desk.approved(draft(U1), draft(U2, UnitRole.CO))
    ids = [order["order_id"] for order in await desk.orders(matter_id)]
    for order_id, by in zip(ids, (desk.handler, desk.second_unit), strict=True):
        await desk.delivered(order_id)
        ok(await by.post(f"/orders/{order_id}/acknowledgement"))
        ok(await by.post(f"/orders/{order_id}/answer", ANSWER))
    await asyncio.gather(*(desk.staff.post(f"/orders/{order_id}/review", {"decision": "ACCEPT"}) for order_id in ids))
    assert len(await desk.said(matter_id, "order.all_settled")) == 1


async def test_numbers_have_no_gaps_though_some_signatures_are_refused(desk: Desk) -> None:
    drafted = [await desk.drafted() for _ in range(6)]
    for _, order_id in drafted[:4]:
        ok(await desk.leader.put(f"/orders/{order_id}/extract", EXTRACT))
    answers = await asyncio.gather(*(desk.leader.post(f"/orders/{order_id}/signature") for _, order_id in drafted))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 422, 422]
    rows = await desk.hall.query("SELECT order_no FROM orders WHERE window_id = '410200-W1' AND order_no IS NOT NULL")
    assert {row["order_no"] for row in rows} == {f"汴纪监窗交〔2026〕{n}号" for n in range(1, len(rows) + 1)}


async def test_only_the_leader_on_duty_signs(desk: Desk) -> None:
    _, order_id = await desk.drafted()
    ok(await desk.staff.put(f"/orders/{order_id}/extract", EXTRACT))
    refused(await desk.staff.post(f"/orders/{order_id}/signature"), 403, "duty.not_leader")
    refused(await desk.other_window.post(f"/orders/{order_id}/signature"), 404, "not_found")
    refused(await desk.handler.post(f"/orders/{order_id}/signature"), 403, "role.missing")
    desk.hall.time.set(START + timedelta(days=14))
    try:
        refused(await desk.leader.post(f"/orders/{order_id}/signature"), 403, "duty.unknown")
    finally:
        desk.hall.time.set(START)
    ok(await desk.leader.post(f"/orders/{order_id}/signature"))


async def test_a_masked_reporter_needs_a_receipt_for_exactly_this_text(desk: Desk) -> None:
    matter_id, order_id = await desk.drafted(disclosure=Disclosure.MASK)
    asked = (one[part] for one in EXTRACT["requirements"] for part in ("what", "evidence") if one.get(part))
    text = "\n".join((EXTRACT["title"], EXTRACT["facts_extract"], EXTRACT["demand"], *asked))
    receipts = [
        None,
        "no receipt at all",
        desk.receipt(new_id(), text),
        desk.receipt(matter_id, text + "。"),
        desk.receipt(matter_id, text.rpartition("\n")[0]),
        desk.receipt(matter_id, text, clean=False),
    ]
    for receipt in receipts:
        ok(await desk.leader.put(f"/orders/{order_id}/extract", EXTRACT | {"text_check_receipt": receipt}))
        refused(await desk.leader.post(f"/orders/{order_id}/signature"), 422, "order.text_not_checked")
    good = EXTRACT | {"text_check_receipt": desk.receipt(matter_id, text)}
    ok(await desk.leader.put(f"/orders/{order_id}/extract", good))
    ok(await desk.leader.post(f"/orders/{order_id}/signature"))


async def test_an_abolished_unit_gets_no_order_but_its_successor_is_named(desk: Desk) -> None:
    matter_id = await desk.approved(draft(GONE))
    [order] = await desk.orders(matter_id)
    ok(await desk.leader.put(f"/orders/{order['order_id']}/extract", EXTRACT))
    refusal = refused(await desk.leader.post(f"/orders/{order['order_id']}/signature"), 422, "unit.abolished")
    assert refusal["successor_id"] == U1


async def test_a_unit_sees_its_own_orders_once_delivered_and_never_rule_or_kind(desk: Desk) -> None:
    matter_id, order_id = await desk.drafted()
    refused(await desk.handler.get(f"/orders/{order_id}"), 404, "not_found")
    refused(await desk.handler.post(f"/orders/{order_id}/acknowledgement"), 404, "not_found")
    await desk.delivered(order_id)
    seen = await desk.order(order_id, by=desk.handler)
    listed = ok(await desk.handler.get(f"/matters/{matter_id}/orders"))["items"][0]
    for view in (seen, listed):
        assert not {"rule", "kind", "predecessor_id", "requirement_codes"} & view.keys()
        assert "D13" not in str(view)
        assert "D18" not in str(view)
    assert seen["limit"] == "自签收之日起3个工作日内反馈;逾1个工作日未签收的,自送达之日起算"
    assert seen["requirements"][0]["limit"].startswith("自签收之日起1个工作日内")
    assert (seen["policy_label"], seen["window_name"]) == ("疑难复杂推动办", "市民之家窗口")
    assert (await desk.order(order_id))["rule"] == "D13"


async def test_another_units_order_is_not_there(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    refused(await desk.second_unit.get(f"/orders/{order_id}"), 404, "not_found")
    for act, body in (("acknowledgement", {}), ("answer", ANSWER), ("notices", {"materials": []})):
        refused(await desk.second_unit.post(f"/orders/{order_id}/{act}", body), 404, "not_found")
    assert ok(await desk.second_unit.get(f"/matters/{matter_id}/orders"))["items"] == []


async def test_windows_see_their_own_and_the_city_sees_below(desk: Desk) -> None:
    matter_id = await desk.approved(draft(), window="410221-W1")
    [order] = ok(await desk.other_window.get(f"/matters/{matter_id}/orders"))["items"]
    refused(await desk.staff.get(f"/orders/{order['order_id']}"), 404, "not_found")
    assert (await desk.order(order["order_id"], by=desk.overseer))["org_code"] == "410221"
    county = desk.hall.client("u-office-9", "supervision_dept", org="410222")
    refused(await county.get(f"/orders/{order['order_id']}"), 404, "not_found")
    await desk.delivered(order["order_id"], leader=desk.other_window)
    assert (await desk.order(order["order_id"], desk.overseer))["order_no"] == "汴纪监窗交(410221-W1)〔2026〕1号"


async def test_a_returned_answer_waits_for_another(desk: Desk) -> None:
    _, order_id = await desk.working()
    refused(await desk.staff.post(f"/orders/{order_id}/review", {"decision": "ACCEPT"}), 409, "state.illegal")
    ok(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER))
    ok(await desk.staff.post(f"/orders/{order_id}/review", {"decision": "RETURN", "note": "证据与诉求不符"}))
    seen = await desk.order(order_id, by=desk.handler)
    assert (seen["state"], seen["reviews"][0]["note"]) == ("RETURNED", "证据与诉求不符")
    assert ok(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER))["state"] == "ANSWERED"


async def test_an_answer_without_evidence_leaves_nothing_behind(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    refused(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER | {"evidence": []}), 422, "answer.no_evidence")
    bad_hash = {"evidence": [{"name": "a.png", "sha256": "xyz"}]}
    refused(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER | bad_hash), 422, "form.invalid")
    assert (await desk.order(order_id))["state"] == "WORKING"
    assert await desk.said(matter_id, "order.answered") == []


async def test_the_same_key_acknowledges_once(desk: Desk) -> None:
    matter_id, order_id = await desk.drafted()
    await desk.delivered(order_id)
    key = str(new_id())
    first = await desk.handler.post(f"/orders/{order_id}/acknowledgement", idempotency_key=key)
    again = await desk.handler.post(f"/orders/{order_id}/acknowledgement", idempotency_key=key)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    refused(await desk.handler.post(f"/orders/{order_id}/acknowledgement"), 409, "state.illegal")
    assert len(await desk.said(matter_id, "order.acked")) == 1


async def test_an_extract_read_before_somebody_changed_it_is_not_saved_over(desk: Desk) -> None:
    _, order_id = await desk.drafted()
    read = await desk.leader.get(f"/orders/{order_id}")
    ok(await desk.staff.put(f"/orders/{order_id}/extract", EXTRACT))
    late = await desk.leader.put(
        f"/orders/{order_id}/extract", EXTRACT | {"title": "旧"}, if_match=read.headers["etag"]
    )
    refused(late, 409, "version.conflict")


async def test_a_material_added_to_a_notice_is_on_record(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    papers = [{"name": name, "basis": "第九条", "form": "COPY", "copies": 1} for name in ("营业执照", "平面图")]
    ok(await desk.handler.post(f"/orders/{order_id}/notices", {"materials": papers[:1]}), 201)
    second = ok(await desk.handler.post(f"/orders/{order_id}/notices", {"materials": papers}), 201)
    assert (second["notice_version"], second["added"]) == (2, ["平面图"])
    events = await desk.said(matter_id, "notice.issued")
    assert [event["data"]["added_count"] for event in events] == [0, 1]
    assert len((await desk.order(order_id))["notices"]) == 2


async def test_lists_come_in_pages_and_by_state(desk: Desk) -> None:
    for _ in range(3):
        await desk.working()
    first = ok(await desk.handler.get("/orders", state="WORKING", limit=2))
    rest = ok(await desk.handler.get("/orders", state="WORKING", limit=200, after=first["next"]))
    ids = [line["order_id"] for line in first["items"] + rest["items"]]
    assert len(set(ids)) == len(ids) >= 3
    assert ids == sorted(ids, reverse=True)
    assert {line["state"] for line in first["items"]} == {"WORKING"}
    refused(await desk.handler.get("/orders", after="rubbish"), 400, "cursor.invalid")


async def test_nothing_anybody_wrote_is_in_an_event_or_readable_in_the_database(desk: Desk) -> None:
    matter_id, order_id = await desk.working()
    ok(await desk.handler.post(f"/orders/{order_id}/answer", ANSWER | {"cause_view": "雷某反映的情况属实"}))
    rows = await desk.hall.query("SELECT * FROM orders WHERE matter_id = $1", matter_id)
    everything = str(await desk.said(matter_id)) + str([dict(row) for row in rows])
    assert not any(word in everything for word in ("雷某", "王某", "加油站", "登记截图"))


async def test_what_is_no_form_is_refused_by_name_and_not_by_value(desk: Desk) -> None:
    _, order_id = await desk.drafted()
    refused(await desk.leader.put(f"/orders/{order_id}/extract", b"{"), 400, "form.malformed")
    unknown = refused(await desk.leader.put(f"/orders/{order_id}/extract", {"titel": "雷某"}), 422, "form.invalid")
    assert "雷某" not in str(unknown)
    refused(await desk.leader.put(f"/orders/{order_id}/extract", {"title": "长" * 101}), 422, "form.invalid")
    refused(await desk.leader.post(f"/orders/{new_id()}/signature"), 404, "not_found")
    refused(await desk.leader.post("/orders/1/signature"), 422, "form.invalid")
