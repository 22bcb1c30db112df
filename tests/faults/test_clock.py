"""The clock of one host jumps: order stays right, nothing is refused, and it is told where a supervisor looks."""

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
    before = await _told(plant, service)
    with own_clock(plant, service) as theirs:
        await plant.kill(service)
        async with trial(plant, "clock jumps", plant.work(sized(40, 2000)), service) as jumping:
            for number, hours in enumerate([1, -1, 0], 1):
                await jumping.work.reached(number / 4)
                theirs.set(plant.authority.now() + hours * HOUR, SPEED)
                jumping.runs += 1
        jumping.notes.append("told by audit: ahead, back")
        for way, told in (await _told(plant, service)).items():
            assert told > before[way], f"audit did not tell that the clock of {service} went {way}"
    await plant.kill(service)
    assert jumping.report
    assert jumping.report.matters >= sized(40, 2000)


async def _told(plant: Plant, service: str) -> dict[str, float]:
    labels = 'bancheng_clock_jumps_total{{source="{}",way="{}"}}'
    return {way: await plant.metric("audit", labels.format(service, way)) for way in ("ahead", "back")}
