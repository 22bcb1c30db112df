"""One real service in a test: its own database, its own topics on the real broker, real HTTP, real tokens.

Events of other services are put on the bus as those services would; what the service publishes is read from the bus.
"""

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvicorn
from aiokafka import AIOKafkaProducer

from bancheng.local.issuer import Issuer, key_file
from bancheng.local.ports import free_port
from shared import clock
from shared.bus import progress, topics
from shared.bus.envelope import source_of, write_headers
from shared.contracts import Event
from shared.ids import new_id
from shared.serve import load_service
from shared.settings import ALL_ROLES, Settings
from shared.store.key_file import create_master_key
from shared.store.migrate import upgrade
from shared.web.app import create_app
from shared.workdays import ZONE
from tests.engines import Engines

START = datetime(2026, 9, 28, 9, 0, tzinfo=ZONE)


class Client:
    """Calls one service as one account; every command gets a fresh idempotency key unless one is given."""

    def __init__(self, base: str, token: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=base, headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=30
        )

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self._http.get(path, params=params)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self._command("POST", path, body, headers)

    async def put(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self._command("PUT", path, body, headers)

    async def upload(
        self, path: str, file_name: str, content: bytes, key: str | None = None, /, **fields: str
    ) -> httpx.Response:
        """Send a file with the fields beside it, as a form does."""
        headers = {"Idempotency-Key": key or str(new_id())}
        return await self._http.post(path, data=fields, files={"file": (file_name, content)}, headers=headers)

    async def post_until_here(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Repeat with the same key as long as the answer is `not_here_yet`, as every client does."""
        headers.setdefault("idempotency_key", str(new_id()))
        while True:
            answer = await self.post(path, body, **headers)
            if answer.status_code != 404 or answer.json().get("code") != "not_here_yet":
                return answer
            await asyncio.sleep(0.05)

    async def _command(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        sent = {"Idempotency-Key": str(new_id())} | {
            name.replace("_", "-").title(): value for name, value in headers.items()
        }
        content = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}, default=str)
        return await self._http.request(
            method, path, content=content, headers={"Content-Type": "application/json"} | sent
        )


@dataclass
class Hall:
    """A running service and the world around it."""

    name: str
    settings: Settings
    issuer: Issuer
    base: str
    time: clock.SimulatedClock
    producer: AIOKafkaProducer
    app: Any
    sequences: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    ends: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def client(
        self,
        sub: str,
        *roles: str,
        org: str = "410200",
        org_type: str = "DISCIPLINE",
        window: str | None = None,
        unit: str | None = None,
    ) -> Client:
        """A client of an account with these claims."""
        claims = {"sub": sub, "org": org, "org_type": org_type, "roles": list(roles), "window": window, "unit": unit}
        return Client(
            self.base, self.issuer.token({name: value for name, value in claims.items() if value is not None})
        )

    async def publish(self, *events: Event, service: str | None = None) -> None:
        """Put events on the bus as their own service would (`SOURCE` unless given)."""
        for event in events:
            source = service or event.SOURCE
            self.sequences[source, event.subject] += 1
            await self.publish_raw(
                source, event.subject, self.sequences[source, event.subject], event.CE_TYPE,
                event.model_dump_json().encode(),
            )  # fmt: skip

    async def publish_raw(self, service: str, subject: str, sequence: int, kind: str, value: bytes,
                          id: str | None = None) -> None:  # fmt: skip
        """Put one record on a service's topic, well formed or not."""
        row = {
            "id": id or new_id(), "type": kind, "aggregateid": subject, "occurred_at": self.time.now(),
            "sequence": sequence, "correlation_id": "test", "causation_id": None, "actor": "test",
            "actor_role": "test", "traceparent": None,
        }  # fmt: skip
        sent = await self.producer.send_and_wait(
            f"{self.settings.topic_prefix}.{service}", key=subject.encode(), value=value,
            headers=write_headers(row, source_of(self.settings.region, service)),
        )  # fmt: skip
        self.ends[service][sent.partition] = sent.offset + 1

    async def all_is_out(self, *services: str) -> None:
        """Say, as the relays of these services would, that everything dated up to now is on the bus."""
        for service in services:
            source = source_of(self.settings.region, service)
            word = progress.Progress(source, self.time.now(), self.ends[service])
            topic = f"{self.settings.topic_prefix}.{progress.TOPIC}"
            await self.producer.send_and_wait(topic, word.to_json(), key=source.encode())

    async def query(self, sql: str, *args: Any) -> list[Any]:
        """Look into the service's database."""
        connection = await asyncpg.connect(self.settings.postgres_url)
        try:
            return list(await connection.fetch(sql, *args))
        finally:
            await connection.close()

    async def published(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What the service put into its outbox: type, subject, sequence and body, oldest first."""
        rows = await self.query("SELECT type, aggregateid, sequence, payload FROM outbox ORDER BY position")
        events = [
            {"type": row["type"].removeprefix("bancheng.").rsplit(".v", 1)[0], "subject": row["aggregateid"],
             "sequence": row["sequence"], "data": json.loads(row["payload"])}
            for row in rows if row["type"] != "dead-letter"
        ]  # fmt: skip
        return [event for event in events if kind is None or event["type"] == kind]

    async def until(self, found: Callable[[], Awaitable[Any]], within: float = 15) -> Any:
        """Wait for something that events bring about."""
        async with asyncio.timeout(within):
            while not (result := await found()):
                await asyncio.sleep(0.03)
        return result

    async def caught_up(self) -> None:
        """Wait until the service has taken in everything put on the bus by `publish`, applied or parked."""

        async def all_in() -> bool:
            rows = await self.query(
                "SELECT source, subject, sequence + (SELECT count(*) FROM parked p WHERE p.source = m.source"
                " AND p.subject = m.subject) AS taken FROM watermark m"
            )
            taken = {(row["source"].rsplit("/", 1)[-1], row["subject"]): row["taken"] for row in rows}
            return all(taken.get(key, 0) >= wanted for key, wanted in self.sequences.items())

        await self.until(all_in)


@asynccontextmanager
async def hall(
    engines: Engines, name: str, folder: Path, service: Callable[[Settings], Any] | None = None,
    roles: Sequence[str] = ALL_ROLES, migrate: bool = True,
) -> AsyncIterator[Hall]:  # fmt: skip
    """Run a service as in production, in this process, on a simulated clock that stands at START."""
    async with AsyncExitStack() as stack:
        mark = uuid.uuid4().hex[:10]
        database = await _create_database(engines.postgres, f"{name}_{mark}")
        settings = _settings(engines, folder, database, mark)
        await topics.apply(engines.kafka, settings.topic_prefix, 1, partitions=4)
        if migrate:
            await asyncio.to_thread(upgrade, name, settings.postgres_url)
        issuer = Issuer(key_file(folder / "issuer.json"), settings.oidc_issuer, {}, "local")
        await stack.enter_async_context(_serving(issuer.app(), int(settings.oidc_issuer.rsplit(":", 1)[1])))
        app = create_app(service(settings) if service else load_service(name, settings), roles)
        base = await stack.enter_async_context(_serving(app, settings.port))
        producer = AIOKafkaProducer(bootstrap_servers=engines.kafka, acks="all")
        await producer.start()
        stack.push_async_callback(producer.stop)
        assert settings.clock_file
        found = Hall(name, settings, issuer, base, clock.SimulatedClock(settings.clock_file), producer, app)
        await found.until(lambda: _ready(base))
        yield found


@asynccontextmanager
async def started_again(running: Hall) -> AsyncIterator[Hall]:
    """The same service started once more beside the first process, with what is in its key files now; HTTP only."""
    settings = running.settings.model_copy(update={"port": free_port()})
    app = create_app(load_service(running.name, settings), ("http",))
    async with _serving(app, settings.port) as base:
        later = replace(running, settings=settings, base=base, app=app)
        await later.until(lambda: _ready(base))
        yield later


def _settings(engines: Engines, folder: Path, database: str, mark: str) -> Settings:
    create_master_key(folder / "master.key")
    key_file(folder / "receipts.json")
    clock.create_clock_file(folder / "clock", START)
    return Settings(
        env="local", database_url=database, kafka=engines.kafka, topic_prefix=f"t{mark}",
        oidc_issuer=f"http://127.0.0.1:{free_port()}", master_key_file=folder / "master.key",
        receipt_key_file=folder / "receipts.json", receipt_public_key_file=folder / "receipts.public.json",
        files_url=(folder / "files").as_uri(), clock_file=folder / "clock", port=free_port(), database_pool=8,
    )  # fmt: skip


async def _create_database(admin: str, name: str) -> str:
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return admin.rsplit("/", 1)[0] + f"/{name}"


@asynccontextmanager
async def _serving(app: Any, port: int) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def _ready(base: str) -> bool:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{base}/readyz")).status_code == 200
