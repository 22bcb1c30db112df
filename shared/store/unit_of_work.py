"""One way to open a transaction: state, outbox rows and the answer to the client commit together or not at all."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import structlog
from sqlalchemy import Executable

from shared import clock
from shared.bus import fence, outbox
from shared.contracts import Event
from shared.contracts.actor import SYSTEM, Actor
from shared.contracts.errors import Conflict
from shared.ids import new_id
from shared.store.statements import SERVER, Parameters, Ready, Row, ready, together

log = structlog.get_logger(__name__)
# Deadlock, serialization failure, lost connection, shutdown, too many connections, resources (full disk): try again.
_PASSING = ("40001", "40P01", "08", "57", "53", "25006")


@dataclass(frozen=True, slots=True)
class Trace:
    """What ties the events of one act together."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass(slots=True)
class Transaction:
    """What a handler works with: one connection, one actor, one business time.

    `afterwards` runs once it has committed; it may not raise, and is lost if the process dies in between.
    """

    connection: Any
    service: str
    actor: Actor
    now: datetime
    trace: Trace
    expected_version: int | None = None
    recovering: bool = False
    events: list[outbox.Pending] = field(default_factory=list)
    afterwards: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _writes: list[Ready] = field(default_factory=list)

    async def run(self, statement: Executable | str, params: Parameters | None = None) -> Sequence[Row]:
        """Execute a statement (a Core statement, or SQL with `:name` parameters) at once; the rows it returns."""
        return await self._fetch(ready(statement, params or {}))

    async def all(self, statement: Executable | str, **params: Any) -> Sequence[Row]:
        """Every row of a query."""
        return await self._fetch(ready(statement, params))

    async def one(self, statement: Executable | str, **params: Any) -> Row | None:
        """The first row of a query, or none."""
        sql, args = ready(statement, params)
        if self._writes:
            await self._flush(None)
        row: Row | None = await self.connection.fetchrow(sql, *args)
        return row

    def write(self, statement: Executable | str, params: Parameters) -> None:
        """Have one plain INSERT, UPDATE or DELETE done with the next statement or the commit, in one round trip.

        Writes that wait together may not touch the same row; SQL may have no data-modifying part besides itself.
        """
        self._writes.append(ready(statement, params))

    async def flush(self) -> None:
        """Do what `write` and `publish` left to do."""
        last = outbox.statement(self.service, self.events, self.recovering) if self.events else None
        self.events = []
        if self._writes or last:
            await self._flush(last)

    def technical_now(self) -> datetime:
        """The machine's time, for lifetimes and leases; never for dates of acts."""
        return datetime.now(UTC)

    def publish(self, *events: Event, cause: Trace | None = None, by_rule: bool = False) -> None:
        """Have events written to the outbox when this transaction commits, in this order.

        What follows from another event, or `by_rule` from the time alone, may be made once more by a restored database.
        """
        trace, ruled = cause or self.trace, by_rule or cause is not None
        ties = trace.correlation_id, trace.causation_id, trace.traceparent
        self.events += [outbox.pending(event, self.actor, self.now, *ties, ruled) for event in events]

    def match(self, version: int, current: Any = None) -> None:
        """Refuse the command if the client saw another version than the one found (If-Match)."""
        if self.expected_version is not None and self.expected_version != version:
            extra = {} if current is None else {"current": current}
            raise Conflict("version.conflict", "内容已被他人更新,请刷新后再操作", version=version, **extra)

    async def _fetch(self, given: Ready) -> Sequence[Row]:
        if self._writes:
            await self._flush(None)
        rows: Sequence[Row] = await self.connection.fetch(given[0], *given[1])
        return rows

    async def _flush(self, last: Ready | None) -> None:
        sql, args = together(self._writes, last)
        self._writes = []
        await self.connection.fetch(sql, *args)


class Database:
    """A service's database: transactions with outbox; connections are lent first come, first served."""

    def __init__(self, url: str, service: str, pool: int = 16) -> None:
        self.service = service
        self.committed = asyncio.Event()  # set when outbox rows were committed: wakes the relay
        self.recovering = True  # a rule may make again what a recovery took back; the gate knows whether
        self._url, self._size = url, pool
        self._opening = asyncio.Lock()
        self._pool: Any = None

    @asynccontextmanager
    async def transaction(
        self, actor: Actor = SYSTEM, trace: Trace | None = None, expected_version: int | None = None
    ) -> AsyncIterator[Transaction]:
        """Commit at the end, with the outbox rows of everything published; roll back on any error."""
        async with await self._connection() as connection:
            begun = clock.now(), trace or new_trace()
            tx = Transaction(connection, self.service, actor, *begun, expected_version, self.recovering)
            await connection.execute("BEGIN")
            try:
                yield tx
                publishing = bool(tx.events)
                await tx.flush()
                done = await connection.execute("COMMIT")
            except BaseException as error:
                await _roll_back(connection, lost=isinstance(error, asyncpg.InternalClientError))
                fence.learn(error)
                raise
            if done != "COMMIT":  # an error that somebody swallowed has undone everything
                raise RuntimeError(f"the transaction ended with {done}")
        if publishing:
            self.committed.set()
        for act in tx.afterwards:
            await act()

    @asynccontextmanager
    async def reading(self, actor: Actor = SYSTEM) -> AsyncIterator[Transaction]:
        """For queries; each sees what is committed when it starts."""
        async with await self._connection() as connection:
            yield Transaction(connection, self.service, actor, clock.now(), new_trace())

    async def close(self) -> None:
        """Give all connections back."""
        if self._pool is not None:
            await self._pool.close()

    async def _connection(self) -> Any:
        if self._pool is None:
            async with self._opening:  # not before: the pool belongs to the loop it is made in
                self._pool = self._pool or await self._open()
        return self._pool.acquire()

    async def _open(self) -> Any:
        return await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._size,
            max_queries=2**31,
            init=_speak_json,
            reset=_leave,  # we leave no state behind that a query would have to undo at every return
            record_class=Row,
            statement_cache_size=1000,
            max_cached_statement_lifetime=0,
            server_settings=SERVER | {"application_name": self.service},
            timeout=10,
            command_timeout=60,
        )


def new_trace() -> Trace:
    """A fresh correlation."""
    return Trace(str(new_id()))


def is_passing(error: BaseException) -> bool:
    """Whether the same work may succeed if simply done again (conflict, deadlock, lost connection, full disk)."""
    if state := getattr(error, "sqlstate", None):
        return str(state).startswith(_PASSING)
    if isinstance(error, asyncpg.InterfaceError):  # also says "too many arguments", which no repeat mends
        return "closed" in str(error) or "released" in str(error)
    # The driver found its connection in a state of which it knows nothing: it was lost between two steps.
    return isinstance(error, OSError | TimeoutError | asyncpg.InternalClientError)


async def _roll_back(connection: Any, lost: bool) -> None:
    """Undo, whatever state the connection is in; the error that brought us here is what the caller is told."""
    try:
        async with asyncio.timeout(5):
            if not lost and connection.is_in_transaction():
                await connection.execute("ROLLBACK")
    except BaseException as error:
        log.debug("transaction.lost", error=type(error).__name__)
        lost = True
    if lost:  # thrown away: the server undoes what it was doing
        with contextlib.suppress(asyncpg.InterfaceError):
            connection.terminate()


async def _speak_json(connection: Any) -> None:
    """Parameters come as JSON text already, columns are read into Python."""
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, schema="pg_catalog", encoder=str, decoder=orjson.loads)


async def _leave(_connection: Any) -> None:
    pass
