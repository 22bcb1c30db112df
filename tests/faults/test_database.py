"""PostgreSQL dies, or takes no writes: commands are answered 503, nothing is half written, all goes on by itself."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from tests.engines import open_folder
from tests.faults.client import Journal
from tests.faults.plant import Plant, running_plant
from tests.faults.results import sized
from tests.faults.trial import trial


async def test_a_killed_database_loses_no_command_and_nothing_needs_a_hand(plant: Plant) -> None:
    async with trial(plant, "database killed", plant.work(sized(20, 2000))) as killing:
        for _ in range(sized(1, 4)):
            await killing.work.reached(0.2)
            await plant.away("postgres", sized(2, 10))
            killing.runs += 1
            await asyncio.sleep(sized(0, 10))


async def test_a_database_that_refuses_writes_gets_503_and_half_writes_nothing(plant: Plant) -> None:
    async with trial(plant, "database read-only", plant.work(sized(20, 2000))) as refusing:
        for _ in range(sized(1, 4)):
            await refusing.work.reached(0.2)
            await _read_only(plant, True)
            try:
                await asyncio.sleep(1.0)  # transactions that had begun may still commit
                began = time.monotonic()
                await asyncio.sleep(sized(2, 10))
                refused_all_the_while(refusing.work.journal, began, time.monotonic())
            finally:
                await _read_only(plant, False)
            refusing.runs += 1
            await asyncio.sleep(sized(0, 5))


async def _read_only(plant: Plant, on: bool) -> None:
    connection = await asyncpg.connect(plant.stack.postgres.admin_url)
    try:
        await connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if on else 'off'}")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def refused_all_the_while(journal: Journal, began: float, ended: float) -> None:
    """Every command was answered, with 503 (the client sees to Retry-After), and none was accepted."""
    answers = [what for at, what in journal.outages if began <= at <= ended]
    assert "503" in answers
    assert set(answers) == {"503"}, answers
    assert not [command.step for command in journal.accepted if began <= command.at <= ended]


@pytest.mark.long  # a plant of its own, and root's right to mount
async def test_a_full_disk_loses_no_command_and_nothing_needs_a_hand() -> None:
    with open_folder() as folder, _small_disk(folder / "postgres") as disk:
        async with (
            running_plant(folder) as plant,
            trial(plant, "database full", plant.work(2000), within=300) as filling,
        ):
            for _ in range(4):
                await asyncio.sleep(5)
                _fill(disk / "ballast")
                await asyncio.sleep(15)
                (disk / "ballast").unlink()
                filling.runs += 1


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own, 1 GB, for the folder."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g,mode=711", "bancheng-full", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(ballast: Path) -> None:
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:  # no space left: the aim
                continue
