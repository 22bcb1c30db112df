"""From a started, seeded, idle system to a full one: play templates, stop the services, copy, start them again."""

import asyncio
import signal
import struct
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import httpx
from aiokafka import AIOKafkaProducer

from bancheng.demo.player import Player
from bancheng.demo.seed import period_id
from bancheng.local.authority import _subscribed, authority
from bancheng.local.stack import SERVICES, Stack
from services.audit.domain import Frontier
from shared.store.vault import Vault
from shared.workdays import ZONE
from tests.bench.client import Load
from tests.bench.fill import topic
from tests.bench.fill.log import Log
from tests.bench.fill.plan import Plan, periods_before, starting
from tests.bench.fill.store import Store
from tests.bench.fill.templates import Compiler, Counters, Template, rows_of
from tests.bench.lifecycle import EXTRACT, ON_THE_SPOT, REGISTRATION, lifecycle, settle_at
from tests.bench.windows import DESKS

CHUNK = 2000  # matters rendered while those before are copied
Said = Callable[[str, int, int], None]  # what is done, how far, of how many
_LONG = struct.Struct(">q").pack
_SERVER = {"autovacuum": "off", "max_wal_size": "8GB", "checkpoint_timeout": "1h"}


@dataclass
class Filled:
    """What was made, and how long each part took."""

    matters: int
    events: int = 0
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class Chunk:
    """Some matters as rows and records."""

    matters: int
    at: datetime
    copies: dict[tuple[str, str], list[bytes]]
    records: topic.Full
    size: int
    root: bytes


async def fill(stack: Stack, matters: int, say: Said = lambda _what, _done, _of: None) -> Filled:
    """Fill a system whose windows are open; afterwards its services run again and have nothing to do."""
    filled = Filled(matters)
    with _timed(filled, "templates"):
        await _roster_the_past(stack)
        before = await _matters(stack)
        await _play(stack)
    await asyncio.gather(*(stack.halt(service, signal.SIGTERM) for service in SERVICES))
    async with _stores(stack) as stores, _unhurried(stack):
        await _fill(stack, stores, await _matters(stack) - before, filled, say)
    for service in SERVICES:
        await stack.resume(service)
    with _timed(filled, "start again"):
        await _ready(stack)
        async with authority(stack) as ruler:
            await ruler.settle()
    return filled


async def _fill(stack: Stack, stores: dict[str, Store], played: set[UUID], filled: Filled, say: Said) -> None:
    with _timed(filled, "take apart"):
        counters = Counters({at: n for store in stores.values() for at, n in (await store.next_values()).items()})
        templates = await _templates(stack, stores, played, counters)
        head = await stores["audit"].connection.fetchrow("SELECT size, frontier FROM tree_head")
        log = Log(Frontier.unpack(head["size"], head["frontier"]))
        plan = Plan(templates, filled.matters, *await _numbers(stores))
        for service, store in stores.items():
            await store.bare({table for t in templates for at, table in t.rows if at == service})
    with _timed(filled, "copy"):
        async with _producer(stack) as producer:
            await _copy(stores, plan, log, topic.Topics(producer), filled, say)
    with _timed(filled, "indexes, statistics"):
        say("indexes", filled.matters, filled.matters)
        await _finish(stack, stores, plan, log, counters)


async def _roster_the_past(stack: Stack) -> None:
    """Duty periods for the last twelve months, so that every matter finds whose hands it was in."""
    async with Player(stack) as player:
        known = {
            each["period_id"] for each in (await player.get("supervision_dept", "intake", "/duty-periods"))["items"]
        }

        async def one(window: str, leader: str, staff: list[str]) -> None:
            for start in periods_before():
                if period_id(window, start) not in known:
                    body = {"period_id": period_id(window, start), "window_id": window, "start_date": str(start),
                            "leader_id": leader, "staff_ids": staff}  # fmt: skip
                    await player.post("supervision_dept", "intake", "/duty-periods", body)

        await asyncio.gather(*(one(d.window, d.leader, [d.staff, f"bench-deputy@{d.window}"]) for d in DESKS))


async def _play(stack: Stack) -> None:
    """At each window one matter settled on the spot and one that goes all the way; until everything has settled."""
    async with authority(stack) as ruler, aiohttp.ClientSession() as session:
        await ruler.settle()
        load = Load(stack, session)
        await asyncio.gather(*(settle_at(load, desk, "template") for desk in DESKS))
        await asyncio.gather(*(lifecycle(load) for _ in DESKS))  # each takes the next window
        await ruler.settle()


async def _templates(stack: Stack, stores: dict[str, Store], played: set[UUID], counters: Counters) -> list[Template]:
    vault = Vault.from_file(stack.data / "master.key")
    rows = [row for store in stores.values() for row in await store.rows()]
    made = []
    for matter in played:
        chosen, ids = rows_of(matter, rows)
        ordered = any(row.table == "orders" for row in chosen)
        assert not ordered or REGISTRATION["title"] == EXTRACT["title"]
        title = REGISTRATION["title"] if ordered else ON_THE_SPOT["title"]
        made.append(Compiler(vault, counters, title, chosen, ids).template())
    return sorted(made, key=lambda template: (template.ordered, template.window))


async def _copy(
    stores: dict[str, Store], plan: Plan, log: Log, topics: topic.Topics, filled: Filled, say: Said
) -> None:
    """Render one chunk while the one before is on its way."""
    under_way: asyncio.Task[None] | None = None
    for first in range(0, filled.matters, CHUNK):
        last = min(first + CHUNK, filled.matters)
        chunk = await asyncio.to_thread(_render, plan, log, topics, first, last, filled)
        if under_way:
            await under_way
        under_way = asyncio.create_task(_load(stores, topics, chunk))
        say("copying", last, filled.matters)
    if under_way:
        await under_way


