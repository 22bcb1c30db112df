"""Three brokers, each record on all, two of which must have it: each dies under work, and whichever then rules."""

import asyncio
import time

import pytest

from bancheng.local.cluster import LocalCluster
from bancheng.local.kafka import LocalKafka
from tests.faults.client import served_all_the_while
from tests.faults.plant import Plant, running_plant
from tests.faults.trial import trial

AWAY = 10.0  # seconds; after six the others do without a broker that is silent


@pytest.mark.long  # three brokers beside six services take minutes on a small machine
async def test_with_one_broker_of_three_dead_events_go_on_and_none_is_lost() -> None:
    async with running_plant(brokers=3) as plant:
        cluster, standstills = plant.stack.kafka, []
        assert isinstance(cluster, LocalCluster)
        async with trial(plant, "brokers of a cluster killed", plant.work(2000), within=300) as killing:
            await killing.work.reached(0.2)
            for which in (*cluster.nodes, None):
                began = time.monotonic()
                standstills.append(await goes_on_without(which or cluster.controller(), plant))
                await cluster.until_whole(120)
                served_all_the_while(killing.work.journal, began, time.monotonic())
                killing.runs += 1
            killing.notes.append(f"events stood still for {max(standstills):.1f} s at most; the last killed ruled")


async def goes_on_without(node: LocalKafka, plant: Plant) -> float:
    """Kill a broker; what is committed from then on must get out before it is back. How many seconds that took."""
    part, killed = f"kafka-{node.node}", time.monotonic()
    await plant.stack.halt(part)
    await asyncio.sleep(2)  # time for events of every partition
    [[newest]] = await plant.query("intake", "SELECT max(position) FROM outbox")
    async with asyncio.timeout(60):
        while await plant.query("intake", "SELECT 1 FROM outbox WHERE published_at IS NULL AND position <= $1", newest):
            await asyncio.sleep(0.1)
    standstill = time.monotonic() - killed
    await asyncio.sleep(AWAY - standstill)
    await plant.stack.resume(part)
    return standstill
