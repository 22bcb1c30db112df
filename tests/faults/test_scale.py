"""Consumer processes come and go under load, and one that was away has a long way to catch up."""

import asyncio
import signal
import time

import pytest

from bancheng.local.stack import SERVICES
from tests.faults.plant import Plant
from tests.faults.results import LONG, sized
from tests.faults.trial import trial

AT_HAND = 500  # events: one batch, while work goes on
SCALED = SERVICES if LONG else ("deadlines",)


async def test_consumers_come_and_go_under_load(plant: Plant) -> None:
    taken = dict[str, float]()
    async with trial(plant, "consumers come and go", plant.work(sized(20, 2000))) as scaling:
        for _ in range(sized(1, 3)):
            added = []
            for _ in range(sized(1, 2)):
                more = [plant.stack.add(service, "consumer") for service in SCALED]
                await plant.ready(*more, within=120)
                added += more
                await asyncio.sleep(sized(0, 15))
            for name in added:
                taken[name] = await _taken(plant, name)
                await plant.stack.remove(name)
                scaling.runs += 1
            await asyncio.sleep(sized(0, 5))
    assert all(taken.values()), f"a process that took nothing in: {taken}"


async def _taken(plant: Plant, name: str, within: float = 30) -> float:
    """How many events a process has taken in; it gets time for the first, an assignment may be yet to come."""
    end = time.monotonic() + within
    while not (taken := await plant.metric(name, "bancheng_events_consumed_total")) and time.monotonic() < end:
        await asyncio.sleep(0.1)
    return taken


@pytest.mark.long
async def test_a_long_backlog_is_drained_without_a_rebalance_storm(plant: Plant) -> None:
    backlog = sized(1_000, 100_000)
    work = plant.work(backlog // 9, share=0.01, pace=1_000)
    async with trial(plant, "backlog", work, within=600) as draining:
        await plant.stack.halt("console", signal.SIGTERM)
        while (waiting := await plant.behind("console")) < backlog:
            await asyncio.sleep(0.5)
        began = time.monotonic()
        await plant.stack.resume("console")
        await plant.ready("console")
        while await plant.behind("console") > AT_HAND:
            await asyncio.sleep(0.2)
        took = time.monotonic() - began
        draining.notes.append(f"{waiting} events drained in {took:.0f} s, start of the process included")
    rebalances = await plant.metric("console", "bancheng_consumer_rebalances_total")
    assert rebalances == 1, f"{rebalances:.0f} assignments instead of the one at the start"
