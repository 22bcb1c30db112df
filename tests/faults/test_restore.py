"""Restore drill: each service's database in turn is set back to a backup taken while work went on; `bancheng recover`
brings it in line. What follows from events comes back whole; what people did is gone, and is named event by event.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from bancheng.local.stack import SERVICES
from tests.faults.backup import OPERATOR, back_up, bancheng, behind, recover, set_back
from tests.faults.plant import Plant
from tests.faults.reconciler import reconcile
from tests.faults.results import LONG, record, sized
from tests.faults.trial import Trial, reconciled
from tests.faults.work import Work

# What the first do follows from events and timers: all of it comes back. In the short form three at once.
BY_RULE = [("deadlines",), ("audit",), ("console",)] if LONG else [("deadlines", "audit", "console")]
BY_PEOPLE = [("triage",), ("referral",), ("intake",)] if LONG else [("triage", "referral", "intake")]
SCENARIO = "database set back"

SAID_AGAIN = """
SELECT id FROM outbox o WHERE recovered_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM outbox a WHERE a.id <> o.id AND a.recovered_at IS NULL AND a.type = o.type
    AND a.aggregateid = o.aggregateid AND a.payload = o.payload)"""
ORDERS = "SELECT order_id FROM matter_order WHERE matter_id = ANY($1::uuid[])"


@pytest.mark.parametrize("services", BY_RULE, ids="-".join)
async def test_what_follows_from_events_comes_back_whole_and_only_once(plant: Plant, services: tuple[str, ...]) -> None:
    work, began = await _work_with_backups(plant, services), time.monotonic()
    lists = await asyncio.gather(*(_set_back_and_recovered(plant, service) for service in services))
    await plant.settle()
    report = reconcile(await plant.evidence(work))
    # Read once more, topics come in another order: deadlines then tells how a clock came about in other steps.
    in_other_steps = [failure for failure in report.failures if "(start of " in failure.what]
    report.failures = [failure for failure in report.failures if failure not in in_other_steps]
    notes = f"{sum(map(len, lists))} events taken back, {len(in_other_steps)} clocks told in other steps"
    record(SCENARIO, " ".join(services), 1, report, time.monotonic() - began, notes)
    assert report.failures == []
    assert [await plant.query(service, SAID_AGAIN) for service in services] == [[] for _ in services]
    assert "sound" in await bancheng(plant, "audit", "verify")


@pytest.mark.parametrize("services", BY_PEOPLE, ids="-".join)
async def test_what_people_did_is_named_and_everything_else_fits(plant: Plant, services: tuple[str, ...]) -> None:
    work, began = await _work_with_backups(plant, services), time.monotonic()
    before = await _dead_letters(plant)  # other scenarios on this plant left some
    causes = {id: cause for service in services for id, cause in (await _told(plant, service)).items()}
    lists = await asyncio.gather(*(_set_back_and_recovered(plant, service) for service in services))
    lines = [line for listed in lists for line in listed]
    by_hand = [line for line in lines if not line["comes_back"]]
    assert [line for line in lines if line["comes_back"] != (causes[line["ce_id"]] is not None)] == []
    named = {line["subject"] for line in by_hand}
    skipped = await _skip_what_waits_for_the_lost(plant, named) if "intake" in services else 0
    await plant.settle()
    report = reconcile(await plant.evidence(work))
    orders = {str(row[0]) for row in await plant.query("console", ORDERS, list(named))}
    assert [str(one) for one in report.failures if not any(name in one.what for name in named | orders)] == []
    assert await _dead_letters(plant) <= before
    differences, report.failures = len(report.failures), []
    notes = f"{len(by_hand)} acts lost of {len(named)} matters, {skipped} events skipped, {differences} differences"
    record(SCENARIO, " ".join(services), 1, report, time.monotonic() - began, notes + ", all of matters on the list")
    await _new_work_goes_through(plant)


async def _work_with_backups(plant: Plant, services: tuple[str, ...]) -> Work:
    """Work through all services with a backup in its middle; then the system has settled."""
    work = plant.work(sized(24, 300), share=0.25)
    async with work.under_way():
        await work.reached(0.5)
        await asyncio.gather(*(back_up(plant, service) for service in services))
    await plant.settle()
    return work


async def _set_back_and_recovered(plant: Plant, service: str) -> list[dict[str, Any]]:
    """Restore the backup, see that the service refuses to go on, recover; the list that the operator gets."""
    before = await _told(plant, service)
    await set_back(plant, service)
    lost = before.keys() - (await _told(plant, service)).keys()
    await plant.stack.resume(service)
    listed: list[dict[str, Any]] = []
    if lost:
        await _refuses_until_recovered(plant, service)
        listed = await recover(plant, service)
        assert {line["ce_id"] for line in listed} == lost
    await plant.ready(service)
    return listed


async def _told(plant: Plant, service: str) -> dict[str, str | None]:
    """Id → cause of every event in a service's outbox."""
    rows = await plant.query(service, "SELECT id::text AS id, causation_id FROM outbox WHERE type <> 'dead-letter'")
    return {row["id"]: row["causation_id"] for row in rows}


