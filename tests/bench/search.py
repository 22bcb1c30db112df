"""`python -m tests.bench.search --matters 1000000`: how long the search for words takes in a full register.

The texts are drawn from an invented vocabulary whose words are as unevenly frequent as those of a language.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import typer
from rich.table import Table

from services.intake import marking
from services.intake.domain.form import Content
from services.intake.domain.identity import Identity
from services.intake.sealing import Pen
from shared.store.vault import Vault
from tests.bench.report import out
from tests.engines import engines, open_folder
from tests.harness import START, Hall, hall

YEARS = 3
REPEATS = 30
BATCH = 5_000
WORKERS = 2
# Bodies with a window each, and how many of a thousand matters are theirs.
SHARES = {"410200": 500, "410221": 200, "410222": 150, "410223": 140, "410225": 10}
_CHARACTERS = [chr(code) for code in random.Random(1).sample(range(0x4E00, 0x9FA0), 3_500)]
_drawn = random.Random(2)
WORDS = ["".join(_drawn.choices(_CHARACTERS, k=_drawn.choice((2, 2, 2, 3)))) for _ in range(20_000)]
_WEIGHTS = list(accumulate(1 / (rank + 10) for rank in range(len(WORDS))))
_MATTER = (
    "matter_id", "reporter_id", "org_code", "window_id", "channel", "received_at", "state", "state_since", "round",
    "version", "register_no", "registered_at", "first_receiver_id", "blamed_unit_ids", "hands", "orders",
    "orders_awaited", "meetings", "attempts", "particulars", "sealed_title", "sealed_content",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A query, and why it is asked."""

    what: str
    query: str


QUERIES = [
    Asked("in every fourth matter", WORDS[0]),
    Asked("in every twentieth", WORDS[60]),
    Asked("two of these", f"{WORDS[60]} {WORDS[70]}"),
    Asked("rare", WORDS[15_000]),
    Asked("rare and frequent", f"{WORDS[15_000]} {WORDS[0]}"),
    Asked("nowhere", "".join((WORDS[0][0], WORDS[19_999][1]))),
    Asked("a register number", "2023-77"),
]


def main(matters: Annotated[int, typer.Option(help="how many are in the register")] = 1_000_000) -> None:
    """Fill a register and search it; a million takes a quarter of an hour and 6 GB of disk."""
    with open_folder() as folder:
        asyncio.run(_measured(folder, matters))


async def _measured(folder: Path, matters: int) -> None:
    async with engines() as running, hall(running, "intake", folder) as intake:
        began = time.perf_counter()
        await _fill(intake, matters)
        out.print(f"{matters:,} matters entered in {time.perf_counter() - began:.0f} s")
        for name, size in await intake.query(_SIZES):
            out.print(f"  {name} {size}")
        people = {
            "staff of the city's window": intake.client("s", "duty_staff", window="410200-W1"),
            "staff of a small county's": intake.client("t", "duty_staff", org="410225", window="410225-W1"),
            "the city's department": intake.client("u", "supervision_dept"),
            "the small county's": intake.client("v", "supervision_dept", org="410225"),
        }
        table = Table("who looks", "for a word", "found", "median ms", "p95 ms", title=f"{matters:,} matters")
        for who, client in people.items():
            for asked in QUERIES:
                times = []
                for _ in range(REPEATS):
                    start = time.perf_counter()
                    answer = await client.post("/matters/search", {"query": asked.query})
                    times.append(1000 * (time.perf_counter() - start))
                    assert answer.status_code == 200, answer.text
                found = answer.json()
                shown = f"{len(found['matters'])}{'+' if found['before'] else ''}"
                times.sort()
                table.add_row(who, asked.what, shown, f"{times[REPEATS // 2]:.1f}", f"{times[int(REPEATS * 0.95)]:.1f}")
        out.print(table)


