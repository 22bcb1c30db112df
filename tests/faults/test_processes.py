"""Processes die: each service in turn, and a relay beside another."""

import asyncio
import random

import pytest

from bancheng.local.stack import SERVICES
from tests.faults.plant import Plant
from tests.faults.results import LONG, sized
from tests.faults.trial import trial

KILLED = SERVICES if LONG else ("intake", "referral", "audit")


@pytest.mark.parametrize("service", KILLED)
async def test_a_service_killed_again_and_again_loses_and_doubles_nothing(plant: Plant, service: str) -> None:
    moments = random.Random(f"moments of {service}")
    async with trial(plant, "service killed", plant.work(sized(30, 2000)), service) as killing:
        for _ in range(sized(2, 20)):
            await asyncio.sleep(moments.uniform(0.2, 1.5))
            await plant.kill(service)
            killing.runs += 1
            # Half of the time it is killed anew while it is still coming up.
            if moments.random() < 0.5:
                await plant.ready(service)
