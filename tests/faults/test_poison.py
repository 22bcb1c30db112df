"""Poison on the bus while work goes on: only its own matter waits, and operators can see and deal with it."""

import asyncio
from datetime import time
from typing import Any

from typer.testing import CliRunner, Result

from bancheng.parked import app
from shared import clock
from shared.bus import header_names
from shared.contracts.codes import Outcome, RootCause
from shared.contracts.intake import MatterClosed, WindowOpened
from shared.ids import new_id
from tests.faults.plant import START, Plant
from tests.faults.poison import (
    REACTING,
    READING,
    SOURCE,
    End,
    Poison,
    accepted,
    cabinet,
    in_order,
    registered,
    send,
)
from tests.faults.results import sized
from tests.faults.trial import trial

OPERATOR = "ops-1"
TAKEN = "SELECT 1 FROM watermark WHERE subject = $1 AND sequence = $2 AND source = $3"
FAILING = ("triage", "console")  # they write an acceptance's organisation; deadlines has it from the registration


async def test_poison_holds_up_nobody_and_operators_deal_with_it(plant: Plant) -> None:
    header_names.tolerate_any()  # our own reading of the topics, too, goes past such a record
    async with trial(plant, "poison", plant.work(sized(30, 2000), pace=sized(15, 60))) as poisoning:
        await poisoning.work.reached(0.2)
        poisons = cabinet()
        await send(plant.stack.kafka.bootstrap, poisons)
        poisoning.runs = len(poisons)
        await _each_ends_where_it_must(plant, poisons)
        await _a_matter_that_always_fails_waits_in_order_until_skipped(plant)
        await _a_matter_whose_cause_was_mended_goes_through_at_a_retry(plant)
        await poisoning.work.reached(0.8)
        poisoning.notes.append(f"{await _skip_the_rest(plant)} skipped in the end")


async def _each_ends_where_it_must(plant: Plant, poisons: list[Poison]) -> None:
    for poison in poisons:
        for service in READING:
            wanted = End.TAKEN if poison.end is End.PARKED and service not in REACTING else poison.end
            assert await _ended(plant, service, poison, wanted), f"{poison.what}: not {wanted} by {service}"


async def _ended(plant: Plant, service: str, poison: Poison, wanted: End) -> Any:
    if wanted is End.DEAD:
        what = "SELECT 1 FROM outbox WHERE aggregatetype = $1 AND payload = $2 AND published_at IS NOT NULL"
        return await _until(plant, service, what, f"{service}.dlq", poison.value)
    if wanted is End.PARKED:
        return await _until(plant, service, "SELECT 1 FROM parked WHERE subject = $1", poison.subject)
    return await _until(plant, service, TAKEN, poison.subject, 1, SOURCE)


async def _a_matter_that_always_fails_waits_in_order_until_skipped(plant: Plant) -> None:
    matter = str(new_id())
    closed = MatterClosed(
        matter_id=matter, org_code="410200", window_id=accepted(matter).window_id, outcome=Outcome.DONE,
        root_cause=RootCause.STYLE, closed_at=START,
    )  # fmt: skip
    parked = "SELECT 1 FROM parked WHERE subject = $1 AND sequence = $2 AND waiting = $3"
    # The closing comes later: in one batch with it, the console would write its organisation alone, and nothing fails.
    *spoiled, last = in_order(matter, registered(matter), accepted(matter, org="\x00"), closed)
    await send(plant.stack.kafka.bootstrap, spoiled)
    for service in FAILING:
        assert await _until(plant, service, parked, matter, 2, False), f"{service} took what no database keeps"
    await send(plant.stack.kafka.bootstrap, [last])
    for service in FAILING:
        assert await _until(plant, service, parked, matter, 3, True), f"{service} let the closing go by"
        assert await plant.query(service, TAKEN, matter, 1, SOURCE), f"{service} went past what failed"
        said = (await _bancheng(plant, "list", service)).output
        assert matter in said
        assert "handler failed" in said
    tries = "SELECT 1 FROM parked WHERE subject = $1 AND sequence = 2 AND attempts > $2"
    assert (await _bancheng(plant, "retry", "console", SOURCE, matter, "--operator", OPERATOR)).exit_code == 0
    assert await _until(plant, "console", tries, matter, 1)
    refused = await _bancheng(plant, "skip", "console", SOURCE, matter, "--operator", OPERATOR, "--reason", "no")
    assert refused.exit_code == 2
    for service in FAILING:
        skipped = await _skip(plant, service, SOURCE, matter)
        assert skipped.exit_code == 0, skipped.output
        assert await _until(plant, service, TAKEN, matter, 3, SOURCE)
        [kept] = await plant.query(service, "SELECT reason, why_parked FROM skipped WHERE subject = $1", matter)
        assert kept["reason"] == "poison of a drill"
        assert "handler failed" in kept["why_parked"]
    told = "SELECT 1 FROM entry WHERE type LIKE '%.parked.%' AND position(convert_to($1, 'UTF8') IN value) > 0"
    assert await _until(plant, "audit", f"SELECT 1 WHERE (SELECT count(*) FROM ({told}) AS found) = 3", matter)


async def _a_matter_whose_cause_was_mended_goes_through_at_a_retry(plant: Plant) -> None:
    matter, window = str(new_id()), f"drill-{new_id().hex[:8]}"
    await send(plant.stack.kafka.bootstrap, in_order(matter, accepted(matter, window)))
    assert await _until(plant, "deadlines", "SELECT 1 FROM parked WHERE subject = $1 AND attempts >= 4", matter)
    opened = WindowOpened(
        window_id=window, org_code="410200", level="CITY", name="演练窗口",
        morning=(time(9), time(12)), afternoon=(time(13), time(17)),
    )  # fmt: skip
    await send(plant.stack.kafka.bootstrap, in_order(window, opened))
    assert await _until(plant, "deadlines", "SELECT 1 FROM office_hours WHERE window_id = $1", window)
    assert (await _bancheng(plant, "retry", "deadlines", SOURCE, matter, "--operator", OPERATOR)).exit_code == 0
    assert await _until(plant, "deadlines", "SELECT 1 FROM deadline WHERE matter_id = $1::text::uuid", matter)


async def _skip_the_rest(plant: Plant) -> int:
    """As operators do at last; nothing may be parked when the work is reconciled."""
    skipped = 0
    for service in READING:
        for row in await plant.query(service, "SELECT DISTINCT source, subject FROM parked"):
            assert (await _skip(plant, service, row["source"], row["subject"])).exit_code == 0
            skipped += 1
    return skipped


async def _skip(plant: Plant, service: str, source: str, subject: str) -> Result:
    reason = ("--operator", OPERATOR, "--reason", "poison of a drill")
    return await _bancheng(plant, "skip", service, source, subject, *reason)


async def _bancheng(plant: Plant, *words: str) -> Result:
    """`bancheng parked …`, as an operator would type it."""
    wide = {"COLUMNS": "300"}
    clock.use(clock.RealClock())  # not that of a service which ran in this process before
    told = [*words, "--data", str(plant.stack.data)]
    return await asyncio.to_thread(CliRunner().invoke, app, told, env=wide)


async def _until(plant: Plant, service: str, sql: str, *args: object, within: float = 30.0) -> bool:
    try:
        async with asyncio.timeout(within):
            while not await plant.query(service, sql, *args):
                await asyncio.sleep(0.1)
    except TimeoutError:
        return False
    return True
