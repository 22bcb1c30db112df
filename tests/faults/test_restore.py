"""Restore drill: each service's database in turn is set back to a backup; `bancheng recover` brings it in line."""

import time
from typing import Any

import httpx
import pytest

from tests.faults.backup import back_up, recover, set_back
from tests.faults.plant import Plant
from tests.faults.results import sized
from tests.faults.trial import Trial, reconciled

BY_RULE = ("deadlines", "audit", "console")  # what these do follows from events and timers: all of it comes back
BY_PEOPLE = ("intake", "triage", "referral")

WITHOUT_STATE = """
SELECT id, type, EXISTS (SELECT 1 FROM outbox a WHERE a.id <> o.id AND a.recovered_at IS NULL AND a.type = o.type
                         AND a.aggregateid = o.aggregateid AND a.payload = o.payload) AS said_again
FROM outbox o WHERE recovered_at IS NOT NULL"""


@pytest.mark.parametrize("service", BY_RULE)
async def test_what_follows_from_events_comes_back_whole_and_only_once(plant: Plant, service: str) -> None:
    done, began = Trial(plant.work(sized(40, 300), share=0.2)), time.monotonic()
    async with done.work.under_way():
        await done.work.reached(0.5)
        backup = await back_up(plant, service)
    await plant.settle()
    told = await _told(plant, service)
    await set_back(plant, service, backup)
    lost = told.keys() - (await _told(plant, service)).keys()
    await plant.stack.resume(service)
    if lost:
        await _refuses_until_recovered(plant, service)
        assert {line["ce_id"] for line in await recover(plant, service)} == lost
    await plant.ready(service)
    done.notes.append(f"{len(lost)} events taken back")
    await reconciled(plant, "database set back", done, service, 120, began)
    # What topics bring in another order than before is told by another cause, in the same words.
    without_state = await plant.query(service, WITHOUT_STATE)
    assert [row for row in without_state if not row["said_again"]] == []
    done.notes.append(f"{len(without_state)} told anew")


async def _told(plant: Plant, service: str) -> dict[str, str]:
    """Id → type of every event in a service's outbox."""
    rows = await plant.query(service, "SELECT id::text AS id, type FROM outbox WHERE type <> 'dead-letter'")
    return {row["id"]: row["type"] for row in rows}


async def _refuses_until_recovered(plant: Plant, service: str) -> None:
    """/readyz says what is wrong, a command is refused with the operator's next step, an alarm is raised."""
    async with httpx.AsyncClient(base_url=plant.stack.url(service), timeout=10) as client:

        async def readiness() -> dict[str, Any]:
            return dict((await client.get("/readyz")).json())

        found = await _until(readiness, lambda answer: answer.get("history") is False)
        refused = await client.post("/matters")
    assert found["ready"] is False
    assert "does not know" in found["reason"]
    assert (refused.status_code, refused.json()["code"]) == (503, "recovery.needed")
    assert refused.headers["retry-after"]
    assert f"bancheng recover {service}" in refused.json()["detail"]
    assert await plant.metric(service, "bancheng_topic_ahead") == 1
    assert "history.topic_ahead" in plant.stack.log_of(service).read_text()


async def _until(read: Any, right: Any, within: float = 30) -> Any:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            if right(found := await read()):
                return found
        except httpx.HTTPError:
            pass
    raise AssertionError(f"not in {within} s: {found}")
