"""What a first start would otherwise wait for: Kafka's jars, and Java's cache of the classes that a broker uses."""

import asyncio
import fcntl
import shutil
import tempfile
import time
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from bancheng.databases import quiet_broker
from bancheng.local.child import EngineFailed
from bancheng.local.java import cache_file, class_path, is_usable, recording
from bancheng.local.kafka import LocalKafka
from bancheng.local.ports import free_port

TOPIC, RECORDS = "rehearsal", 2_000


def fetch() -> None:
    """Download and prepare what is not there yet, and say so."""
    began = time.monotonic()
    jars = class_path()
    print(f"Kafka 4.1.1: {len(jars)} jars at hand ({time.monotonic() - began:.1f} s)", flush=True)
    cache = cache_file()
    with cache.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if cache.exists():
            return
        began = time.monotonic()
        quiet_broker()
        try:
            asyncio.run(_make(cache))
        except (EngineFailed, KafkaError, OSError, TimeoutError) as error:
            print(f"no cache of Java's classes, brokers start slowly: {error}")
        else:
            print(f"cache of Java's classes: {cache} ({time.monotonic() - began:.1f} s)")


async def _make(cache: Path) -> None:
    """Let a broker of its own do a little of everything, and have Java write down what it needed."""
    folder = Path(tempfile.mkdtemp(prefix="bancheng-rehearsal-"))
    unfinished = folder / "classes.aot"
    broker = LocalKafka(folder / "kafka", free_port(), free_port())
    try:
        await broker.launch([*recording(unfinished), "-Xmx512m"])
        await broker.wait_ready()
        await asyncio.wait_for(_rehearse(broker.bootstrap), 60)
        await broker.stop(within=120)  # it writes the cache on its way out
        if not unfinished.exists() or not await asyncio.to_thread(is_usable, unfinished):
            raise EngineFailed(f"this Java makes none; it said:\n{broker.log.read_text()[-1000:]}")
        _put(unfinished, cache)
    finally:
        await broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _rehearse(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        await admin.create_topics([NewTopic(TOPIC, 24, 1)])
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        for number in range(RECORDS):
            await producer.send(TOPIC, b"{}" * 200, partition=number % 24)
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=bootstrap, group_id=TOPIC, auto_offset_reset="earliest")
    async with consumer:
        seen = 0
        while seen < RECORDS:
            seen += sum(map(len, (await consumer.getmany(timeout_ms=500)).values()))
        await consumer.commit()


def _put(made: Path, cache: Path) -> None:
    # Beside the others first: a rename within one file system is all or nothing.
    beside = cache.with_suffix(".unfinished")
    shutil.copyfile(made, beside)
    beside.replace(cache)
