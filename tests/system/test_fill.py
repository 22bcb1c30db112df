"""A filled store is a true one: its log verifies, its matters open in every service, and work goes on on top of it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import httpx
import pytest

from bancheng.local.authority import authority
from bancheng.local.stack import SERVICES, Stack
from services.audit.verify import verify
from shared.bus.topics import PUBLISHERS
from tests.bench.client import Load
from tests.bench.fill import Filled, fill
from tests.bench.fill.plan import title
from tests.bench.fill.store import Store
from tests.bench.fill.templates import Holding
from tests.bench.lifecycle import lifecycle, settle_at
from tests.bench.system import open_for_work, stack_at
from tests.bench.windows import DESKS, Desk
from tests.engines import open_folder

MATTERS = 400
LAG, TAKEN, SENT = "bancheng_consumer_lag", "bancheng_events_consumed_total", "bancheng_events_published_total"


@dataclass
class Full:
    """A filled system that runs again, what its services did since, and what was asked of it at once."""

    stack: Stack
    filled: Filled
    idle: dict[str, float]
    load: Load

    async def query(self, service: str, sql: str, *args: Any) -> list[Any]:
        """Look into a database."""
        connection = await asyncpg.connect(self.stack.database_url(service))
        try:
            return list(await connection.fetch(sql, *args))
        finally:
            await connection.close()

    async def sample(self, outcome: str, first: str = "asc") -> tuple[UUID, Desk, str]:
        """A filled matter, the earliest or the latest one that nobody has looked at."""
        (row,) = await self.query(
            "intake", "SELECT matter_id, window_id, register_no FROM matter WHERE outcome = $1"
            " AND registered_at < '2026-09-28' AND NOT EXISTS (SELECT FROM look l WHERE l.matter_id = matter.matter_id)"
            f" ORDER BY matter_id {first} LIMIT 1", outcome,
        )  # fmt: skip
        return row["matter_id"], next(d for d in DESKS if d.window == row["window_id"]), row["register_no"]


@pytest.fixture(scope="module")
async def full() -> AsyncIterator[Full]:
    with open_folder() as folder:
        stack = stack_at(folder, light=True)
        async with open_for_work(stack), aiohttp.ClientSession() as session:
            filled = await fill(stack, MATTERS)
            yield Full(stack, filled, await _done(stack), Load(stack, session))


async def test_the_services_find_nothing_to_do_after_the_filling(full: Full) -> None:
    assert full.idle == dict.fromkeys(full.idle, 0.0)
    for service in SERVICES:
        (row,) = await full.query(
            service, "SELECT count(*) FILTER (WHERE published_at IS NULL) AS waiting,"
            " (SELECT count(*) FROM parked) AS parked FROM outbox",
        )  # fmt: skip
        assert (row["waiting"], row["parked"]) == (0, 0), service


async def test_the_log_is_sound_and_holds_every_event_once(full: Full) -> None:
    verdict = await verify(full.stack.database_url("audit"))
    assert verdict.sound, verdict.finding
    told = [await full.query(service, "SELECT id::text FROM outbox") for service in PUBLISHERS]
    kept = await full.query("audit", "SELECT ce_id FROM entry")
    assert sorted(row["id"] for rows in told for row in rows) == sorted(row["ce_id"] for row in kept)
    assert full.filled.events > 8 * MATTERS > 0


@pytest.mark.parametrize("first", ["asc", "desc"])
async def test_a_filled_matter_opens_in_every_service(full: Full, first: str) -> None:
    matter, desk, number = await full.sample("DONE", first)
    read, here = full.load.read, f"/matters/{matter}"
    shown = await read("matter", desk.staff, "intake", f"/matters/by-register-no?no={number}")
    assert (shown["matter_id"], shown["state"]) == (str(matter), "CLOSED")
    content = await read("content", desk.staff, "intake", f"{here}/content?purpose=HANDLING")
    assert content["title"] in {title(number) for number in range(MATTERS)}
    assert content["records"]
    assert content["facts"]
    person = await read("identity", desk.staff, "intake", f"{here}/identity?purpose=HANDLING")
    assert person["name"] == "李某"
    judged = await read("assessment", desk.staff, "triage", f"{here}/assessment")
    assert judged["verification_note"] == "已向窗口核实,情况属实"
    (line,) = (await read("orders", desk.leader, "referral", f"{here}/orders"))["items"]
    order = await read("order", desk.leader, "referral", f"/orders/{line['order_id']}")
    assert order["title"] == content["title"]
    assert order["answers"]
    clocks = await read("clocks", desk.staff, "deadlines", f"/deadlines?matter={matter}")
    assert clocks["items"]
    assert all(clock["state"] == "STOPPED" for clock in clocks["items"])
    page = await read("page", desk.staff, "console", f"/api{here}")
    assert {line["source"] for line in page["timeline"]} == set(PUBLISHERS)
    log = await read("log", "supervision_dept", "audit", f"/log/entries?subject={matter}")
    proof = await read("proof", "supervision_dept", "audit", f"/log/entries/{log['items'][0]['index']}/proof")
    assert proof["path"]


async def test_the_console_lists_filled_matters_with_their_titles(full: Full) -> None:
    _, desk, _ = await full.sample("ON_THE_SPOT", "desc")
    async with httpx.AsyncClient(follow_redirects=True, timeout=20) as browser:  # by way of the issuer's sign-in
        answer = await browser.get(f"{full.stack.url('console')}/login", params={"name": desk.staff})
    assert answer.status_code == 200
    assert any(title(number) in answer.text for number in range(MATTERS))


async def test_work_goes_on_where_the_filling_ended_and_makes_the_same_rows(full: Full) -> None:
    before = await full.query("intake", "SELECT max(matter_id::text) AS last FROM matter")
    await asyncio.gather(*(settle_at(full.load, desk, "spot") for desk in DESKS))
    await asyncio.gather(*(lifecycle(full.load) for _ in DESKS))  # each takes the next window
    assert full.load.counts["errors"] == 0
    async with authority(full.stack) as ruler:
        await ruler.settle()
    await _numbers_have_no_gap(full)
    assert (await verify(full.stack.database_url("audit"))).sound

    rows = []
    for service in SERVICES:
        store = await Store.open(service, full.stack.database_url(service))
        rows += await store.rows()
        await store.close()
    holding = Holding(rows)
    for outcome in ("ON_THE_SPOT", "DONE"):
        (new,) = await full.query(
            "intake", "SELECT matter_id FROM matter WHERE outcome = $1 AND matter_id::text > $2 LIMIT 1",
            outcome, before[0]["last"],
        )  # fmt: skip
        filled, _, _ = await full.sample(outcome)
        assert _shape(filled, holding) == _shape(new["matter_id"], holding)


async def _numbers_have_no_gap(full: Full) -> None:
    found = await full.query(
        "intake", "SELECT window_id, left(split_part(register_no, '〔', 2), 4)::int AS year, count(*) AS n,"
        " max(right(register_no, 7)::text) AS last FROM matter WHERE register_no IS NOT NULL GROUP BY 1, 2",
    )  # fmt: skip
    assert {row["year"] for row in found} == {2025, 2026}
    assert all(int(row["last"].rstrip("号")) == row["n"] for row in found)


def _shape(matter: UUID, rows: Holding) -> Counter[str]:
    """How many rows a matter has in each table, and how many events of each kind."""
    chosen, _ = rows.of(matter)
    tables = Counter(f"{row.service}.{row.table}" for row in chosen)
    return tables + Counter(row.text("type") for row in chosen if row.table == "outbox")


async def _done(stack: Stack) -> dict[str, float]:
    """What each service published and took in since it started, once it stands at the end of its topics."""
    found: dict[str, float] = {}
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        for service in SERVICES:
            while (text := (await client.get(f"{stack.url(service)}/metrics")).text) and _sum(text, LAG) != 0:
                await asyncio.sleep(0.2)
            found |= {f"{service} {name}": _sum(text, name) or 0.0 for name in (LAG, TAKEN, SENT)}
    return found


def _sum(metrics: str, name: str) -> float | None:
    lines = [line for line in metrics.splitlines() if line.startswith(f"{name}{{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines) if lines else None
