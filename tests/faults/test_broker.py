"""The broker dies, or hangs: commands go on all the while, outboxes grow and drain."""

import asyncio
import time

from tests.faults.client import served_all_the_while
from tests.faults.plant import Plant
from tests.faults.results import sized
from tests.faults.trial import trial


async def test_a_killed_broker_stops_no_command_and_loses_no_event(plant: Plant) -> None:
    async with trial(plant, "broker killed", plant.work(sized(20, 2000))) as killing:
        for _ in range(sized(1, 4)):
            await killing.work.reached(0.2)
            began = time.monotonic()
            await plant.away("kafka", sized(3, 10))
            killing.runs += 1
            served_all_the_while(killing.work.journal, began, time.monotonic())
            await asyncio.sleep(sized(0, 10))


async def test_a_broker_that_hangs_stops_no_command_and_loses_no_event(plant: Plant) -> None:
    async with trial(plant, "broker hangs", plant.work(sized(20, 2000))) as hanging:
        await hanging.work.reached(0.2)
        plant.freeze("kafka")
        began = time.monotonic()
        await asyncio.sleep(sized(6, 60))
        grown = await plant.unsent("intake")
        served_all_the_while(hanging.work.journal, began, time.monotonic())
        plant.thaw("kafka")
        hanging.notes.append(f"{grown} events of intake waited in its outbox")
    assert grown > 0