def _render(plan: Plan, log: Log, topics: topic.Topics, first: int, last: int, filled: Filled) -> Chunk:
    copies: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    entries = copies["audit", "entry"]
    root, millis = b"", 0
    for template, draw in plan.draws(first, last):
        values, millis = template.slots.made(draw), draw.millis
        for at, render in template.tables.items():
            copies[at].append(render(values))
        index, leaf, subtrees, over = (template.logged[name] for name in ("index", "leaf_hash", "subtrees", "root"))
        for entry in template.entries:
            values[index] = _LONG(log.size)
            values[leaf], completed, root = log.append(entry.head(values) + values[entry.body])
            values[subtrees], values[over] = struct.pack(">i", len(completed)) + completed, root
            entries.append(entry.row(values))
        key = values[template.key]
        partition = topic.partition_of(key)
        for record in template.records:
            headers = [(name, fixed if slot is None else values[slot]) for name, fixed, slot in record.headers]
            topics.add(record.topic, partition, millis, key, values[record.body][4:], headers)
        filled.events += len(template.records)
        for at, count in template.rows.items():
            filled.rows[".".join(at)] += count
    moment = datetime.fromtimestamp(millis / 1000, ZONE)
    return Chunk(last - first, moment, copies, topics.taken(last == filled.matters), log.size, root)


async def _load(stores: dict[str, Store], topics: topic.Topics, chunk: Chunk) -> None:
    async def one(store: Store) -> None:
        for (service, table), rows in chunk.copies.items():
            if service == store.service:
                await store.copy(table, rows)
        if store.service == "audit":
            await store.connection.execute(
                "INSERT INTO checkpoint (size, root, at) VALUES ($1, $2, $3)", chunk.size, chunk.root, chunk.at
            )  # fmt: skip

    await asyncio.gather(topics.send(chunk.records), *(one(store) for store in stores.values()))


async def _finish(stack: Stack, stores: dict[str, Store], plan: Plan, log: Log, counters: Counters) -> None:
    """Everything that counts goes on where the copies end."""
    await stores["audit"].connection.execute(
        "UPDATE tree_head SET size = $1, frontier = $2", log.size, log.head.pack()
    )  # fmt: skip
    for service, table, column, numbers in (
        ("intake", "register_counter", "value", plan.registered),
        ("referral", "order_counter", "last", plan.issued),
    ):
        await stores[service].connection.executemany(
            f"INSERT INTO {table} (window_id, year, {column}) VALUES ($1, $2, $3)"
            f" ON CONFLICT (window_id, year) DO UPDATE SET {column} = excluded.{column}",
            [(window, year, number) for (window, year), number in numbers.items()],
        )
    for place, values in counters.next.items():
        await stores[place.service].set_next(place, next(values))
    ends = await topic.last_records(stack.kafka.bootstrap)
    for service, store in stores.items():
        read = {f"{topic.PREFIX}.{name}" for name in _subscribed(service)}
        await store.read_to([end for end in ends if end[0] in read])
    await asyncio.gather(*(store.restore() for store in stores.values()))


async def _numbers(stores: dict[str, Store]) -> Sequence[dict[tuple[str, int], int]]:
    registered = await stores["intake"].connection.fetch("SELECT * FROM register_counter")
    issued = await stores["referral"].connection.fetch("SELECT * FROM order_counter")
    return starting(registered, "value"), starting(issued, "last")


async def _matters(stack: Stack) -> set[UUID]:
    connection = await asyncpg.connect(stack.database_url("intake"))
    try:
        return {row["matter_id"] for row in await connection.fetch("SELECT matter_id FROM matter")}
    finally:
        await connection.close()


async def _ready(stack: Stack) -> None:
    async with asyncio.timeout(120), httpx.AsyncClient() as client:
        for service in SERVICES:
            while not await _answers(client, f"{stack.url(service)}/readyz"):
                await asyncio.sleep(0.1)


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url, timeout=2)).status_code == 200
    except httpx.HTTPError:
        return False


@asynccontextmanager
async def _stores(stack: Stack) -> AsyncIterator[dict[str, Store]]:
    async with AsyncExitStack() as closing:
        stores = {}
        for service in SERVICES:
            stores[service] = await Store.open(service, stack.database_url(service))
            closing.push_async_callback(stores[service].close)
        yield stores


@asynccontextmanager
async def _unhurried(stack: Stack) -> AsyncIterator[None]:
    """PostgreSQL without checkpoints and cleaning in between."""
    await _administer(stack, *(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in _SERVER.items()))
    try:
        yield
    finally:
        await _administer(stack, *(f"ALTER SYSTEM RESET {name}" for name in _SERVER), "CHECKPOINT")


async def _administer(stack: Stack, *statements: str) -> None:
    connection = await asyncpg.connect(stack.postgres.admin_url)
    try:
        for statement in (*statements, "SELECT pg_reload_conf()"):
            await connection.execute(statement, timeout=600)
    finally:
        await connection.close()


@asynccontextmanager
async def _producer(stack: Stack) -> AsyncIterator[AIOKafkaProducer]:
    producer = topic.producer(stack.kafka.bootstrap)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


class _timed:
    def __init__(self, filled: Filled, part: str) -> None:
        self._filled, self._part = filled, part

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: Any) -> None:
        self._filled.seconds[self._part] = time.monotonic() - self._began
