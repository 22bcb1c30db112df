"""`python -m tests.bench.raw`: what the broker, the database and the drivers can do by themselves on this machine."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bancheng.local.kafka import LocalKafka
from bancheng.local.ports import free_port
from bancheng.local.postgres import LocalPostgres
from shared.settings import with_driver
from tests.bench.probes import tree_seconds
from tests.bench.report import out
from tests.engines import open_folder

TIMES = 2000
RECORDS = 50_000
LOOK_UP = "SELECT * FROM thing WHERE id = $1"


async def main() -> None:
    """Measure and print; a minute."""
    with open_folder() as folder:
        postgres = LocalPostgres(folder / "postgres", free_port())
        kafka = LocalKafka(folder / "kafka", free_port(), free_port(), light=False)
        try:
            await asyncio.gather(postgres.start(), kafka.start())
            await _database(postgres)
            await _broker(kafka)
        finally:
            await asyncio.gather(postgres.stop(), kafka.stop())


async def _database(postgres: LocalPostgres) -> None:
    table = Table("one client, one after the other", "ms each", "client CPU ms", "PostgreSQL CPU ms")
    connection = await asyncpg.connect(postgres.admin_url)
    await connection.execute("CREATE TABLE thing (id uuid PRIMARY KEY, n int, t text)")
    await connection.execute("INSERT INTO thing SELECT gen_random_uuid(), g, 'x' FROM generate_series(1, 10000) g")
    ids = itertools.cycle([row["id"] for row in await connection.fetch("SELECT id FROM thing")])
    engine = create_async_engine(with_driver(postgres.admin_url))

    async def locked() -> None:
        async with connection.transaction():
            await connection.fetchrow(LOOK_UP + " FOR UPDATE", next(ids))

    async def by_engine() -> None:
        async with engine.begin() as lent:
            (await lent.execute(text("SELECT * FROM thing WHERE id = :id"), {"id": next(ids)})).first()

    acts: dict[str, Callable[[], Awaitable[Any]]] = {
        "asyncpg: look-up by key": lambda: connection.fetchrow(LOOK_UP, next(ids)),
        "asyncpg: update by key, committed": lambda: connection.execute(
            "UPDATE thing SET n = n + 1 WHERE id = $1", next(ids)
        ),
        "asyncpg: begin, lock one row, commit": locked,
        "SQLAlchemy: begin, look-up, commit": by_engine,
    }
    for name, act in acts.items():
        table.add_row(name, *(f"{value:.2f}" for value in await _timed(act, postgres.pid or 0)))
    await connection.close()
    await engine.dispose()
    out.print(table)


async def _timed(act: Callable[[], Awaitable[Any]], pid: int) -> tuple[float, float, float]:
    for _ in range(50):
        await act()
    wall, own, theirs = time.perf_counter(), time.process_time(), tree_seconds(pid)
    for _ in range(TIMES):
        await act()
    taken = time.perf_counter() - wall, time.process_time() - own, tree_seconds(pid) - theirs
    return taken[0] / TIMES * 1000, taken[1] / TIMES * 1000, taken[2] / TIMES * 1000


async def _broker(kafka: LocalKafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("raw", 24, 1)])
    await admin.close()
    table = Table("broker, 600 bytes a record, 24 partitions", "records/s", "client CPU µs", "broker CPU µs")
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()

    async def produce() -> None:
        for start in range(0, RECORDS, 500):
            sends = [await producer.send("raw", b"x" * 600, key=b"%d" % n) for n in range(start, start + 500)]
            await asyncio.gather(*sends)

    async def consume() -> None:
        consumer = AIOKafkaConsumer("raw", bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        seen = 0
        while seen < RECORDS:
            seen += sum(map(len, (await consumer.getmany(timeout_ms=1000, max_records=500)).values()))
        await consumer.stop()

    for name, act in {"aiokafka producer, all acks, 500 at once": produce, "aiokafka consumer": consume}.items():
        wall, own, theirs = time.perf_counter(), time.process_time(), tree_seconds(kafka.pid or 0)
        await act()
        taken = time.perf_counter() - wall, time.process_time() - own, tree_seconds(kafka.pid or 0) - theirs
        table.add_row(name, f"{RECORDS / taken[0]:,.0f}", *(f"{value / RECORDS * 1e6:.0f}" for value in taken[1:]))
    await producer.stop()
    out.print(table)


if __name__ == "__main__":
    asyncio.run(main())
