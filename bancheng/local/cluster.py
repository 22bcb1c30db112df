"""Several Kafka nodes on one machine, as production has them: each record on three, two of which must have it."""

import asyncio
import json
import signal
import time
from collections.abc import Sequence
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
        deadline, broken = time.monotonic() + within, ""
        while True:
            try:
                if await self._is_whole():
                    return
            except (KafkaError, OSError, TimeoutError) as error:
                broken = f" ({error!r})"
            if time.monotonic() > deadline:
                raise EngineFailed(f"after {within:.0f} s the cluster is not whole{broken}")
            await asyncio.sleep(0.1)

    def controller(self) -> LocalKafka:
        """The node that rules the cluster now, as the nodes themselves have noted it down."""
        told = [json.loads(node.quorum_state.read_text()) for node in self.nodes]
        leaders = {known["leaderEpoch"]: known["leaderId"] for known in told if known["leaderId"] > 0}  # -1: none yet
        return self.nodes[int(leaders[max(leaders)]) - 1]

    async def _is_whole(self) -> bool:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=3000)
        try:
            await admin.start()
            parts = [part for topic in await admin.describe_topics() for part in topic["partitions"]]
            joined = (await admin.describe_cluster())["brokers"]
        finally:
            await admin.close()
        return len(joined) == len(self.nodes) and all(len(part["isr"]) == len(part["replicas"]) for part in parts)

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
