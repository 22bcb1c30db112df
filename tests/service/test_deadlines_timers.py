"""Many timers and several workers: every step exactly once, whatever else happens to the matter meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.deadlines import timers
from shared.store.unit_of_work import Database
from tests.engines import Engines
from tests.harness import Hall, hall
from tests.service.test_deadlines_service import WINDOW, Matter, window
from tests.unit.deadlines_story import acked, at, issued

MATTERS, WORKERS = 150, 4


@pytest.fixture(scope="module")
async def deadlines(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    folder = Path(tmp_path_factory.mktemp("timers"))
    async with hall(engines, "deadlines", folder, roles=("http", "relay", "consumer")) as running:
        await running.publish(window(WINDOW))
        await running.caught_up()
        yield running


@asynccontextmanager
async def workers(hall: Hall) -> AsyncIterator[None]:
    """Several timers workers, each with a database pool of its own, as in several processes."""
    databases = [Database(hall.settings.postgres_url, "deadlines", 2) for _ in range(WORKERS)]
    running = [asyncio.create_task(timers.run(database)) for database in databases]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        results = await asyncio.gather(*running, return_exceptions=True)
        for database in databases:
            await database.close()
        assert all(isinstance(result, asyncio.CancelledError) for result in results), results


async def test_each_step_fires_once_though_workers_race_each_other_and_reactions(deadlines: Hall) -> None:
    matters = [Matter(deadlines) for _ in range(MATTERS)]
    deadlines.time.set(at("09-28 10:00"))
    await deadlines.publish(*(matter._own(issued("09-28 10:00")) for matter in matters))
    await deadlines.caught_up()
    deadlines.time.set(at("10-14 10:00"))
    async with workers(deadlines):
        await deadlines.publish(*(matter._own(acked("10-08 10:00")) for matter in matters))
        await deadlines.caught_up()
        await deadlines.until(lambda: _nothing_due(deadlines))
    reached = Counter(
        (event["subject"], event["data"]["rule"], event["data"]["level"])
        for event in await deadlines.published("supervision.reached")
    )
    assert set(reached.values()) == {1}
    assert Counter((rule, level) for _, rule, level in reached) == {
        ("D06", "BLUE"): MATTERS, ("D06", "YELLOW"): MATTERS, ("D06", "RED"): MATTERS,
        ("D15", "REMIND"): MATTERS, ("D15", "BLUE"): MATTERS, ("D15", "YELLOW"): MATTERS,
    }  # fmt: skip
    missed = Counter(event["subject"] for event in await deadlines.published("order.ack_missed"))
    assert (len(missed), set(missed.values())) == (MATTERS, {1})


async def test_the_steps_of_each_matter_were_published_in_their_order(deadlines: Hall) -> None:
    by_matter: dict[str, list[str]] = {}
    for event in await deadlines.published("supervision.reached"):
        by_matter.setdefault(event["subject"], []).append(event["data"]["reached_at"])
    assert all(moments == sorted(moments) for moments in by_matter.values())


async def test_what_is_left_are_the_next_steps_to_come(deadlines: Hall) -> None:
    rows = await deadlines.query("SELECT at, count(*) AS n FROM timer GROUP BY at")
    assert [tuple(row) for row in rows] == [(at("10-16 17:00"), MATTERS)]


async def _nothing_due(deadlines: Hall) -> bool:
    return not await deadlines.query("SELECT 1 FROM timer WHERE at <= $1 LIMIT 1", at("10-14 10:00"))
