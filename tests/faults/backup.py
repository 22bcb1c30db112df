"""Backups of one service's database, and what an operator types to set it back and to bring it in line again."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg

from bancheng.local.unprivileged import programs_for, server_user
from tests.faults import evidence
from tests.faults.expected import SUBSCRIBED
from tests.faults.plant import Plant

OPERATOR = "ops-1@410200"


async def back_up(plant: Plant, service: str) -> None:
    """`pg_dump` of a service at work."""
    await _program("pg_dump", "--format=custom", f"--file={_file(plant, service)}", f"--dbname={_url(plant, service)}")


async def set_back(plant: Plant, service: str) -> None:
    """Stop the service, put the backup in the place of its database; the service stays stopped."""
    await plant.stack.halt(service)
    admin = await asyncpg.connect(plant.stack.postgres.admin_url)
    try:
        await admin.execute(f"DROP DATABASE {service} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {service} OWNER {service}")
    finally:
        await admin.close()
    await _program("pg_restore", "--exit-on-error", f"--dbname={_url(plant, service)}", str(_file(plant, service)))


async def recover(plant: Plant, service: str, *more: str) -> list[dict[str, Any]]:
    """`bancheng recover`: the list it writes."""
    listed = plant.stack.data / f"{service}.lost.json"
    await bancheng(plant, "recover", service, "--operator", OPERATOR, "--output", str(listed), *more)
    return list(json.loads(listed.read_text()))


async def behind(plant: Plant, consumer: str) -> int:
    """How many records a consumer has still to read."""
    ends = await evidence.ends(plant.stack.kafka.bootstrap)
    rows = await plant.query(consumer, "SELECT topic, partition, next_offset FROM consumer_offset")
    read = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    mine = {f"bancheng.{topic}" for topic in SUBSCRIBED[consumer]}
    return sum(max(0, end - read.get(at, 0)) for at, end in ends.items() if at[0] in mine)


async def bancheng(plant: Plant, *words: str, status: int = 0) -> str:
    """A command as an operator types it, on the plant's folder; what it said."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BANCHENG_")}
    command = [sys.executable, "-m", "bancheng", *words]
    if words[0] != "topics":
        command += ["--data", str(plant.stack.data)]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=300, check=False,
        env=own | {"BANCHENG_KAFKA": plant.stack.kafka.bootstrap, "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == status, f"{' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


async def _program(name: str, *arguments: str) -> None:
    program = programs_for(server_user()) / name
    command = [str(program), *arguments]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{name}: {done.stderr[-2000:]}"


def _file(plant: Plant, service: str) -> Path:
    return plant.stack.data / f"{service}.dump"


def _url(plant: Plant, service: str) -> str:
    return plant.stack.postgres.admin_url.rsplit("/", 1)[0] + f"/{service}"
