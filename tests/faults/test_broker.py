"""The broker dies, or hangs: commands go on all the while, outboxes grow and drain."""

import asyncio
import time
from pathlib import Path

import pytest

from shared.bus import relay
from tests.engines import Engines
from tests.faults.client import served_all_the_while
from tests.faults.plant import Plant
from tests.faults.results import sized
from tests.faults.trial import trial
from tests.service.intake_desk import intake_desk

UNSENT = "SELECT id FROM outbox WHERE published_at IS NULL"


async def test_a_killed_broker_stops_no_command_and_loses_no_event(plant: Plant) -> None:
    async with trial(plant, "broker killed", plant.work(sized(20, 2000))) as killing:
        for _ in range(sized(1, 4)):
            await killing.work.reached(0.2)
            began = time.monotonic()
            await plant.away("kafka", sized(3, 10))
            killing.runs += 1
            served_all_the_while(killing.work.journal, began, time.monotonic())
            await asyncio.sleep(sized(0, 10))


async def test_a_relay_outlives_a_broker_that_hangs_longer_than_it_waits(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The short form of the next: one service, and a relay that gives up waiting after half a second, not after 30."""
    monkeypatch.setattr(relay, "PATIENCE", 0.5)
    async with intake_desk(Engines(plant.stack.kafka.bootstrap, plant.stack.postgres.admin_url), tmp_path) as desk:

        async def all_sent() -> bool:
            return not await desk.hall.query(UNSENT)

        await desk.hall.until(all_sent)
        plant.freeze("kafka")
        await desk.registered()
        await asyncio.sleep(2)  # the wait for the acknowledgement is over, and the relay is at its next session
        await desk.registered()
        assert await desk.hall.query(UNSENT)
        plant.thaw("kafka")
        await desk.hall.until(all_sent, within=30)


@pytest.mark.long  # a relay waits 30 s for the broker: a shorter hang shows nothing
async def test_a_broker_that_hangs_stops_no_command_and_loses_no_event(plant: Plant) -> None:
    async with trial(plant, "broker hangs", plant.work(2000)) as hanging:
        await hanging.work.reached(0.2)
        plant.freeze("kafka")
        began = time.monotonic()
        await asyncio.sleep(60)
        grown = await plant.unsent("intake")
        served_all_the_while(hanging.work.journal, began, time.monotonic())
        plant.thaw("kafka")
        hanging.notes.append(f"{grown} events of intake waited in its outbox")
    assert grown > 0
