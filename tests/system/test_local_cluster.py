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
from shared.bus import topics
from tests.engines import Engines, open_folder


@pytest.fixture
async def cluster() -> AsyncIterator[LocalCluster]:
    with open_folder() as folder:
        brokers = LocalCluster(folder, [(free_port(), free_port()) for _ in range(3)])
        try:
            await brokers.start()
            yield brokers
        finally:
            await brokers.stop(signal.SIGKILL)


async def test_topics_stand_on_three_brokers_and_take_records_while_one_is_away(cluster: LocalCluster) -> None:
    made = await topics_apply(cluster.bootstrap, replication=3)
    assert f"created {len(topics.TOPICS)}, present 0" in made.stdout
    assert await copies(cluster, "bancheng.intake") == [3] * 24
    again = await topics_apply(cluster.bootstrap, replication=3)
    assert (again.returncode, again.stdout) == (0, f"created 0, present {len(topics.TOPICS)}\n")

    await topics.apply(cluster.bootstrap, "other", replication=1, partitions=1)
    told = await topics.apply(cluster.bootstrap, "other", replication=3, partitions=1)
    assert "other.intake: 1 replicas instead of 3" in told.wrong

    ruling = cluster.controller()
    await ruling.stop()
    async with AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, acks="all", enable_idempotence=True) as producer:
        for partition in range(24):
            await asyncio.wait_for(producer.send_and_wait("bancheng.intake", b"kept", partition=partition), 20)
    assert cluster.controller() is not ruling


async def test_more_copies_than_brokers_are_refused_in_words(engines: Engines) -> None:
    told = await topics_apply(engines.kafka, replication=3)
    assert told.returncode == 2
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


async def topics_apply(kafka: str, replication: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bancheng", "topics", "apply"]
    known = os.environ | {"BANCHENG_KAFKA": kafka, "BANCHENG_REPLICATION": str(replication), "COLUMNS": "200"}
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, env=known, timeout=60)
