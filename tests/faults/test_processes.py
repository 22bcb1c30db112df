"""Processes die: each service in turn, and a relay beside another."""

import asyncio
import random
import signal

import pytest

from bancheng.local.stack import SERVICES
from tests.faults.plant import Plant
from tests.faults.results import LONG, sized
from tests.faults.trial import trial

KILLED = SERVICES if LONG else ("intake",)


@pytest.mark.parametrize("service", KILLED)
async def test_a_service_killed_again_and_again_loses_and_doubles_nothing(plant: Plant, service: str) -> None:
    moments = random.Random(f"moments of {service}")
    async with trial(plant, "service killed", plant.work(sized(20, 2000)), service) as killing:
        await killing.work.reached(0.2)
        for _ in range(sized(1, 20)):
            await asyncio.sleep(moments.uniform(0.0, 1.0))
            await plant.kill(service)
            killing.runs += 1
            # Half of the time it is killed anew while it is still coming up.
            if moments.random() < 0.5:
                await plant.ready(service)


@pytest.mark.long
async def test_of_two_relays_one_sends_and_the_other_takes_over(plant: Plant) -> None:
    async with trial(plant, "two relays", plant.work(sized(20, 2000))) as doubled:
        other = plant.stack.add("intake", "relay")
        await plant.ready(other)
        assert await plant.sent(other) == 0, "the first relay holds the lock"
        for _ in range(sized(1, 10)):
            for active, standby in (("intake", other), (other, "intake")):
                await plant.kill(active)
                await _sends(plant, standby)
                await plant.ready(active)
                doubled.runs += 1
        await plant.stack.remove(other, signal.SIGKILL)


async def _sends(plant: Plant, name: str) -> None:
    before = await plant.sent(name)
    async with asyncio.timeout(30):
        while await plant.sent(name) <= before:
            await asyncio.sleep(0.1)
