"""Many timers and several workers: every step exactly once, whatever else happens to the matter meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from services.deadlines import timers
from services.deadlines.store import timers as store
from shared.bus.heard import Heard
from shared.store.statements import SERVER, ready
from shared.store.unit_of_work import Database
from tests.engines import Engines
from tests.harness import Hall, hall
from tests.service.test_deadlines_service import SOURCES, WINDOW, Matter, window
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
    heard = [Heard(hall.settings, SOURCES) for _ in databases]
    running = [asyncio.create_task(timers.run(*pair)) for pair in zip(databases, heard, strict=True)]
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
    await deadlines.all_is_out(*SOURCES)
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


async def test_a_matter_whose_timers_fail_waits_alone_and_is_done_when_mended(deadlines: Hall) -> None:
    matters = [Matter(deadlines) for _ in range(6)]
    deadlines.time.set(at("10-14 10:00"))
    await deadlines.publish(*(matter._own(issued("10-14 10:00")) for matter in matters))
    await deadlines.caught_up()
    torn, lacking, *good = (matter.id for matter in matters)
    [whole] = await deadlines.query("SELECT facts::text AS facts FROM matter WHERE matter_id = $1", torn)
    await _set(deadlines, "facts", '[["no such mark"]]', torn)
    await _set(deadlines, "window_id", "unheard-of", lacking)
    deadlines.time.set(at("10-16 10:00"))
    await deadlines.all_is_out(*SOURCES)
    async with workers(deadlines):
        await deadlines.until(lambda: _missed(deadlines, good))
        held = await deadlines.until(lambda: _held(deadlines, 2))
        assert not await _missed(deadlines, [torn])
        assert not await _missed(deadlines, [lacking])
        assert "ValueError" in held[torn]
        assert "unheard-of" in held[lacking]
        await _set(deadlines, "facts", whole["facts"], torn)
        await _set(deadlines, "window_id", WINDOW, lacking)
        await deadlines.until(lambda: _missed(deadlines, [torn, lacking]))
        await deadlines.until(lambda: _is_empty(deadlines, "held_matter"))


async def test_a_look_for_what_is_due_begins_at_the_timers_however_few_there_are(deadlines: Hall) -> None:
    connection = await asyncpg.connect(deadlines.settings.postgres_url, server_settings=SERVER)
    try:
        sql, _ = ready(store.TAKE, {"upto": None, "unheard": None, "limit": None})
        await connection.execute("BEGIN; TRUNCATE timer, matter, held_matter, parked CASCADE")
        await connection.execute(f"PREPARE take (text[], timestamptz, bigint) AS {sql}")
        plan = [row[0] for row in await connection.fetch("EXPLAIN EXECUTE take ('{}', now(), 100)")]
    finally:
        await connection.close()
    scans = [line.strip() for line in plan if " Scan using " in line]
    assert "on timer t" in scans[0], plan
    assert "Index Cond: (matter_id = t.matter_id)" in "\n".join(plan), plan


async def _set(deadlines: Hall, column: str, value: str, matter: UUID) -> None:
    kind = "jsonb" if column == "facts" else "text"
    await deadlines.query(f"UPDATE matter SET {column} = $1::text::{kind} WHERE matter_id = $2", value, matter)


async def _missed(deadlines: Hall, matters: Sequence[UUID]) -> bool:
    told = {event["subject"] for event in await deadlines.published("order.ack_missed")}
    return {str(matter) for matter in matters} <= told


async def _held(deadlines: Hall, number: int) -> dict[UUID, str]:
    rows = await deadlines.query("SELECT matter_id, reason FROM held_matter")
    return {UUID(str(row["matter_id"])): row["reason"] for row in rows} if len(rows) == number else {}


async def _is_empty(deadlines: Hall, table: str) -> bool:
    return not await deadlines.query(f"SELECT 1 FROM {table}")


async def _nothing_due(deadlines: Hall) -> bool:
    return not await deadlines.query("SELECT 1 FROM timer WHERE at <= $1 LIMIT 1", at("10-14 10:00"))
