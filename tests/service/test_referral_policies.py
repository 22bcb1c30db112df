"""The library of policies over HTTP, and comparisons that cite it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.engines import Engines
from tests.service.referral_desk import COMPARISON, Desk, draft, ok, referral_desk, refused

POLICY: dict[str, Any] = {
    "level": "NORMATIVE", "title": "公积金个人贷款管理办法(演示)", "number": "演示公积金〔2021〕3号",
    "issued_by": "市住房公积金管理委员会", "effective_on": "2021-05-01",
    "articles": [{"number": "第六条", "text": "欠缴在规定期限内补缴的,视同连续缴存。"}],
}  # fmt: skip


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with referral_desk(engines, tmp_path_factory.mktemp("referral")) as opened:
        yield opened


async def entered(desk: Desk, number: str, **changes: Any) -> str:
    found = ok(await desk.staff.post("/policies", POLICY | {"number": number} | changes), 201)
    return str(found["policy_id"])


async def test_a_document_is_entered_once_and_read_by_windows_and_units(desk: Desk) -> None:
    policy_id = await entered(desk, "演示〔2021〕1号")
    refused(await desk.leader.post("/policies", POLICY | {"number": "演示〔2021〕1号"}), 409, "policy.known")
    for who in (desk.staff, desk.overseer, desk.handler):
        found = ok(await who.get(f"/policies/{policy_id}"))
        assert (found["articles"][0]["number"], found["ended_on"]) == ("第六条", None)
        lines = ok(await who.get("/policies", title="个人贷款"))["items"]
        assert policy_id in [line["policy_id"] for line in lines]
    assert ok(await desk.staff.get("/policies", title="无此文件"))["items"] == []
    nobody = desk.hall.client("audit", "audit_admin")
    refused(await nobody.get(f"/policies/{policy_id}"), 403, "role.missing")
    refused(await desk.handler.post("/policies", POLICY), 403, "role.missing")


async def test_what_nobody_outside_can_read_is_no_basis(desk: Desk) -> None:
    refused(await desk.staff.post("/policies", POLICY | {"level": "INTERNAL"}), 422, "policy.internal")
    twice = {"articles": [{"number": "第一条", "text": "甲乙"}, {"number": "第一条", "text": "丙丁"}]}
    refused(await desk.staff.post("/policies", POLICY | twice), 422, "policy.article_twice")
    refused(await desk.staff.post("/policies", POLICY | {"articles": []}), 422, "form.invalid")


async def test_a_document_is_in_force_no_earlier_than_it_was_issued(desk: Desk) -> None:
    early = POLICY | {"number": "演示〔2021〕8号", "issued_on": "2021-05-02"}
    refused(await desk.staff.post("/policies", early), 422, "policy.effective_before_issue")
    same_day = ok(await desk.staff.post("/policies", early | {"issued_on": "2021-05-01"}), 201)
    assert same_day["issued_on"] == "2021-05-01"


async def test_a_revision_that_revises_nothing_is_none(desk: Desk) -> None:
    old, same = await entered(desk, "演示〔2021〕6号"), await entered(desk, "演示〔2026〕6号")
    path, body = f"/policies/{old}/end", {"ended_on": "2026-09-01", "superseded_by": same}
    refused(await desk.staff.post(path, body), 422, "policy.same_text")
    assert ok(await desk.staff.get(f"/policies/{old}"))["ended_on"] is None


async def test_a_document_ends_once_and_says_what_came_after_it(desk: Desk) -> None:
    revised = [{"number": "第六条", "text": "欠缴三个月内补缴的,视同连续缴存。"}]
    old, new = await entered(desk, "演示〔2021〕2号"), await entered(desk, "演示〔2026〕2号", articles=revised)
    path = f"/policies/{old}/end"
    refused(await desk.staff.post(path, {"ended_on": "2020-01-01"}), 422, "policy.dates")
    refused(await desk.staff.post(path, {"ended_on": "2026-09-01", "superseded_by": old}), 422, "policy.own_successor")
    ended = ok(await desk.staff.post(path, {"ended_on": "2026-09-01", "superseded_by": new}))
    assert (ended["ended_on"], ended["superseded_by"]) == ("2026-09-01", new)
    refused(await desk.staff.post(path, {"ended_on": "2026-09-02"}), 409, "policy.ended")
    events = [event for event in await desk.hall.published("policy.ended") if event["subject"] == old]
    assert [event["data"]["superseded_by"] for event in events] == [new]
    county = desk.hall.client("c-1", "duty_staff", org="410221", window="410221-W1")
    refused(await county.post(f"/policies/{new}/end", {"ended_on": "2026-09-02"}), 404, "not_found")


async def test_a_comparison_takes_number_and_date_from_the_library(desk: Desk) -> None:
    policy_id = await entered(desk, "演示〔2021〕3号")
    matter_id = await desk.approved(draft())
    row = COMPARISON["rows"][0] | {"policy_id": policy_id, "number": "", "effective_on": None, "article": "第六条"}
    path = f"/matters/{matter_id}/comparisons"
    found = ok(await desk.staff.post(path, {"needed": True, "rows": [row]}), 201)
    assert (found["rows"][0]["number"], found["rows"][0]["effective_on"]) == ("演示〔2021〕3号", "2021-05-01")
    other = {"needed": True, "rows": [row | {"article": "第九十九条"}]}
    refused(await desk.staff.post(path, other), 422, "comparison.article_unknown")
    unknown = {"needed": True, "rows": [row | {"policy_id": "01900000-0000-7000-8000-000000000000"}]}
    refused(await desk.staff.post(path, unknown), 422, "comparison.policy_unknown")
    ok(await desk.staff.post(f"/policies/{policy_id}/end", {"ended_on": "2026-09-01"}))
    refused(await desk.staff.post(path, {"needed": True, "rows": [row]}), 422, "comparison.policy_ended")
