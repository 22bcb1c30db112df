"""The engines of one machine: they keep their data over a stop and over kill -9, and do not outlive us."""

import asyncio
import os
import shutil
import signal
import stat
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bancheng.local import java
from bancheng.local.child import EngineFailed
from bancheng.local.kafka import LocalKafka
from bancheng.local.ports import free_port
from bancheng.local.postgres import LocalPostgres
from tests.engines import open_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as opened:
        yield opened


@pytest.fixture
async def postgres(folder: Path) -> AsyncIterator[LocalPostgres]:
    engine = LocalPostgres(folder / "postgres", free_port())
    yield engine
    await engine.stop()


@pytest.fixture
async def kafka(folder: Path) -> AsyncIterator[LocalKafka]:
    engine = LocalKafka(folder / "kafka", free_port(), free_port())
    yield engine
    await engine.stop()


async def ask(postgres: LocalPostgres, sql: str) -> object:
    connection = await asyncpg.connect(postgres.admin_url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def kill_hard(engine: LocalPostgres | LocalKafka) -> None:
    assert engine.pid
    os.kill(engine.pid, signal.SIGKILL)
    while engine.running():
        time.sleep(0.01)


def wait_until_gone(pids: list[int], within: float) -> None:
    deadline = time.monotonic() + within
    while left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.1)


async def test_postgres_keeps_its_databases_over_a_stop_and_over_kill_9(postgres: LocalPostgres) -> None:
    await postgres.start()
    await ask(postgres, "create database bancheng_intake")
    await postgres.stop()
    assert not postgres.running()

    await postgres.start()
    found = "select count(*) from pg_database where datname = 'bancheng_intake'"
    assert await ask(postgres, found) == 1
    await ask(postgres, "create table committed as select 1 as one")

    kill_hard(postgres)
    await postgres.start()
    assert await ask(postgres, found) == 1
    assert await ask(postgres, "select one from committed") == 1


async def test_postgres_wants_its_password_and_listens_on_this_machine_only(postgres: LocalPostgres) -> None:
    await postgres.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.admin_url.replace("postgres:", "postgres:x", 2))
    assert await ask(postgres, "show listen_addresses") == "127.0.0.1"
    assert await ask(postgres, "show unix_socket_directories") == ""
    assert await ask(postgres, "select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'postgres'")
    assert stat.S_IMODE((postgres.data_dir / "password").stat().st_mode) == 0o600


async def test_a_folder_closed_to_others_holds_a_database_and_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    postgres = LocalPostgres(closed / "postgres", free_port())
    elsewhere = closed / "postgres" / "cluster-is-at"
    try:
        await postgres.start()
        await ask(postgres, "create database bancheng_intake")
        await postgres.stop()
        await postgres.start()
        assert await ask(postgres, "select count(*) from pg_database where datname = 'bancheng_intake'") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        await postgres.stop()
        if elsewhere.exists():
            shutil.rmtree(Path(elsewhere.read_text().strip()))


async def test_a_port_already_taken_is_said_with_the_servers_own_words(postgres: LocalPostgres) -> None:
    taken = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", postgres.port)
    async with taken:
        with pytest.raises(EngineFailed, match="Address already in use"):
            await postgres.start()
    assert not postgres.running()


async def test_kafka_keeps_its_topics_over_a_stop_with_other_ports_and_over_kill_9(kafka: LocalKafka) -> None:
    await kafka.start()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("bancheng.intake", 24, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all") as producer:
        await producer.send_and_wait("bancheng.intake", b"kept", partition=7)
    await kafka.stop()

    moved = LocalKafka(kafka.data_dir, free_port(), free_port())
    try:
        await moved.start()
        assert await records(moved) == [b"kept"]
        kill_hard(moved)
        await moved.start()
        assert await records(moved) == [b"kept"]
    finally:
        await moved.stop()


async def records(kafka: LocalKafka) -> list[bytes]:
    """Read as a member of a group, so that the offsets topic is at work too."""
    consumer = AIOKafkaConsumer(
        "bancheng.intake",
        bootstrap_servers=kafka.bootstrap,
        group_id=f"test-{kafka.pid}",
        auto_offset_reset="earliest",
    )
    async with consumer:
        return [(await asyncio.wait_for(consumer.getone(), 20)).value]


async def test_engines_die_with_a_parent_that_is_killed_and_start_again_at_once(folder: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bancheng.local.dev", "--dir", str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    lines = [(await parent.stdout.readline()).decode() for _ in range(2)]
    assert [line.split("=")[0] for line in lines] == ["export BANCHENG_TEST_KAFKA", "export BANCHENG_TEST_POSTGRES"]
    orphans = [int((folder / "kafka" / "kafka.pid").read_text())]
    orphans.append(int((folder / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0]))

    parent.kill()
    await parent.wait()
    postgres = LocalPostgres(folder / "postgres", free_port())
    try:
        await postgres.start()
    finally:
        await postgres.stop()
    wait_until_gone(orphans, within=15)


def test_a_known_class_path_needs_no_resolver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    jars = java.class_path()
    assert any(jar.name == "kafka_2.13-4.1.1.jar" for jar in jars)

    monkeypatch.setitem(sys.modules, "jgo", None)
    assert java.class_path() == jars


def test_a_class_path_with_a_missing_jar_is_resolved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    listed = tmp_path / "bancheng" / "kafka-4.1.1.jars"
    listed.parent.mkdir()
    listed.write_text(f"{tmp_path}/deleted.jar\n")
    assert all(jar.exists() for jar in java.class_path())
    assert "deleted.jar" not in listed.read_text()