_SIZES = """
SELECT relname AS name, pg_size_pretty(pg_total_relation_size(oid)) AS size FROM pg_class
WHERE relname IN ('matter', 'search', 'ix_search_marks')"""


async def _fill(intake: Hall, matters: int) -> None:
    url = intake.settings.postgres_url
    key = intake.settings.master_key_file
    assert key is not None
    connection = await asyncpg.connect(url)
    await connection.execute("DROP INDEX ix_search_marks")
    for org in SHARES:
        await connection.execute(_WINDOW, f"{org}-W1", org, f"窗{org}")
    each = matters // WORKERS
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(pool, _filled, url, key, seed * each, each, matters) for seed in range(WORKERS))
        )
    await connection.execute("SET maintenance_work_mem = '1GB'")
    await connection.execute("CREATE INDEX ix_search_marks ON search USING gin (marks) WITH (fastupdate = off)")
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


_WINDOW = """
INSERT INTO service_window VALUES ($1, $2, 'CITY', '窗口', $3, '09:00', '12:00', '13:00', '17:00')"""


def _filled(url: str, key: Path, first: int, matters: int, of: int) -> None:
    asyncio.run(_fill_part(url, Vault.from_file(key), first, matters, of))


async def _fill_part(url: str, vault: Vault, first: int, matters: int, of: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("SET synchronous_commit = off")
    await connection.set_type_codec("jsonb", encoder=_jsonb, decoder=bytes, schema="pg_catalog", format="binary")
    made = _rows(vault, first, matters, of)
    while rows := list(islice(made, BATCH)):
        reporters, records, marks = zip(*rows, strict=True)
        names = ("reporter_id", "data_key", "sealed_identity")
        async with connection.transaction():
            await connection.copy_records_to_table("reporter", records=reporters, columns=names)
            await connection.copy_records_to_table("matter", records=records, columns=_MATTER)
            await connection.copy_records_to_table("search", records=marks, columns=("matter_id", "marks"))
    await connection.close()


def _jsonb(text: str) -> bytes:
    return b"\x01" + text.encode()


def _rows(vault: Vault, first: int, matters: int, of: int) -> Iterator[tuple[Any, ...]]:
    draw = random.Random(first)
    begun, step = START.astimezone(UTC) - timedelta(days=365 * YEARS), timedelta(days=365 * YEARS) / of
    bodies, shares = list(SHARES), list(accumulate(SHARES.values()))
    for number in range(first, first + matters):
        at = begun + number * step
        body = draw.choices(bodies, cum_weights=shares)[0]
        yield _row(vault, draw, number, at, body)


def _row(vault: Vault, draw: random.Random, number: int, at: datetime, body: str) -> tuple[Any, ...]:
    time_bits = int(at.timestamp() * 1000) << 80
    matter_id = UUID(int=time_bits | 7 << 76 | draw.getrandbits(12) << 64 | 2 << 62 | draw.getrandbits(62))
    reporter_id = UUID(int=time_bits | 7 << 76 | draw.getrandbits(12) << 64 | 2 << 62 | draw.getrandbits(62))
    words = draw.choices(WORDS, cum_weights=_WEIGHTS, k=draw.randint(40, 120))
    content = Content("".join(words[:6]), "".join(words[6:]))
    window, pen = f"{body}-W1", Pen(vault, vault.new_key(), matter_id)
    marks = marking.of_matter(vault, matter_id, body, window, content)
    register_no = f"窗{body}〔{at.year}〕{number:06d}号"
    return (
        (reporter_id, pen.key, pen.seal_identity(Identity("王某", "13800000001"))),
        (matter_id, reporter_id, body, window, "WALK_IN", at, "REGISTERED", at, 1, 1, register_no, at, "staff",
         [], [], "[]", 0, [], "[]", "{}", pen.seal_title(content.title), pen.seal_content(content)),
        (matter_id, marks),
    )  # fmt: skip


if __name__ == "__main__":
    typer.run(main)
