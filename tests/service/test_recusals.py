"""回避: who declared an interest in a matter finds it in no list and opens it in no service (handbook 7)."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from shared.contracts.codes import RecusalGround
from shared.contracts.intake import MatterRecusalDeclared
from tests.engines import Engines
from tests.harness import START
from tests.service import referral_desk, triage_desk
from tests.service.console_story import CITY, Story
from tests.service.console_world import console_world, page, told
from tests.service.intake_desk import Desk, intake_desk

KIN = {"ground": "KIN_OF_REPORTER", "note": "反映人是本人表亲"}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


def declared(matter: UUID, account: str) -> MatterRecusalDeclared:
    return MatterRecusalDeclared(
        matter_id=matter, org_code="410200", window_id="410200-W1", account_id=account,
        ground=RecusalGround.KIN_IN_UNIT, declared_by=account, declared_at=START,
    )  # fmt: skip


async def test_who_declared_an_interest_neither_finds_nor_handles_the_matter(desk: Desk) -> None:
    matter = await desk.registered()
    path = f"/matters/{matter}"
    answer = await desk.staff.post(f"{path}/recusals", KIN)
    assert (answer.status_code, answer.json()["account_id"]) == (201, "staff-1a")
    for refused in (
        await desk.staff.get(path), await desk.staff.get(f"{path}/content", purpose="HANDLING"),
        await desk.staff.get(f"{path}/identity", purpose="HANDLING"), await desk.staff.post(f"{path}/acceptance"),
        await desk.staff.post(f"{path}/recusals", KIN),
    ):  # fmt: skip
        assert (refused.status_code, refused.json()["code"]) == (403, "recusal.declared")
    listed = (await desk.staff.get("/matters")).text + (
        await desk.staff.post("/matters/titles", {"ids": [str(matter)]})
    ).text
    found = await desk.staff.post("/matters/search", {"query": "医保结算"})
    alike = await desk.staff.post("/matters/similar", {"phone": "13800000001"})
    assert str(matter) not in listed + found.text + alike.text
    assert (await desk.colleague.post(f"{path}/acceptance")).status_code == 200
    denied = [event["data"] for event in await desk.hall.published("access.denied") if event["subject"] == str(matter)]
    assert {(each["field_group"], each["reason_code"]) for each in denied} == {
        ("CONTENT", "recusal.declared"), ("IDENTITY", "recusal.declared"),
    }  # fmt: skip
    assert "表亲" not in str(await desk.hall.published())


async def test_the_leader_says_it_of_the_people_of_the_window_only(desk: Desk) -> None:
    matter = await desk.registered()
    path = f"/matters/{matter}/recusals"
    for account, code in (("zone-1a", "recusal.not_of_window"),):
        answer = await desk.leader.post(path, KIN | {"account_id": account})
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert (await desk.staff.post(path, KIN | {"account_id": "staff-1b"})).json()["code"] == "duty.not_leader"
    assert (await desk.leader.post(path, KIN | {"account_id": "staff-1b"})).status_code == 201
    assert (await desk.colleague.get(f"/matters/{matter}")).json()["code"] == "recusal.declared"
    assert (await desk.leader.get(f"/matters/{matter}")).status_code == 200


async def test_it_holds_at_triage_even_if_it_was_declared_before_the_acceptance(
    engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("triage")
    async with triage_desk.triage_desk(engines, folder, *triage_desk.world()) as desk:
        matter = await desk.accepted()
        await desk.hall.publish(declared(matter, "u-staff-1"))
        await desk.hall.caught_up()
        for answer in (
            await desk.staff.get(triage_desk.at(matter)),
            await desk.staff.post(triage_desk.at(matter, "proposal"), triage_desk.PROPOSAL),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "recusal.declared")
        assert str(matter) not in (await desk.staff.get("/assessments")).text
        assert str(matter) in (await desk.leader.get("/assessments")).text


async def test_it_holds_for_orders_and_what_is_done_on_the_matter(
    engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with referral_desk.referral_desk(engines, tmp_path_factory.mktemp("referral")) as desk:
        matter, order = await desk.working()
        await desk.hall.publish(declared(matter, "u-staff-1"))
        await desk.hall.caught_up()
        assert (await desk.staff.get(f"/orders/{order}")).status_code == 404
        assert (await desk.staff.get(f"/matters/{matter}/orders")).json()["items"] == []
        for path, body in (
            (f"/orders/{order}/review", {"decision": "ACCEPT", "note": "核对无误"}),
            (f"/matters/{matter}/comparisons", referral_desk.COMPARISON),
        ):
            answer = await desk.staff.post(path, body)
            assert (answer.status_code, answer.json()["code"]) == (403, "recusal.declared")
        assert (await desk.leader.get(f"/orders/{order}")).status_code == 200


async def test_the_console_shows_no_page_and_no_line_of_it(
    engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with console_world(engines, tmp_path_factory.mktemp("console")) as world:
        story = Story().register("汴监窗〔2026〕000777号")
        await told(world, story)
        leader, colleague = world.who("duty_leader"), world.hall.client("u-2", "duty_leader", window=CITY)
        later = Story(matter_id=story.matter_id)
        later.tell(MatterRecusalDeclared, account_id="u-1", ground="KIN_IN_UNIT", declared_by="u-1", declared_at=START)
        await told(world, later)
        assert "000777号" not in (await page(leader, "/")).text
        assert (await page(leader, f"/matters/{story.matter_id}")).status_code == 404
        assert "有工作人员回避:在有关单位有亲属" in (await page(colleague, f"/matters/{story.matter_id}")).text
