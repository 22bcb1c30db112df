"""One way to open a transaction: state, outbox rows and the answer to the client commit together or not at all."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import CursorResult, Executable, Row, TextClause, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared import clock
from shared.bus import outbox
from shared.contracts import Event
from shared.contracts.actor import SYSTEM, Actor
from shared.contracts.errors import Conflict
from shared.ids import new_id

# Deadlock, serialization failure, lost connection, shutdown, too many connections, resources (full disk): try again.
# A peer that vanished without a word must not keep its locks, nor we wait for it, longer than this.
_SERVER = {
    "jit": "off",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "60s",
}
_PASSING = ("40001", "40P01", "08", "57", "53", "25006")


@dataclass(frozen=True, slots=True)
class Trace:
    """What ties the events of one act together."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass
class Transaction:
    """What a handler works with: one connection, one actor, one business time."""

    connection: AsyncConnection
    actor: Actor
    now: datetime
    trace: Trace
    expected_version: int | None = None
    events: list[outbox.Pending] = field(default_factory=list)

    async def run(self, statement: Executable | str, params: Any = None) -> CursorResult[Any]:
        """Execute a statement (a Core statement, or SQL with `:name` parameters)."""
        return await self.connection.execute(_statement(statement), params)

    async def all(self, statement: Executable | str, **params: Any) -> Sequence[Row[Any]]:
        """Every row of a query."""
        return (await self.connection.execute(_statement(statement), params or None)).all()

    async def one(self, statement: Executable | str, **params: Any) -> Row[Any] | None:
        """The first row of a query, or none."""
        return (await self.connection.execute(_statement(statement), params or None)).first()

    def technical_now(self) -> datetime:
        """The machine's time, for lifetimes and leases; never for dates of acts."""
        return datetime.now(UTC)

    def publish(self, *events: Event, cause: Trace | None = None, made_of: str | None = None) -> None:
        """Have events written to the outbox when this transaction commits, in this order.

        What follows from another event, or from `made_of` by rule alone, is the same event when it is made again.
        """
        trace = cause or self.trace
        basis = made_of or trace.causation_id
        self.events += [
            outbox.pending(
                event, self.actor, self.now, trace.correlation_id, trace.causation_id, trace.traceparent, basis
            )
            for event in events
        ]

    def match(self, version: int, current: Any = None) -> None:
        """Refuse the command if the client saw another version than the one found (If-Match)."""
        if self.expected_version is not None and self.expected_version != version:
            extra = {} if current is None else {"current": current}
            raise Conflict("version.conflict", "内容已被他人更新,请刷新后再操作", version=version, **extra)


class Database:
    """A service's database: transactions with outbox, fair under load."""

    def __init__(self, url: str, service: str, pool: int = 16) -> None:
        self.service = service
        self.committed = asyncio.Event()  # set when outbox rows were committed: wakes the relay
        # SQLAlchemy's async pool queues unfairly: a semaphore in front keeps first come, first served.
        self._turn = asyncio.Semaphore(pool)
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            hide_parameters=True,  # they would stand in the text of every database error, and so in the log
            connect_args={
                "server_settings": _SERVER | {"application_name": service},
                "timeout": 10,
                "command_timeout": 60,
            },
        )

    @asynccontextmanager
    async def transaction(
        self, actor: Actor = SYSTEM, trace: Trace | None = None, expected_version: int | None = None
    ) -> AsyncIterator[Transaction]:
        """Commit at the end, with the outbox rows of everything published; roll back on any error."""
        async with self._turn, self.engine.begin() as connection:
            tx = Transaction(connection, actor, clock.now(), trace or new_trace(), expected_version)
            yield tx
            await outbox.write(connection, self.service, tx.events)
        if tx.events:
            self.committed.set()

    @asynccontextmanager
    async def reading(self, actor: Actor = SYSTEM) -> AsyncIterator[Transaction]:
        """A transaction for queries; nothing is kept."""
        async with self._turn, self.engine.connect() as connection:
            yield Transaction(connection, actor, clock.now(), new_trace())

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


def new_trace() -> Trace:
    """A fresh correlation."""
    return Trace(str(new_id()))


def is_passing(error: BaseException) -> bool:
    """Whether the same work may succeed if simply done again (conflict, deadlock, lost connection, full disk)."""
    # Errors of connecting come from asyncpg as they are, later ones wrapped by SQLAlchemy.
    wrapped = error.orig if isinstance(error, DBAPIError) else error
    if state := getattr(wrapped, "sqlstate", None):
        return str(state).startswith(_PASSING)
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, OperationalError)):
        return True
    if isinstance(error, DBAPIError | asyncpg.InterfaceError):  # also says "too many arguments", which no repeat mends
        return "closed" in str(wrapped)
    return isinstance(error, OSError | TimeoutError | PoolTimeout)


def _statement(statement: Executable | str) -> Executable:
    return _text(statement) if isinstance(statement, str) else statement


@lru_cache(maxsize=512)
def _text(sql: str) -> TextClause:
    return text(sql)
