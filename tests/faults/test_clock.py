"""The clock of one host jumps: order stays right, nothing is refused, and it is told where a supervisor looks."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from shared.clock import SimulatedClock, create_clock_file
from tests.faults.plant import SPEED, Plant
from tests.faults.results import LONG, sized
from tests.faults.trial import trial

HOUR = timedelta(hours=1)
JUMPING = ("intake", "triage", "referral", "deadlines") if LONG else ("intake",)


@contextmanager
def own_clock(plant: Plant, service: str) -> Iterator[SimulatedClock]:
    """A clock file of its own for a service that starts from now on."""
    path = plant.stack.data / f"clock-{service}"
    plant.stack.own_clocks[service] = path
    try:
        yield create_clock_file(path, plant.authority.now(), SPEED)
    finally:
        del plant.stack.own_clocks[service]


@pytest.mark.parametrize("service", JUMPING)
async def test_a_clock_that_jumps_by_an_hour_changes_no_order_and_is_told(plant: Plant, service: str) -> None:
    with own_clock(plant, service) as theirs:
        await plant.kill(service)
        async with trial(plant, "clock jumps", plant.work(sized(40, 2000)), service) as jumping:
            for number, (hours, way) in enumerate([(1, "ahead"), (-1, "back"), (0, None)], 1):
                await jumping.work.reached(number / 4)
                before = await _told(plant, service, way)
                theirs.set(plant.authority.now() + hours * HOUR, SPEED)
                jumping.runs += 1
                await _is_told(plant, service, way, before)
    await plant.kill(service)


async def _is_told(plant: Plant, service: str, way: str | None, before: float, within: float = 60.0) -> None:
    """The work goes on meanwhile, so that there are acts dated by that clock."""
    until = time.monotonic() + within
    while way and await _told(plant, service, way) <= before:
        assert time.monotonic() < until, f"audit did not tell that the clock of {service} went {way}"
        await asyncio.sleep(0.2)


async def _told(plant: Plant, service: str, way: str | None) -> float:
    return await plant.metric("audit", f'bancheng_clock_jumps_total{{source="{service}",way="{way}"}}')
