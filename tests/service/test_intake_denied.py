"""Looks that intake refuses are told as those it allows are, once in ten minutes, without a word of the matter."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import Desk, intake_desk


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def morning(desk: Desk) -> None:
    desk.at(START)


async def denied(desk: Desk, subject: object) -> list[tuple[str, str, str]]:
    events = [event for event in await desk.hall.published("access.denied") if event["subject"] == str(subject)]
    told = [event["data"] for event in events]
    return [(each["viewer_id"], each["field_group"], each["reason_code"]) for each in told]


@pytest.mark.parametrize("path", ["content", "identity", "materials", "contact-sheet"])
async def test_a_refused_look_is_told_once_in_ten_minutes(desk: Desk, path: str) -> None:
    matter = await desk.registered()
    group = path.upper().replace("-", "_")
    for _ in range(3):
        answer = await desk.zone_staff.get(f"/matters/{matter}/{path}", purpose="HANDLING")
        assert answer.status_code in (403, 404)
    assert await denied(desk, matter) == [("zone-1a", group, answer.json()["code"])]
    desk.at(START + timedelta(minutes=11))
    await desk.zone_staff.get(f"/matters/{matter}/{path}", purpose="HANDLING")
    assert len(await denied(desk, matter)) == 2
    assert "医保" not in str(await desk.hall.published("access.denied"))


async def test_who_tries_ids_out_is_told_under_their_own_name_and_fills_nothing(desk: Desk) -> None:
    before = len(await desk.hall.query("SELECT 1 FROM look"))
    for _ in range(5):
        await desk.unit.get(f"/matters/{new_id()}/contact-sheet", purpose="HANDLING")
    assert await denied(desk, "handler") == [("handler", "CONTACT_SHEET", "not_found")]
    assert len(await desk.hall.query("SELECT 1 FROM look")) == before + 1


async def test_what_is_not_there_and_what_is_not_yours_are_refused_in_the_same_words(desk: Desk) -> None:
    matter = await desk.registered()
    answers = [
        await desk.zone_staff.get(f"/matters/{each}/content", purpose="HANDLING") for each in (matter, UUID(int=9))
    ]
    assert answers[0].json() == answers[1].json()


async def test_a_look_that_is_allowed_is_no_refusal(desk: Desk) -> None:
    matter = await desk.registered()
    assert (await desk.staff.get(f"/matters/{matter}/content", purpose="HANDLING")).status_code == 200
    assert await denied(desk, matter) == []