async def _refuses_until_recovered(plant: Plant, service: str) -> None:
    """/readyz says what is wrong, a command is refused with the operator's next step, an alarm is raised."""
    async with httpx.AsyncClient(base_url=plant.stack.url(service), timeout=10) as client:
        found = await _until(lambda: _readiness(client), lambda answer: answer.get("history") is False)
        refused = await client.post("/matters")
    assert found["ready"] is False
    assert "does not know" in found["reason"]
    assert (refused.status_code, refused.json()["code"]) == (503, "recovery.needed")
    assert refused.headers["retry-after"]
    assert f"bancheng recover {service}" in refused.json()["detail"]
    assert await plant.metric(service, "bancheng_topic_ahead") == 1
    assert "history.topic_ahead" in plant.stack.log_of(service).read_text()


async def _skip_what_waits_for_the_lost(plant: Plant, named: set[str]) -> int:
    """Events of other services about matters that intake has not any more, or not so far; an operator passes over."""
    why = ["--operator", OPERATOR, "--reason", "登记已随恢复丢失,窗口另行补录"]
    skipped = 0
    while True:
        await _until(lambda: behind(plant, "intake"), lambda left: left == 0)
        heads = await plant.query("intake", "SELECT DISTINCT subject FROM parked WHERE reason NOT LIKE 'gap%'")
        if not heads:
            return skipped
        assert {row["subject"] for row in heads} <= named
        subjects = plant.stack.data / "lost-subjects"
        subjects.write_text("\n".join(row["subject"] for row in heads))
        said = await bancheng(plant, "parked", "skip-subjects", "intake", str(subjects), *why)
        skipped += int(said.split()[-1])


async def _dead_letters(plant: Plant) -> set[str]:
    rows = [await plant.query(name, "SELECT id::text FROM outbox WHERE type = 'dead-letter'") for name in SERVICES]
    return {row["id"] for found in rows for row in found}


async def _new_work_goes_through(plant: Plant) -> None:
    done, began = Trial(plant.work(sized(4, 40), share=0.5)), time.monotonic()
    async with done.work.under_way():
        pass
    await reconciled(plant, SCENARIO, done, "new work afterwards", 120, began)


async def _readiness(client: httpx.AsyncClient) -> dict[str, Any]:
    try:
        return dict((await client.get("/readyz")).json())
    except httpx.HTTPError:
        return {}


async def _until(read: Callable[[], Awaitable[Any]], right: Callable[[Any], bool], within: float = 60) -> Any:
    end = time.monotonic() + within
    while not right(found := await read()):
        assert time.monotonic() < end, f"not in {within} s: {found}"
    return found
