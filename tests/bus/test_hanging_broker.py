"""A broker that hangs for longer than the relay waits for acknowledgements: commands go on, then the outbox drains."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bancheng.local.kafka import LocalKafka
from bancheng.local.ports import free_port
from shared.bus import relay
from tests.engines import Engines
from tests.service.intake_desk import intake_desk

UNSENT = "SELECT id FROM outbox WHERE published_at IS NULL"


@pytest.fixture
async def kafka(tmp_path: Path) -> AsyncIterator[LocalKafka]:
    """A broker that nobody else misses."""
    broker = LocalKafka(tmp_path / "kafka", free_port(), free_port())
    await broker.start()
    yield broker
    await broker.stop()


async def test_a_relay_outlives_a_broker_that_answers_nothing(
    engines: Engines, kafka: LocalKafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "PATIENCE", 0.5)
    async with intake_desk(Engines(kafka.bootstrap, engines.postgres), tmp_path) as desk:

        async def all_sent() -> bool:
            return not await desk.hall.query(UNSENT)

        await desk.hall.until(all_sent)
        with frozen(kafka):
            await desk.registered()
            await asyncio.sleep(2)  # the wait for the acknowledgement is over, and the relay is at its next session
            await desk.registered()
            assert await desk.hall.query(UNSENT)
        await desk.hall.until(all_sent, within=30)


@contextmanager
def frozen(kafka: LocalKafka) -> Iterator[None]:
    """Connections stay and nothing answers."""
    assert kafka.pid
    os.kill(kafka.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(kafka.pid, signal.SIGCONT)
