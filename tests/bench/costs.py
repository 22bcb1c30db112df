"""`python -m tests.bench.costs`: what the guarantees cost, by leaving parts out one after the other under full load."""

import asyncio
import signal
from pathlib import Path

import asyncpg
from rich.table import Table

from bancheng.local.stack import SERVICES, Stack
from tests.bench.client import Load
from tests.bench.lifecycle import on_the_spot
from tests.bench.load import clients, measure
from tests.bench.report import line_of, out
from tests.bench.system import open_for_work, signed_in, stack_at
from tests.engines import open_folder

SECONDS = 20
CLIENTS = 96
COLUMNS = ("left out", "settled on the spot a second", "CPU ms each", "of it intake", "PostgreSQL", "load generator")


def main() -> None:
    """Measure and print; three minutes."""
    with open_folder() as folder:
        out.print(asyncio.run(_costs(folder)))


async def _costs(folder: Path) -> Table:
    table = Table(*COLUMNS)
    stack = stack_at(folder)
    async with open_for_work(stack), signed_in(stack) as load:
        await clients(load, on_the_spot, CLIENTS // 2, 2 * SECONDS)
        await _left_out_one_by_one(stack, load, table)
    return table


async def _left_out_one_by_one(stack: Stack, load: Load, table: Table) -> None:
    await _measured(stack, load, "nothing", table)
    await _administer(stack, "ALTER SYSTEM SET synchronous_commit = off")
    await _measured(stack, load, "waiting for the disk at commit", table)
    await _administer(stack, "ALTER SYSTEM RESET synchronous_commit")
    await _measured(stack, load, "nothing", table)
    await stack.halt("audit", signal.SIGTERM)
    await _measured(stack, load, "the audit log", table)
    for service in set(SERVICES) - {"intake", "audit"}:
        await stack.halt(service, signal.SIGTERM)
    await _measured(stack, load, "all five services that listen", table)
    await stack.halt("kafka", signal.SIGTERM)
    await _measured(stack, load, "and the broker", table)


async def _measured(stack: Stack, load: Load, left_out: str, table: Table) -> None:
    await asyncio.sleep(4)  # what was on its way arrives
    line = line_of(await measure(left_out, "", stack, load, clients(load, on_the_spot, CLIENTS, SECONDS)), 0)
    done = line["per_second"] * line["seconds"]
    used = (f"{1000 * line['cpu_seconds'][name] / done:.2f}" for name in ("intake", "postgres", "load"))
    table.add_row(left_out, f"{line['per_second']:.0f}", f"{line['cpu_ms_each']:.1f}", *used)


async def _administer(stack: Stack, statement: str) -> None:
    connection = await asyncpg.connect(stack.postgres.admin_url)
    await connection.execute(statement)
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


if __name__ == "__main__":
    main()
