"""From a started, seeded, idle system to a full one: play templates, stop the services, copy, start them again."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaProducer

from bancheng.local.authority import _subscribed, authority
from bancheng.local.stack import SERVICES, Stack
from services.audit.domain import Frontier
from shared.store.vault import Vault
from tests.bench.fill import topic
from tests.bench.fill.copying import Filled, Said, copy
from tests.bench.fill.log import Log
from tests.bench.fill.plan import Plan, starting
from tests.bench.fill.playing import play
from tests.bench.fill.store import Store
from tests.bench.fill.templates import Compiler, Counters, Holding, Template
from tests.bench.lifecycle import EXTRACT, ON_THE_SPOT, REGISTRATION

_SERVER = {"autovacuum": "off", "max_wal_size": "4GB", "checkpoint_timeout": "1h"}


async def fill(stack: Stack, matters: int, say: Said = lambda _what, _done, _of: None) -> Filled:
    """Fill a system whose windows are open; afterwards its services run again and have nothing to do."""
    filled = Filled(matters)
    with _timed(filled, "templates"):
        played = await play(stack)
    await asyncio.gather(*(stack.halt(service, signal.SIGTERM) for service in SERVICES))
    async with _stores(stack) as stores, _unhurried(stack):
        await _fill(stack, stores, played, filled, say)
    for service in SERVICES:
        await stack.resume(service)
    with _timed(filled, "start again"):
        await stack.until_ready(within=120)
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
            await copy(stores, plan, log, topic.Topics(producer), filled, say)
    with _timed(filled, "indexes, statistics"):
        say("indexes", filled.matters, filled.matters)
        await _finish(stack, stores, plan, log, counters)


async def _templates(stack: Stack, stores: dict[str, Store], played: set[UUID], counters: Counters) -> list[Template]:
    vault = Vault.from_file(stack.data / "master.key")
    holding = Holding([row for store in stores.values() for row in await store.rows()])
    made = []
    for matter in played:
        chosen, ids = holding.of(matter)
        ordered = any(row.table == "orders" for row in chosen)
        assert not ordered or REGISTRATION["title"] == EXTRACT["title"]
        title = REGISTRATION["title"] if ordered else ON_THE_SPOT["title"]
        made.append(Compiler(vault, counters, title, chosen, ids).template())
    return sorted(made, key=lambda template: (template.ordered, template.window))


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
        self._began, self._cpu = time.monotonic(), time.process_time()

    def __exit__(self, *_: Any) -> None:
        self._filled.seconds[self._part] = time.monotonic() - self._began
        self._filled.cpu[self._part] = time.process_time() - self._cpu
