"""The one-machine runtime: real Kafka, real PostgreSQL, six services and a local issuer, children of one process."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvicorn

from bancheng.local import child
from bancheng.local.cluster import local_brokers
from bancheng.local.issuer import Issuer, key_file
from bancheng.local.kafka import LocalKafka
from bancheng.local.ports import free_port, is_free
from bancheng.local.postgres import LocalPostgres
from shared import clock
from shared.bus import topics
from shared.settings import ALL_ROLES
from shared.store.key_file import create_master_key

SERVICES = topics.CONSUMERS
PORTS = ("kafka", "postgres", "issuer", *SERVICES)
Say = Callable[[str], None]


class StackFailed(RuntimeError):
    """The runtime could not start; the message says which part and where its log is."""


@dataclass(frozen=True)
class Process:
    """One process of a service: which of its parts run in it, and where it answers."""

    service: str
    roles: tuple[str, ...]
    port: int


@dataclass
class Stack:
    """Everything on one machine, on the data below one folder.

    `light`: a broker whose code is not compiled to the utmost, which would cost more than it brings in some minutes.
    """

    data: Path
    say: Say
    identities: Mapping[str, Mapping[str, Any]]
    simulated_start: datetime | None = None
    wanted_ports: Mapping[str, int] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    brokers: int = 1
    light: bool = True

    def __post_init__(self) -> None:
        self.data = self.data.resolve()
        self.clock: clock.SimulatedClock | None = None
        self.own_clocks: dict[str, Path] = {}  # clock files of services that shall not go by the common one
        self.processes: dict[str, Process] = {}
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False
        self._paused: set[str] = set()

    @property
    def issuer_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['issuer']}"

    def url(self, service: str) -> str:
        """Where a service answers."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def log_of(self, name: str) -> Path:
        """Where a process writes its log; a service's first process is called like the service."""
        return self.data / "logs" / f"{name}.log"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Stack"]:
        """Start everything, keep it alive, stop everything."""
        refuse_in_production()
        self._refuse_twice()
        self._prepare_folder()
        ports = [(self.ports[broker], self.ports[controller]) for broker, controller in self._broker_ports()]
        self.kafka = local_brokers(self.data, ports, light=self.light)
        self.postgres = LocalPostgres(self.data / "postgres", self.ports["postgres"])
        keeper: asyncio.Task[None] | None = None
        try:
            await self._start_engines()
            await self._provision()
            async with self._issuing():
                for service in SERVICES:
                    self.processes[service] = Process(service, ALL_ROLES, self.ports[service])
                    self._spawn(service)
                self._write_addresses()
                await self._all_started()
                keeper = asyncio.create_task(self._keep_alive())
                yield self
                self._stopping = True
                await self._stop_services()
        finally:
            self._stopping = True
            if keeper:
                keeper.cancel()
            await self._stop_services()
            await asyncio.gather(self.kafka.stop(), self.postgres.stop())
            (self.data / "runtime.json").unlink(missing_ok=True)

    async def restart(self, part: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Stop one process or engine and start it again, for trying out what a restart does."""
        await self.halt(part, how)
        await self.resume(part)

    async def halt(self, part: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Stop a process or an engine (a broker of several is `kafka-1` …) and leave it stopped until `resume`."""
        self._paused.add(part)
        if part in self.processes:
            await child.stop(self.children[part], how, within=10)
        else:
            await self.engines[part].stop(how)

    async def resume(self, part: str) -> None:
        """Start what was halted; an engine answers when this returns, a process is still on its way up."""
        if part in self.processes:
            if self.children[part].poll() is not None:
                self._spawn(part)
        else:
            await self.engines[part].start()
        self._paused.discard(part)

    def add(self, service: str, *roles: str) -> str:
        """Start another process of a service with these roles; the name by which it can be halted and removed."""
        number = 2
        while f"{service}-{number}" in self.processes:
            number += 1
        name = f"{service}-{number}"
        self.processes[name] = Process(service, roles, free_port())
        self._spawn(name)
        return name

    async def remove(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop a process that was added, for good."""
        await self.halt(name, how)
        del self.processes[name], self.children[name]
        self._paused.discard(name)

    async def until_ready(self, *names: str, within: float = 60.0) -> None:
        """Wait until these processes (by default all) say that they are ready; TimeoutError otherwise."""
        async with asyncio.timeout(within), httpx.AsyncClient() as client:
            for name in names or [*self.processes]:
                while not await self._is_ready(client, name):
                    await asyncio.sleep(0.1)

    def database_url(self, service: str) -> str:
        """The address of a service's database, as its own role."""
        password = self._secrets[service]
        return f"postgresql://{service}:{password}@127.0.0.1:{self.ports['postgres']}/{service}"

    def _refuse_twice(self) -> None:
        found, kept = _read_json(self.data / "runtime.json"), _read_json(self.data / "ports.json")
        # The port too: after a crash another process may have the pid.
        if found and _alive(found["pid"]) and not is_free(kept["issuer"]):
            raise StackFailed(f"a system is running on {self.data} already (process {found['pid']})")

    def _prepare_folder(self) -> None:
        (self.data / "logs").mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o711)  # PostgreSQL's own user passes through; the secrets below are closed to it
        wanted = set(self.wanted_ports.values())
        kept = {name: port for name, port in _read_json(self.data / "ports.json").items() if port not in wanted}
        names = (*PORTS, *(name for pair in self._broker_ports() for name in pair))
        self.ports = {name: self.wanted_ports.get(name) or kept.get(name) or free_port() for name in names}
        (self.data / "ports.json").write_text(json.dumps(self.ports, indent=1))
        self._secrets = _read_json(self.data / "secrets.json")
        if not self._secrets:
            self._secrets = {service: secrets.token_urlsafe(24) for service in SERVICES}
            _write_private(self.data / "secrets.json", json.dumps(self._secrets))
        if not (self.data / "master.key").exists():
            create_master_key(self.data / "master.key")
        if not (self.data / "client.secret").exists():
            _write_private(self.data / "client.secret", secrets.token_urlsafe(24))
        self._issuer_key = key_file(self.data / "issuer.json")
        key_file(self.data / "receipts.json")
        (self.data / "clock").unlink(missing_ok=True)  # one of an earlier run would tell a time that is over
        if self.simulated_start:
            self.clock = clock.create_clock_file(self.data / "clock", self.simulated_start)

    async def _start_engines(self) -> None:
        self.say("启动 Kafka 和 PostgreSQL / starting Kafka and PostgreSQL")
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self.kafka.start())
                both.create_task(self.postgres.start())
        except* child.EngineFailed as failed:
            raise StackFailed("; ".join(str(error) for error in failed.exceptions)) from failed

    async def _provision(self) -> None:
        self.say("建库、建主题、迁移 / creating databases and topics, migrating")
        admin = await asyncpg.connect(self.postgres.admin_url)
        try:
            for service in SERVICES:
                await self._create_database(admin, service)
        finally:
            await admin.close()
        await topics.apply(self.kafka.bootstrap, "bancheng", min(self.brokers, 3))
        urls = [(service, self.database_url(service)) for service in SERVICES]
        await asyncio.to_thread(_upgrade_all, urls)

    async def _create_database(self, admin: Any, service: str) -> None:
        if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", service):
            await admin.execute(f"CREATE ROLE {service} LOGIN PASSWORD '{self._secrets[service]}'")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", service):
            await admin.execute(f"CREATE DATABASE {service} OWNER {service}")
            await admin.execute(f"REVOKE CONNECT ON DATABASE {service} FROM PUBLIC")

    @asynccontextmanager
    async def _issuing(self) -> AsyncIterator[None]:
        secret = (self.data / "client.secret").read_text()
        issuer = Issuer(self._issuer_key, self.issuer_url, self.identities, "local", secret)
        config = uvicorn.Config(issuer.app(), "127.0.0.1", self.ports["issuer"], log_config=None, access_log=False)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve())  # not serve(): Ctrl-C is for us to handle
        try:
            yield
        finally:
            server.should_exit = True
            await task

    @property
    def engines(self) -> dict[str, LocalKafka | LocalPostgres]:
        """The engines by name, each of which can be halted and resumed."""
        if isinstance(self.kafka, LocalKafka):
            return {"postgres": self.postgres, "kafka": self.kafka}
        return {"postgres": self.postgres} | {f"kafka-{node.node}": node for node in self.kafka.nodes}

    def _broker_ports(self) -> list[tuple[str, str]]:
        """The names of the ports of each broker and its controller."""
        more = [(f"kafka-{number}", f"kafka-controller-{number}") for number in range(2, self.brokers + 1)]
        return [("kafka", "kafka-controller"), *more]

    def environment(self, service: str) -> dict[str, str]:
        """What a service process gets to know."""
        known = {
            "ENV": "local",
            "DATABASE_URL": self.database_url(service),
            "KAFKA": self.kafka.bootstrap,
            "INSTANCE": f"{service}-1",
            "OIDC_ISSUER": self.issuer_url,
            "MASTER_KEY_FILE": self.data / "master.key",
            "PORT": self.ports[service],
            "INTAKE_URL": self.url("intake"),
            "TRIAGE_URL": self.url("triage"),
            "REFERRAL_URL": self.url("referral"),
            "DEADLINES_URL": self.url("deadlines"),
            "AUDIT_URL": self.url("audit"),
        }
        if self.clock:
            known["CLOCK_FILE"] = self.own_clocks.get(service, self.data / "clock")
        if service in ("intake", "referral"):
            known["FILES_URL"] = (self.data / "files").as_uri()
        if service == "intake":
            known["RECEIPT_KEY_FILE"] = self.data / "receipts.json"
        if service == "console":
            known["OIDC_CLIENT_SECRET_FILE"] = self.data / "client.secret"
        if service == "referral":
            known["RECEIPT_PUBLIC_KEY_FILE"] = self.data / "receipts.public.json"
            known["PUBLIC_URL"] = self.url("console")
        return {f"BANCHENG_{name}": str(value) for name, value in known.items()}

    def _spawn(self, name: str) -> None:
        process = self.processes[name]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BANCHENG_")}
        own = self.environment(process.service) | {"BANCHENG_PORT": str(process.port)}
        if name != process.service:
            own["BANCHENG_INSTANCE"] = name
        self.children[name] = child.spawn(
            [sys.executable, "-m", "bancheng", "serve", process.service, "--role", ",".join(process.roles)],
            self.log_of(name), death_signal=signal.SIGTERM, env=inherited | own,
        )  # fmt: skip

    async def _all_started(self) -> None:
        self.say("启动六个服务 / starting six services")
        try:
            async with asyncio.timeout(90), httpx.AsyncClient() as client:
                for service in SERVICES:
                    while not await self._is_ready(client, service):
                        self._refuse_ended(service)
                        await asyncio.sleep(0.1)
        except TimeoutError:
            raise StackFailed(f"{service} is not ready after 90 s; its log is {self.log_of(service)}") from None

    def _refuse_ended(self, service: str) -> None:
        if (status := self.children[service].poll()) is not None:
            tail = child.tail(self.log_of(service), 5)
            raise StackFailed(f"{service} ended with status {status}; its log {self.log_of(service)} ends:\n{tail}")

    async def _is_ready(self, client: httpx.AsyncClient, name: str) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return (
                await client.get(f"http://127.0.0.1:{self.processes[name].port}/readyz", timeout=2)
            ).status_code == 200
        return False

    async def _keep_alive(self) -> None:
        """Start again what died, and say so."""
        while not self._stopping:
            await asyncio.sleep(0.3)
            for name in [*self.processes]:
                if name in self._paused or self._stopping or name not in self.children:
                    continue
                if (died := self.children[name].poll()) is not None:
                    self.say(f"{name} 已退出(状态 {died}),重新启动 / died, restarting; log: {self.log_of(name)}")
                    self._spawn(name)
                    await asyncio.sleep(0.5)
            for part, engine in self.engines.items():
                if not engine.running() and part not in self._paused and not self._stopping:
                    self.say(f"{type(engine).__name__} 已退出,重新启动 / died, restarting")
                    with contextlib.suppress(child.EngineFailed):
                        await engine.start()

    async def _stop_services(self) -> None:
        await asyncio.gather(*(child.stop(each, signal.SIGTERM, within=10) for each in self.children.values()))

    def _write_addresses(self) -> None:
        found: dict[str, Any] = {name: self.url(name) for name in (*SERVICES, "issuer")}
        found |= {"kafka": self.kafka.bootstrap, "pid": os.getpid(), "data": str(self.data)}
        found["databases"] = {service: self.database_url(service) for service in SERVICES}
        (self.data / "runtime.json").unlink(missing_ok=True)
        _write_private(self.data / "runtime.json", json.dumps(found, indent=1))


def refuse_in_production() -> None:
    """Raise StackFailed where the environment is called production: anyone may sign in here as anybody."""
    if os.environ.get("BANCHENG_ENV", "").strip().lower() == "production":
        raise StackFailed("BANCHENG_ENV=production: a local issuer and simulated time are never for production; "
                          "run each service there with `bancheng serve`")  # fmt: skip


def _upgrade_all(urls: list[tuple[str, str]]) -> None:
    from shared.store.migrate import upgrade  # Alembic: a third of a second in the start of every service process

    for service, url in urls:
        upgrade(service, url)


def running_at(data: Path) -> dict[str, Any]:
    """The addresses of a runtime that is up on this folder; raises StackFailed with what to do."""
    found = _read_json(data / "runtime.json")
    if not found or not _alive(found["pid"]):
        raise StackFailed(f"nothing is running on {data}: start it with `bancheng up --data {data}`")
    return found


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return True
    return False


def _read_json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


__all__ = ["PORTS", "SERVICES", "Stack", "StackFailed", "refuse_in_production", "running_at"]
