"""Several Kafka nodes on one machine, as production has them: each record on three, two of which must have it."""

import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from bancheng.local.child import EngineFailed
from bancheng.local.kafka import LocalKafka, Membership, Voter, new_id

HEAP = "320m"


class LocalCluster:
    """Nodes of one cluster, each with a folder of its own below `data_dir`; `ports` are those of broker and controller.

    Each node can be stopped and started by itself; start all from a thread that lives as long as they do.
    """

    def __init__(self, data_dir: Path, ports: Sequence[tuple[int, int]], *, light: bool = True) -> None:
        self.data_dir = data_dir.resolve()
        membership = self._membership([controller for _, controller in ports])
        self.nodes = tuple(
            LocalKafka(self.data_dir / str(node), *pair, node=node, membership=membership, light=light, heap=HEAP)
            for node, pair in enumerate(ports, 1)
        )

    @property
    def bootstrap(self) -> str:
        """The addresses of all nodes, by commas."""
        return ",".join(node.bootstrap for node in self.nodes)

    async def start(self) -> None:
        """Start the nodes that do not run and return when all have joined; EngineFailed otherwise."""
        started = await asyncio.gather(*(node.start() for node in self.nodes), return_exceptions=True)
        for failed in filter(None, started):
            raise failed
        await self.until_whole()

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop all nodes."""
        await asyncio.gather(*(node.stop(how) for node in self.nodes))

    async def until_whole(self, within: float = 60) -> None:
        """Wait until every node has joined and every partition is on all of its nodes again."""
        await self._until(self._is_whole, "whole", within)

    async def until_without(self, node: LocalKafka, within: float = 60) -> None:
        """Wait until the others do without this node: it is in sync nowhere."""

        async def gone() -> bool:
            return not any(node.node in in_sync for _, in_sync in (await self._look())[1])

        await self._until(gone, f"without node {node.node}", within)

    def controller(self) -> LocalKafka:
        """The node that rules the cluster now, as the nodes themselves have noted it down."""
        told = [_leader_of(node.data_dir / "logs" / "__cluster_metadata-0" / "quorum-state") for node in self.nodes]
        _, leader = max(told)
        return self.nodes[leader - 1]

    async def _is_whole(self) -> bool:
        nodes, partitions = await self._look()
        return nodes == len(self.nodes) and all(len(copies) == len(in_sync) for copies, in_sync in partitions)

    async def _look(self) -> tuple[int, list[tuple[list[int], list[int]]]]:
        """How many nodes there are, and where the copies of each partition are: all, and those in sync."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._running(), request_timeout_ms=3000)
        try:
            await admin.start()
            found = [part for topic in await admin.describe_topics() for part in topic["partitions"]]
            nodes = len((await admin.describe_cluster())["brokers"])
            return nodes, [(part["replicas"], part["isr"]) for part in found]
        finally:
            await admin.close()

    async def _until(self, reached: Callable[[], Awaitable[bool]], what: str, within: float) -> None:
        deadline, broken = time.monotonic() + within, ""
        while True:
            try:
                if await reached():
                    return
            except (KafkaError, OSError, TimeoutError) as error:
                broken = f" ({error!r})"
            if time.monotonic() > deadline:
                raise EngineFailed(f"after {within:.0f} s the cluster is not {what}{broken}")
            await asyncio.sleep(0.1)

    def _running(self) -> list[str]:
        return [node.bootstrap for node in self.nodes if node.running()]

    def _membership(self, controllers: Sequence[int]) -> Membership:
        """Ids made once and kept: a node that is formatted later must get the same."""
        kept = self.data_dir / "cluster.json"
        if not kept.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps({"cluster": new_id(), "folders": [new_id() for _ in controllers]}))
        found = json.loads(kept.read_text())
        if len(found["folders"]) != len(controllers):
            raise EngineFailed(f"{self.data_dir} holds a cluster of {len(found['folders'])}, not of {len(controllers)}")
        voters = enumerate(zip(controllers, found["folders"], strict=True), 1)
        return Membership(found["cluster"], tuple(Voter(node, port, folder) for node, (port, folder) in voters))


def local_brokers(data: Path, ports: Sequence[tuple[int, int]], *, light: bool) -> LocalKafka | LocalCluster:
    """One node or a cluster, by the number of ports; EngineFailed where the data are those of the other."""
    alone, together = data / "kafka", data / "kafka-cluster"
    if (together if len(ports) == 1 else alone).exists():
        raise EngineFailed(f"{data} was started with another number of brokers, which hold what was published")
    if len(ports) == 1:
        return LocalKafka(alone, *ports[0], light=light)
    return LocalCluster(together, ports, light=light)


def _leader_of(quorum_state: Path) -> tuple[int, int]:
    """Epoch and leader as one node knows them."""
    known = json.loads(quorum_state.read_text())
    return known["leaderEpoch"], known["leaderId"]
