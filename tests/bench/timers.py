"""`python -m tests.bench.timers`: a million timers open, ten thousand of them due at one closing time.

Each is a clock of seven working days on an order; those due have the yellow light to come at 17:00, when the others
wait for theirs on later days. Measured is from the word that nothing older is on its way until the last light is
committed, and until it is on the bus.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import asyncpg
import typer

from services.deadlines.domain.matter import MatterClocks
from services.deadlines.store.matters import _TYPES
from services.deadlines.store.rows import COLUMNS, JSON, clock_to_row, facts_to_json
from tests.bench.report import out
from tests.engines import engines, open_folder
from tests.harness import Hall, hall
from tests.service.test_deadlines_service import SOURCES, WINDOW, window
from tests.unit import deadlines_story as story
from tests.unit.deadlines_story import COUNTING, PLACE, at

CLOSING = at("10-15 17:00")
DUE = "09-30 10:00"  # signed for then, an order of seven working days is due at that closing time
LATER = ("10-12 10:00", "10-12 15:00", "10-13 10:00", "10-13 15:00", "10-14 10:00", "10-14 15:00")
PATIENCE = 600.0

_MATTERS = """
INSERT INTO matter (matter_id, org_code, window_id, facts)
SELECT matter_id, $2, $3, $4::text::jsonb FROM filling WHERE template = $1"""
_TIMERS = "INSERT INTO timer (deadline_id, at, matter_id) SELECT id, $2, matter_id FROM filling WHERE template = $1"
_CLOCKS = f"""
INSERT INTO deadline ({", ".join(COLUMNS)})
SELECT {", ".join(("f.id", "f.matter_id", *(f"t.{name}" for name in COLUMNS[2:])))}
FROM filling f CROSS JOIN (SELECT {
    ", ".join(
        f"${n}::text::jsonb AS {name}" if name in JSON else f"${n}::{_TYPES.get(name, 'text')} AS {name}"
        for n, name in enumerate(COLUMNS[2:], 2)
    )
}) t WHERE f.template = $1"""


def main(
    open_: Annotated[int, typer.Option("--open", help="Clocks that run, each with a timer.")] = 1_000_000,
    due: Annotated[int, typer.Option(help="Of these, due at the same closing time.")] = 10_000,
    workers: Annotated[int, typer.Option(help="Processes that fire timers.")] = 1,
    repeats: Annotated[int, typer.Option(help="How often, each time with as many due anew.")] = 3,
) -> None:
    """Measure; nothing is asserted. A million takes some minutes to fill and 4 GB of disk."""
    with open_folder() as folder:
        asyncio.run(_bench(folder, open_, due, workers, repeats))


async def _bench(folder: Path, open_: int, due: int, workers: int, repeats: int) -> None:
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(engines())
        running = await stack.enter_async_context(hall(made, "deadlines", folder, roles=("relay", "consumer")))
        await running.publish(window(WINDOW))
        await running.caught_up()
        began = time.monotonic()
        await _fill(running, LATER, open_ - due)
        out.print(f"{open_ - due:,} timers to come, filled in {time.monotonic() - began:.0f} s")
        for _ in range(repeats):
            running.time.set(CLOSING - timedelta(minutes=1))
            await running.all_is_out(*SOURCES)
            await _fill(running, (DUE,), due)
            async with _workers(running, workers):
                await asyncio.sleep(5)  # they have started, and find nothing
                committed, sent = await _fire(running)
            out.print(
                f"{due:,} due at 17:00 among {open_:,}, {workers} worker(s): all fired after {committed:.1f} s,"
                f" all on the bus after {sent:.1f} s; {await _lights(running):,} lights so far"
            )


async def _fill(running: Hall, signed: Sequence[str], number: int) -> None:
    connection = await asyncpg.connect(running.settings.postgres_url)
    try:
        await connection.execute(
            "CREATE TEMP TABLE filling AS SELECT gen_random_uuid() AS matter_id, gen_random_uuid() AS id,"
            f" g % {len(signed)} AS template FROM generate_series(1, {number}) g; ANALYZE filling"
        )
        for template, moment in enumerate(signed):
            matter = _matter(moment)
            [clock] = [each for each in matter.clocks.values() if each.rule == "D15"]
            step = clock.next_step
            assert step is not None
            assert (step.at == CLOSING) == (moment == DUE), step
            facts = facts_to_json(matter.facts)
            await connection.execute(_MATTERS, template, PLACE["org_code"], WINDOW, facts, timeout=PATIENCE)
            await connection.execute(_CLOCKS, template, *clock_to_row(clock)[2:], timeout=PATIENCE)
            await connection.execute(_TIMERS, template, step.at, timeout=PATIENCE)
        await connection.execute("ANALYZE matter; ANALYZE deadline; ANALYZE timer", timeout=PATIENCE)
    finally:
        await connection.close()


def _matter(signed: str) -> MatterClocks:
    """A matter with one order signed for then, as it stands a minute before closing time."""
    told = [story.issued(signed, 0), story.acked(signed, 0)]
    matter = MatterClocks(PLACE["matter_id"], PLACE["org_code"], WINDOW)
    for fact in story.facts(told):
        matter, _ = matter.noted(fact, COUNTING)
    return matter.passed(CLOSING - timedelta(minutes=1), COUNTING)[0]


async def _fire(running: Hall) -> tuple[float, float]:
    """Let it be 17:00; seconds until the last timer has fired, and until the last event has been sent."""
    running.time.set(CLOSING)
    began = time.monotonic()
    await running.all_is_out(*SOURCES)
    await running.until(lambda: _none(running, "SELECT 1 FROM timer WHERE at <= $1 LIMIT 1", CLOSING), PATIENCE)
    committed = time.monotonic() - began
    await running.until(lambda: _none(running, "SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1"), PATIENCE)
    return committed, time.monotonic() - began


async def _lights(running: Hall) -> int:
    return int((await running.query("SELECT count(*) FROM outbox WHERE type LIKE '%supervision.reached%'"))[0][0])


async def _none(running: Hall, sql: str, *args: Any) -> bool:
    return not await running.query(sql, *args)


@asynccontextmanager
async def _workers(running: Hall, number: int) -> AsyncIterator[None]:
    """Processes of the service that do nothing but fire timers."""
    given = {f"BANCHENG_{name.upper()}": str(value) for name, value in running.settings.model_dump().items() if value}
    given["BANCHENG_DATABASE_URL"] = running.settings.postgres_url
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bancheng", "serve", "deadlines", "--role", "timers",
            env={**os.environ, **given, "BANCHENG_PORT": str(20_000 + uuid4().int % 20_000)},
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )
        for _ in range(number)
    ]  # fmt: skip
    try:
        yield
    finally:
        for child in children:
            child.terminate()
        await asyncio.gather(*(child.wait() for child in children))


if __name__ == "__main__":
    typer.run(main)
