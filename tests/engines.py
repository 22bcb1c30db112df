"""Where the tests find their broker and their database: given addresses, else containers, else the local engines."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bancheng.local.kafka import LocalKafka
from bancheng.local.ports import free_port
from bancheng.local.postgres import LocalPostgres


@dataclass(frozen=True)
class Engines:
    """`kafka` is a bootstrap address, `postgres` the URL of a superuser on the database `postgres`."""

    kafka: str
    postgres: str


@asynccontextmanager
async def engines() -> AsyncIterator[Engines]:
    """Both engines, each from the first place that has it."""
    async with AsyncExitStack() as stack:
        kafka = os.environ.get("BANCHENG_TEST_KAFKA")
        postgres = os.environ.get("BANCHENG_TEST_POSTGRES")
        containers = os.environ.get("BANCHENG_TEST_BACKEND") == "containers"
        folder = stack.enter_context(open_folder())
        if not kafka:
            kafka = await stack.enter_async_context(_kafka_container() if containers else _local_kafka(folder))
        if not postgres:
            postgres = await stack.enter_async_context(_postgres_container() if containers else _local_postgres(folder))
        yield Engines(kafka, postgres)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that PostgreSQL's own user may pass through, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="bancheng-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _local_kafka(folder: Path) -> AsyncIterator[str]:
    kafka = LocalKafka(folder / "kafka", free_port(), free_port())
    try:
        await kafka.start()
        yield kafka.bootstrap
    finally:
        await kafka.stop()


@asynccontextmanager
async def _local_postgres(folder: Path) -> AsyncIterator[str]:
    postgres = LocalPostgres(folder / "postgres", free_port())
    try:
        await postgres.start()
        yield postgres.admin_url
    finally:
        await postgres.stop()


@asynccontextmanager
async def _kafka_container() -> AsyncIterator[str]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    port = free_port()  # chosen before the start: the broker must advertise it
    container = DockerContainer("apache/kafka:4.1.1").with_bind_ports(9092, port)
    for key, value in _kafka_variables(port).items():
        container.with_env(key, value)
    container.waiting_for(LogMessageWaitStrategy("Kafka Server started"))
    await asyncio.to_thread(container.start)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await asyncio.to_thread(container.stop)


def _kafka_variables(port: int) -> dict[str, str]:
    # The full set: a single KAFKA_ variable makes the image drop all its defaults.
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": "HOST://:9092,CONTROLLER://:9093,INTERNAL://:19092",
        "KAFKA_ADVERTISED_LISTENERS": f"HOST://127.0.0.1:{port},INTERNAL://localhost:19092",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "HOST:PLAINTEXT,CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "INTERNAL",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }


@asynccontextmanager
async def _postgres_container() -> AsyncIterator[str]:
    from testcontainers.community.postgres import PostgresContainer

    container = PostgresContainer("postgres:18", driver=None, dbname="postgres")
    container.with_command("postgres -c max_connections=300")
    await asyncio.to_thread(container.start)
    try:
        yield container.get_connection_url()
    finally:
        await asyncio.to_thread(container.stop)
