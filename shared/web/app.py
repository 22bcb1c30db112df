"""The app of one service process: routes, health, metrics, and the roles that live in it."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import clock
from shared.bus.consumer import Consumer
from shared.bus.gate import Gate
from shared.bus.relay import Relay
from shared.service import Service
from shared.settings import ALL_ROLES
from shared.store.unit_of_work import Database
from shared.store.vault import Vault
from shared.web import problems
from shared.web.auth import Verifier
from shared.web.commands import PartsOf

MAX_BODY = 32 * 1024 * 1024
UNGUARDED = ("/healthz", "/readyz", "/metrics")
KEEP_ANSWERS = timedelta(hours=24)
LOOK_PATIENCE = 15.0  # seconds for the first comparison of topic and database
READS = ("GET", "HEAD", "OPTIONS")

lag_gauge = Gauge("bancheng_consumer_lag", "Records not yet taken in", ["service"])
outbox_gauge = Gauge("bancheng_outbox_unpublished", "Outbox rows not yet acknowledged by the broker", ["service"])
failed_gauge = Gauge("bancheng_outbox_failed", "Outbox rows the broker refused for good", ["service"])
parked_gauge = Gauge("bancheng_parked", "Parked events", ["service"])
seconds = Histogram("bancheng_http_seconds", "Time to answer", ["service", "method", "status"])
log = structlog.get_logger(__name__)


class Running:
    """The roles of one process: started together, stopped together."""

    def __init__(self, service: Service, roles: Collection[str]) -> None:
        settings = service.settings
        self.service, self.roles = service, roles
        self.database = Database(settings.postgres_url, service.name, settings.database_pool)
        vault = Vault.from_file(settings.master_key_file)
        verifier = Verifier(settings)
        self.parts = PartsOf(service.name, settings, self.database, verifier, vault, service.extra)
        self.gate = Gate(service.name)
        self.relay = Relay(settings, service.name, self.database.committed, self.gate)
        self.consumer = Consumer(settings, service.name, self.database, service.reactor) if service.reactor else None
        self.ready = False
        self._stopping = False
        self._ended: set[str] = set()
        self.give_up: Callable[[], None] = lambda: None  # ends the process, so that it is started again as a whole
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start what the roles ask for; each waits by itself for what it needs, so nothing has to be up before us."""
        if self.service.settings.clock_file:
            clock.use(clock.SimulatedClock(self.service.settings.clock_file))
        self._run(self.gate.watch(self.database, alone="relay" not in self.roles))
        self._run(self._start_roles())
        self._run(self._housekeeping())

    async def _start_roles(self) -> None:
        if self.service.prepare:
            await _until_done(self.service.prepare, self.parts, "prepare")
        if "relay" in self.roles:
            self._run(self.relay.run())
        self._run(self._start_reacting())
        # The relay compares topic and database first, unless the broker is away: commands then go on all the same.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.gate.looked.wait(), LOOK_PATIENCE)
        self.gate.looked.set()
        self.ready = True

    async def _start_reacting(self) -> None:
        """Consumer and timers come after a recovery: what they make once more is then known to be the same."""
        await self.gate.opened()
        if "timers" in self.roles and self.service.timers:
            self._run(_for_ever(self.service.timers, self.database))
        if "consumer" in self.roles and self.consumer:
            await _until_done(lambda consumer: consumer.start(), self.consumer, "consumer")

    async def stop(self) -> None:
        """Stop everything and give connections back."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            if self.consumer and "consumer" in self.roles:
                await self.consumer.stop()
        finally:
            await self.database.close()

    async def checks(self) -> dict[str, bool]:
        """What /readyz reports; the database must answer, and the roles must have started."""
        try:
            async with asyncio.timeout(2), self.database.reading() as tx:
                await tx.one("SELECT 1")
            database = True
        except Exception as error:
            log.debug("ready.database", error=type(error).__name__)
            database = False
        return {"started": self.ready, "database": database, "history": not self.gate.closed,
                "roles": not self._ended}  # fmt: skip

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        name = self.service.name
        async with asyncio.timeout(5), self.database.reading() as tx:
            lag = await self.consumer.lag() if self.consumer else None
            row = await tx.one(
                "SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,"
                " (SELECT count(*) FROM outbox WHERE failed_reason IS NOT NULL) AS failed,"
                " (SELECT count(*) FROM parked) AS parked"
            )
        if row:
            outbox_gauge.labels(name).set(row.unpublished)
            failed_gauge.labels(name).set(row.failed)
            parked_gauge.labels(name).set(row.parked)
        if lag is not None:
            lag_gauge.labels(name).set(lag)

    async def _housekeeping(self) -> None:
        """Drop answers kept for repeated commands after a day."""
        while True:
            try:
                async with self.database.transaction() as tx:
                    before = tx.technical_now() - KEEP_ANSWERS
                    await tx.run("DELETE FROM idempotency WHERE created_at < :before", {"before": before})
            except Exception as error:
                log.warning("housekeeping.failed", error=type(error).__name__)
            await asyncio.sleep(3600)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(task := asyncio.create_task(work, name=str(getattr(work, "__qualname__", work))))
        task.add_done_callback(self._ended_by_itself)

    def _ended_by_itself(self, task: asyncio.Task[None]) -> None:
        """What is to run for ever must not end unnoticed; what was to be done once may."""
        broken = task.cancelled() or task.exception() is not None
        if broken and not self._stopping:
            self._ended.add(task.get_name())
            log.critical("role.ended", role=task.get_name(), exc_info=None if task.cancelled() else task.exception())
            self.give_up()


def create_app(service: Service, roles: Collection[str] = ALL_ROLES) -> FastAPI:
    """The ASGI app of a service process; without the role `http` only health and metrics are served."""
    running = Running(service, roles)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await running.start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)  # the default collects so often that it shows in p99
        yield
        await running.stop()

    app = FastAPI(title=f"bancheng {service.name}", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.parts, app.state.running = running.parts, running
    problems.install(app)
    _add_health(app, running)
    if "http" in roles:
        for router in service.routers:
            app.include_router(router)
    if service.dress:
        service.dress(app)
    app.add_middleware(_Edge, service=service.name, at_once=service.settings.requests_at_once, gate=running.gate)
    return app


def _add_health(app: FastAPI, running: Running) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        checks = await running.checks()
        status = 200 if all(checks.values()) else 503
        reason = {"reason": running.gate.reason} if running.gate.reason else {}
        return problems.json_response({"ready": status == 200, **checks, **reason}, status)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        try:
            await running.measure()
        except Exception as error:  # the gauges then keep their last values; the rest is still worth having
            log.warning("metrics.stale", error=type(error).__name__)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class _Edge:
    """The outermost layer: log context, request size, one log line and one measurement a request."""

    def __init__(self, app: ASGIApp, service: str, at_once: int, gate: Gate) -> None:
        self._app, self._service, self._at_once, self._gate = app, service, at_once, gate
        self._waiting: set[int] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        structlog.contextvars.clear_contextvars()
        if scope["path"] in UNGUARDED:
            return await self._app(scope, receive, send)
        started, status = asyncio.get_running_loop().time(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._waiting.discard(id(scope))
            await send(message)

        self._waiting.add(id(scope))
        try:
            refusal = self._too_many() or _refused_unread(scope) or self._held_back(scope)
            await (refusal or self._app)(scope, receive, sending)
        finally:
            self._waiting.discard(id(scope))
            took = asyncio.get_running_loop().time() - started
            path = getattr(scope.get("route"), "path", "")
            seconds.labels(self._service, scope["method"], str(status)).observe(took)
            log.info("http", method=scope["method"], route=path, status=status, ms=round(took * 1000, 1))

    def _too_many(self) -> Response | None:
        """More at once than can be answered soon are told so at once; a stream that has begun waits for nothing."""
        if len(self._waiting) <= self._at_once:
            return None
        return _later("service.busy", "当前请求过多,请稍后用同一请求重试", 1)

    def _held_back(self, scope: Scope) -> Response | None:
        """No command before topic and database were compared, nor while the database is known to be older."""
        if scope["method"] in READS:
            return None
        if self._gate.closed:
            detail = (
                "数据库是从备份恢复的,比已经发出的事件旧,暂不受理新的操作;"
                f"请系统管理员执行 bancheng recover {self._service},完成后用同一请求重试"
            )
            return _later("recovery.needed", detail, 30)
        if not self._gate.looked.is_set():
            return _later("service.starting", "服务正在启动,请稍后用同一请求重试", 1)
        return None


def _later(code: str, detail: str, seconds: int) -> Response:
    return problems.problem(503, code, detail, {"retry_after_ms": seconds * 1000}, {"Retry-After": str(seconds)})


def _refused_unread(scope: Scope) -> Response | None:
    """What is too large, or does not say how large it is, is not read at all."""
    headers = Request(scope).headers
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal():
        return problems.problem(411, "body.no_length", "请求须带 Content-Length 请求头")
    if int(length) > MAX_BODY:
        return problems.problem(413, "body.too_large", "提交的内容过大")
    return None


async def _until_done(work: Callable[[Any], Awaitable[Any]], argument: Any, what: str) -> None:
    """Do it, and do it again until it succeeds: a service starts before what it needs, and waits."""
    pause = 0.2
    while True:
        try:
            await work(argument)
            return
        except Exception as error:
            log.warning("start.waits", what=what, error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)


async def _for_ever(work: Callable[[Database], Awaitable[None]], database: Database) -> None:
    """Timers run as long as the process; an error is logged and they go on."""
    while True:
        try:
            await work(database)
        except Exception as error:
            log.warning("timers.interrupted", error=type(error).__name__)
            await asyncio.sleep(1)


__all__ = ["MAX_BODY", "Running", "create_app"]
