"""Three brokers on one machine: what production runs on, and what `bancheng topics apply` makes of them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from bancheng.local.child import EngineFailed
from bancheng.local.cluster import LocalCluster, local_brokers
from bancheng.local.ports import free_port
from shared.bus.topics import TOPICS
from tests.engines import Engines, open_folder


@pytest.fixture
async def cluster() -> AsyncIterator[LocalCluster]:
    with open_folder() as folder:
        brokers = LocalCluster(folder, [(free_port(), free_port()) for _ in range(3)])
        try:
            await brokers.start()
            yield brokers
        finally:
            await brokers.stop()


async def test_topics_stand_on_three_brokers_and_take_records_while_one_is_dead(cluster: LocalCluster) -> None:
    made = await bancheng(cluster.bootstrap, "topics", "apply", "--replication", "3")
    assert f"created {len(TOPICS)}, present 0" in made.stdout
    assert await copies(cluster, "bancheng.intake") == [3] * 24
    again = await bancheng(cluster.bootstrap, "topics", "apply", "--replication", "3")
    assert (again.returncode, again.stdout) == (0, f"created 0, present {len(TOPICS)}\n")

    ruling = cluster.controller()
    await ruling.stop(signal.SIGKILL)
    await cluster.until_without(ruling)
    assert cluster.controller() is not ruling
    async with AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, acks="all", enable_idempotence=True) as producer:
        for partition in range(24):
            await asyncio.wait_for(producer.send_and_wait("bancheng.intake", b"kept", partition=partition), 20)
    await ruling.start()
    await cluster.until_whole()


async def test_more_copies_than_brokers_are_refused_in_words(engines: Engines) -> None:
    told = await bancheng(engines.kafka, "topics", "apply", "--replication", "3")
    assert told.returncode == 1
    assert "not created" in told.stderr
    assert "replication factor" in told.stderr.lower()


def test_another_number_of_brokers_on_the_same_data_is_refused(tmp_path: Path) -> None:
    three = [(1, 2), (3, 4), (5, 6)]
    assert isinstance(local_brokers(tmp_path, three, light=True), LocalCluster)
    with pytest.raises(EngineFailed, match="another number of brokers"):
        local_brokers(tmp_path, three[:1], light=True)
    with pytest.raises(EngineFailed, match="a cluster of 3, not of 2"):
        local_brokers(tmp_path, three[:2], light=True)


async def copies(cluster: LocalCluster, topic: str) -> list[int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    await admin.start()
    try:
        return [len(part["replicas"]) for part in (await admin.describe_topics([topic]))[0]["partitions"]]
    finally:
        await admin.close()


async def bancheng(kafka: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "bancheng", *words], capture_output=True, text=True, timeout=60,
        check=False, env=os.environ | {"BANCHENG_KAFKA": kafka, "BANCHENG_TOPIC_PREFIX": "bancheng", "COLUMNS": "200"},
    )  # fmt: skip
