"""长期回避: an interest in a unit keeps its holder out of every matter about that unit; a mistake is lifted."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from shared.contracts import Event
from shared.contracts.intake import MatterRecusalLifted
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START, Client
from tests.service import referral_desk, triage_desk
from tests.service.console_story import CITY, Story
from tests.service.console_world import console_world, page, told
from tests.service.intake_desk import FORM, UNIT, Desk, intake_desk
from tests.service.test_recusals import declared

MISTAKEN = {"note": "误报,经核实并无亲属关系"}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


def lifted(matter: UUID, account: str) -> MatterRecusalLifted:
    return MatterRecusalLifted(
        matter_id=matter, org_code="410200", window_id="410200-W1", account_id=account, lifted_by="u-office-1",
        lifted_at=START,
    )  # fmt: skip


async def declare(by: Client, unit: str, **changes: str) -> str:
    answer = await by.post("/interests", {"unit_id": unit, "ground": "KIN_IN_UNIT"} | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["interest_id"])


async def kept_out(who: Client, matter: UUID) -> bool:
    answer = await who.get(f"/matters/{matter}")
    return (answer.status_code, answer.json().get("code")) == (403, "recusal.declared")


async def test_it_holds_for_open_matters_and_those_to_come(desk: Desk) -> None:
    before = await desk.registered(blamed_unit_ids=["410200-U31"])
    other = await desk.registered(blamed_unit_ids=["410200-U32"])
    await declare(desk.colleague, "410200-U31")
    after = await desk.registered(blamed_unit_ids=["410200-U32", "410200-U31"])
    assert [await kept_out(desk.colleague, each) for each in (before, after, other)] == [True, True, False]
    assert not await kept_out(desk.staff, before)
    told = [each["data"] for each in await desk.hall.published("matter.recusal_declared")]
    named = {each["matter_id"]: (each["account_id"], each["ground"]) for each in told}
    assert named[str(before)] == named[str(after)] == ("staff-1b", "KIN_IN_UNIT")


async def test_who_has_an_interest_in_the_blamed_unit_does_not_register_the_matter(desk: Desk) -> None:
    await declare(desk.colleague, "410200-U33")
    answer = await desk.colleague.post("/matters", FORM | {"blamed_unit_ids": ["410200-U33"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "register.interest")
    matter = await desk.registered(blamed_unit_ids=["410200-U33"])
    assert await kept_out(desk.colleague, matter)


async def test_it_holds_from_the_moment_a_unit_gets_an_order(desk: Desk) -> None:
    interest = await declare(desk.colleague, UNIT)
    matter = await desk.handled(new_id(), blamed_unit_ids=[])
    assert await kept_out(desk.colleague, matter)
    own = await desk.colleague.post(f"/interests/{interest}/end")
    assert (own.status_code, own.json()["code"]) == (403, "role.missing")
    assert (await desk.overseer.post(f"/interests/{interest}/end")).status_code == 200
    again = await desk.overseer.post(f"/interests/{interest}/end")
    assert (again.status_code, again.json()["code"]) == (409, "interest.ended")
    assert not await kept_out(desk.colleague, await desk.handled(new_id(), blamed_unit_ids=[]))
    assert await kept_out(desk.colleague, matter)


async def test_what_is_declared_is_a_relation_to_a_unit_once_and_of_people_in_charge(desk: Desk) -> None:
    await declare(desk.staff, "410200-U34")
    for by, body, status, code in (
        (desk.staff, {"unit_id": "410200-U34", "ground": "KIN_IN_UNIT"}, 409, "interest.known"),
        (desk.staff, {"unit_id": "410200-U35", "ground": "KIN_OF_REPORTER"}, 422, "interest.ground"),
        (desk.unit, {"unit_id": "410200-U35", "ground": "KIN_IN_UNIT"}, 403, "role.missing"),
        (desk.staff, {"unit_id": "410200-U35", "ground": "KIN_IN_UNIT", "account_id": "staff-1b"}, 403,
         "duty.not_leader"),
        (desk.leader, {"unit_id": "410200-U35", "ground": "KIN_IN_UNIT", "account_id": "zone-1a"}, 403,
         "recusal.not_of_window"),
    ):  # fmt: skip
        answer = await by.post("/interests", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    await declare(desk.leader, "410200-U36", account_id="staff-1b")
    mine = [each["unit_id"] for each in (await desk.staff.get("/interests")).json()["items"]]
    assert "410200-U34" in mine
    assert "410200-U36" not in mine
    assert "410200-U36" in (await desk.overseer.get("/interests")).text


async def test_a_mistake_is_lifted_by_the_department_and_not_by_whom_it_concerns(desk: Desk) -> None:
    matter = await desk.registered(blamed_unit_ids=[])
    path = f"/matters/{matter}/recusals"
    await desk.colleague.post(path, {"ground": "KIN_OF_REPORTER"})
    assert (await desk.leader.post(f"{path}/staff-1b/lifting", MISTAKEN)).json()["code"] == "role.missing"
    assert (await desk.overseer.post(f"{path}/staff-1a/lifting", MISTAKEN)).json()["code"] == "recusal.none"
    assert (await desk.overseer.post(f"{path}/staff-1b/lifting", {"note": ""})).status_code == 422
    assert await kept_out(desk.colleague, matter)
    assert (await desk.overseer.post(f"{path}/staff-1b/lifting", MISTAKEN)).status_code == 200
    assert not await kept_out(desk.colleague, matter)
    assert "recusal_lifted" in str(await desk.told(matter))
    assert MISTAKEN["note"] not in str(await desk.hall.published())


async def test_a_department_that_declared_an_interest_does_not_lift_its_own(desk: Desk) -> None:
    matter = await desk.registered(blamed_unit_ids=[])
    path = f"/matters/{matter}/recusals"
    mine = (await desk.overseer.post(path, {"ground": "KIN_OF_REPORTER"})).json()["account_id"]
    answer = await desk.overseer.post(f"{path}/{mine}/lifting", MISTAKEN)
    assert (answer.status_code, answer.json()["code"]) == (403, "recusal.declared")


async def test_the_other_services_forget_it_and_keep_what_was_declared_last(
    engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with triage_desk.triage_desk(
        engines, tmp_path_factory.mktemp("triage"), *triage_desk.world()
    ) as desk:  # fmt: skip
        matter = await desk.accepted()
        for news, status in ((declared, 403), (lifted, 200)):
            await desk.hall.publish(news(matter, "u-staff-1"))
            await desk.hall.caught_up()
            assert (await desk.staff.get(triage_desk.at(matter))).status_code == status
        burst: list[Event] = [declared(matter, "u-staff-1"), lifted(matter, "u-staff-1"), declared(matter, "u-staff-1")]
        await desk.hall.publish(*burst)
        await desk.hall.caught_up()
        assert (await desk.staff.get(triage_desk.at(matter))).status_code == 403


async def test_orders_are_there_again(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with referral_desk.referral_desk(engines, tmp_path_factory.mktemp("referral")) as desk:
        matter, order = await desk.working()
        await desk.hall.publish(declared(matter, "u-staff-1"), lifted(matter, "u-staff-1"))
        await desk.hall.caught_up()
        assert (await desk.staff.get(f"/orders/{order}")).status_code == 200


async def test_the_console_shows_the_page_again(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with console_world(engines, tmp_path_factory.mktemp("console")) as world:
        story = Story().register("汴监窗〔2026〕000778号")
        await told(world, story)
        later = Story(matter_id=story.matter_id)
        later.tell(declared(story.matter_id, "u-1").__class__, account_id="u-1", ground="KIN_IN_UNIT",
                   declared_by="u-1", declared_at=START)  # fmt: skip
        later.tell(MatterRecusalLifted, account_id="u-1", lifted_by="u-office-1", lifted_at=START)
        await told(world, later)
        shown = await page(world.hall.client("u-1", "duty_leader", window=CITY), f"/matters/{story.matter_id}")
        assert "误报的回避已撤销" in shown.text
