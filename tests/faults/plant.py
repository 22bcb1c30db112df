"""A running plant: the whole system on one machine, whose parts can be killed, stopped, multiplied and settled."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import asyncpg

from bancheng.demo.identities import identities
from bancheng.demo.seed import seed
from bancheng.local import child
from bancheng.local.authority import Authority, authority
from bancheng.local.stack import SERVICES, Stack, StackFailed
from shared.workdays import ZONE
from tests import metrics
from tests.engines import open_folder
from tests.faults import evidence
from tests.faults.evidence import Evidence
from tests.faults.expected import SUBSCRIBED
from tests.faults.results import sized
from tests.faults.work import Work

START = datetime(2026, 9, 28, 9, 0, tzinfo=ZONE)  # a Monday in office hours
SPEED = 0.1  # no two acts at one moment, and no end of the working day for half an hour of a long run


@dataclass
class Plant:
    """One plant; several scenarios work on it one after the other, each on matters of its own."""

    stack: Stack
    authority: Authority

    def work(self, at_least: int, share: float = 0.1, at_once: int = 12, pace: float = sized(20, 60)) -> Work:
        """Work for one scenario, not yet begun."""
        return Work(self.stack, at_least, share, at_once, pace)

    async def evidence(self, work: Work) -> Evidence:
        """What there is to reconcile about a run's matters; settle first."""
        urls = {service: self.stack.database_url(service) for service in SERVICES}
        return await evidence.gather(urls, self.stack.kafka.bootstrap, work.journal)

    async def kill(self, part: str) -> None:
        """`kill -9` a process or an engine, and start it again at once."""
        await self.stack.restart(part, signal.SIGKILL)

    async def away(self, part: str, seconds: float, how: signal.Signals = signal.SIGKILL) -> None:
        """Stop a process, `kafka` or `postgres`, and start it again after a while."""
        await self.stack.halt(part, how)
        await asyncio.sleep(seconds)
        await self.stack.resume(part)

    def freeze(self, part: str) -> None:
        """Connections stay and nothing answers (SIGSTOP), until `thaw`."""
        self._signal(part, signal.SIGSTOP)

    def thaw(self, part: str) -> None:
        """The opposite of `freeze`."""
        self._signal(part, signal.SIGCONT)

    async def settle(self, within: float = 120.0) -> None:
        """Wait until outboxes are empty, nothing is parked and every consumer has read to the end."""
        await self.authority.settle(within)

    async def ready(self, *names: str, within: float = 60.0) -> None:
        """Wait until these processes (by default all) say that they are ready."""
        await self.stack.until_ready(*names, within=within)

    async def metric(self, name: str, metric: str) -> float:
        """The sum of a metric's samples in one process; 0 where there is none."""
        return await metrics.metric(self.stack.processes[name].port, metric)

    async def sent(self, name: str) -> float:
        """How many events the relay in a process has sent since it started."""
        return await self.metric(name, "bancheng_events_published_total")

    async def unsent(self, service: str) -> int:
        """How many events wait in a service's outbox."""
        return int((await self.query(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL"))[0][0])

    async def behind(self, consumer: str) -> int:
        """How many records a consumer has still to read."""
        ends = await evidence.ends(self.stack.kafka.bootstrap)
        rows = await self.query(consumer, "SELECT topic, partition, next_offset FROM consumer_offset")
        read = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        mine = {f"bancheng.{topic}" for topic in SUBSCRIBED[consumer]}
        return sum(max(0, end - read.get(at, 0)) for at, end in ends.items() if at[0] in mine)

    async def query(self, service: str, sql: str, *args: object) -> list[asyncpg.Record]:
        """Look into a service's database."""
        connection = await asyncpg.connect(self.stack.database_url(service), timeout=10)
        try:
            return list(await connection.fetch(sql, *args))
        finally:
            await connection.close()

    async def restore(self) -> None:
        """Bring the plant back to six processes and two engines, whatever a scenario left behind."""
        for part in (*self.stack.engines, *self.stack.processes):
            with contextlib.suppress(ProcessLookupError):  # what died is started below
                self.thaw(part)
        for part in (*self.stack.engines, *SERVICES):
            await self.stack.resume(part)
        for name in set(self.stack.processes) - set(SERVICES):
            await self.stack.remove(name)
        await self.ready()

    def _signal(self, part: str, how: signal.Signals) -> None:
        engines = self.stack.engines
        pid = engines[part].pid if part in engines else self.stack.children[part].pid
        assert pid
        os.kill(pid, how)


@asynccontextmanager
async def running_plant(folder: Path | None = None, brokers: int = 1) -> AsyncIterator[Plant]:
    """A plant with windows, duty periods and units, in office hours."""
    with open_folder() as made:
        stack = Stack(folder or made, _say, identities(), START, brokers=brokers)
        async with _telling(stack), stack.running():
            assert stack.clock
            stack.clock.set(START, SPEED)
            await seed(stack, until=date(2026, 10, 25))
            async with authority(stack) as ruler:
                plant = Plant(stack, ruler)
                await plant.settle()
                yield plant


def _say(line: str) -> None:
    print(line, file=sys.stderr)


@asynccontextmanager
async def _telling(stack: Stack) -> AsyncIterator[None]:
    """The logs go with the folder: say how they end when the plant cannot start."""
    try:
        yield
    except StackFailed:
        for name in stack.processes:
            _say(f"{name}: {child.tail(stack.log_of(name), 8)}")
        raise
