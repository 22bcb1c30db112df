"""回访汇总 over HTTP: who refused and who did not answer are counted apart, and nobody's silence as content."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import Desk, intake_desk

DAYS = {"first": "2026-09-28", "last": "2026-09-30"}
CONTENT = {"result": "REACHED", "identity_checked": True, "solved": "SOLVED", "satisfaction": "4"}
ANGRY = CONTENT | {"satisfaction": "2", "unsatisfied_reason": "U2"}


@pytest.fixture(scope="module")
async def desk(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path_factory.mktemp("intake")) as opened:
        yield opened


async def called(desk: Desk, *reports: dict[str, object]) -> UUID:
    """A matter whose reporter was called so often, two hours apart."""
    desk.at(START)
    matter = await desk.in_callback()
    for place, report in enumerate(reports):
        desk.at(START + timedelta(hours=2 * place))
        answer = await desk.caller.post(f"/matters/{matter}/callbacks", report)
        assert answer.status_code == 200, answer.text
    return matter


async def test_calls_answers_and_reporters_are_each_counted_once(desk: Desk) -> None:
    await called(desk, {"result": "NO_ANSWER"}, CONTENT)
    await called(desk, ANGRY)
    await called(desk, {"result": "NO_ANSWER"}, {"result": "DECLINED"})
    await called(desk, {"result": "SWITCHED_OFF"})
    for who in (desk.caller, desk.leader, desk.overseer):
        found = (await who.get("/callback-summary", **DAYS)).json()
        assert {name: count for name, count in found["results"].items() if count} == {
            "REACHED": 2, "NO_ANSWER": 2, "DECLINED": 1, "SWITCHED_OFF": 1,
        }  # fmt: skip
        assert found["solved"] == {"SOLVED": 2, "PARTLY": 0, "NOT_SOLVED": 0}
        assert {name for name, count in found["satisfaction"].items() if count} == {"4", "2"}
        assert (found["reached"], found["declined"], found["unanswered"]) == (2, 1, 1)


async def test_only_these_days_and_only_the_own_window(desk: Desk) -> None:
    await called(desk, CONTENT)
    earlier = (await desk.leader.get("/callback-summary", first="2026-09-01", last="2026-09-27")).json()
    assert (earlier["reached"], sum(earlier["results"].values())) == (0, 0)
    zone_leader = desk.hall.client("zone-leader", "duty_leader", org="410200Z1", window="410200Z1-W1")
    assert (await zone_leader.get("/callback-summary", **DAYS)).json()["reached"] == 0


async def test_who_may_not_count_and_what_is_no_span_of_days(desk: Desk) -> None:
    for who in (desk.unit, desk.staff):
        assert (await who.get("/callback-summary", **DAYS)).status_code == 403
    for first, last in (("2026-09-30", "2026-09-28"), ("2025-01-01", "2026-09-28")):
        answer = await desk.leader.get("/callback-summary", first=first, last=last)
        assert (answer.status_code, answer.json()["code"]) == (422, "callback_summary.days")
