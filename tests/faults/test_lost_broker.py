"""The broker loses its disk: topics are made anew, each service sends what it has published again, nobody takes in
anything twice and nobody misses anything, whether it was at work, behind or away.
"""

import asyncio
import shutil

import httpx
import pytest

from bancheng.local.stack import SERVICES
from shared.bus.topics import PUBLISHERS
from tests.faults.backup import OPERATOR, bancheng
from tests.faults.plant import Plant
from tests.faults.results import sized
from tests.faults.trial import trial
from tests.faults.work import Work

SCENARIO = "broker's disk lost"


@pytest.mark.long  # six commands one after the other, each waited for
async def test_a_broker_that_lost_everything_gets_it_all_back(plant: Plant) -> None:
    work = plant.work(sized(24, 2000), pace=sized(20, 60))
    async with trial(plant, SCENARIO, work) as under_trial:
        while not work.done["lifecycle"]:  # so that everybody has published something
            await asyncio.sleep(0.05)
        await plant.stack.halt("audit")  # behind when it happens, and away when the topics come back
        await work.reached(0.8)
        await _lose_the_disk(plant)
        work.journal.since = {}  # the new topics count from 0
        await _commands_go_on(work)
        await plant.stack.resume("kafka")
        assert "bancheng republish" in await bancheng(plant, "topics", "apply")
        under_trial.runs += 1
        await asyncio.gather(*(_holds_back(plant, service) for service in PUBLISHERS))
        for service in SERVICES:
            said = await bancheng(plant, "republish", service, "--operator", OPERATOR, "--all")
            under_trial.notes.append(said.strip().splitlines()[-1])
        await plant.stack.resume("audit")
        await plant.ready()
    assert "sound" in await bancheng(plant, "audit", "verify")
    assert "consumer.log_replaced" in plant.stack.log_of("audit").read_text()


async def _lose_the_disk(plant: Plant) -> None:
    await plant.stack.halt("kafka")
    shutil.rmtree(plant.stack.kafka.data_dir / "logs")
    (plant.stack.kafka.data_dir / "formatted").unlink()


async def _commands_go_on(work: Work) -> None:
    """While there is no broker at all."""
    before = len(work.journal.accepted)
    async with asyncio.timeout(60):
        while len(work.journal.accepted) < before + 10:
            await asyncio.sleep(0.1)


async def _holds_back(plant: Plant, service: str) -> None:
    """The relay sees that the topic lacks its past, says so and sends nothing; the service stays ready."""
    try:
        async with asyncio.timeout(60):
            while not await plant.metric(service, "bancheng_topic_behind"):
                await asyncio.sleep(0.2)
    except TimeoutError:
        lines = plant.stack.log_of(service).read_text().splitlines()
        said = [line for line in lines if "shared.bus.relay" in line or "shared.bus.gate" in line]
        raise AssertionError(f"{service} does not hold back\n" + "\n".join(said[-15:])) from None
    async with httpx.AsyncClient() as client:
        found = await client.get(f"{plant.stack.url(service)}/readyz")
    assert found.status_code == 200
    assert f"bancheng.{service}" in found.json()["reason"]
    assert "history.topic_behind" in plant.stack.log_of(service).read_text()
