"""How a request becomes a transaction: authenticate, take the idempotency key, run, store the answer, commit."""

import asyncio
import hashlib
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from asyncpg import IntegrityConstraintViolationError
from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from shared.contracts.actor import Actor
from shared.contracts.errors import Conflict, DomainError, Refused
from shared.ids import new_id
from shared.settings import Settings
from shared.store.tables import ANSWER
from shared.store.unit_of_work import Database, Trace, Transaction, is_passing
from shared.store.vault import Vault
from shared.web.auth import Verifier

ATTEMPTS = 4
MAX_KEY = 200
_CORRELATION = re.compile(r"[0-9a-fA-F-]{8,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Body(BaseModel):
    """A request body: unknown fields are refused, strings are stripped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class Answer(BaseModel):
    """A response body; a `version` field becomes the ETag."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class PartsOf:
    """The parts of a running service."""

    name: str
    settings: Settings
    database: Database
    verifier: Verifier
    vault: Vault
    extra: Any = None


async def _parts(request: Request) -> PartsOf:
    parts: PartsOf = request.app.state.parts
    return parts


class BadRequest(DomainError):
    """The request itself lacks something."""

    status = 400


Work = Callable[[Transaction], Awaitable[Any]]


@dataclass(frozen=True)
class Runner:
    """Runs one command of one request."""

    parts: PartsOf
    request: Request
    actor: Actor
    body: bytes
    key: str
    expected_version: int | None
    trace: Trace

    async def __call__(self, work: Work, status: int = 200) -> Response:
        """Run `work` in a transaction and answer with what it returns; the same key gets the same answer again."""
        for attempt in range(ATTEMPTS):
            try:
                return await self._once(work, status)
            except Exception as error:
                # A unique violation here is most often the same key or number committed a moment ago: look again.
                again = is_passing(error) or isinstance(error, IntegrityConstraintViolationError)
                last = attempt == ATTEMPTS - 1
                if last and isinstance(error, IntegrityConstraintViolationError):
                    raise Conflict("state.conflict", "内容与已有记录冲突,请刷新后再试") from error
                if last or not again:
                    raise
                await asyncio.sleep(0.02 * 2**attempt * random.uniform(0.5, 1.5))
        raise AssertionError("unreachable")

    async def answered(self) -> Response | None:
        """What this command was answered before, for who has work to do ahead of the transaction."""
        return await self._stored(self._scoped_key())

    async def _once(self, work: Work, status: int) -> Response:
        """A key is nearly always new: the answers kept are looked into only when it turns out to be taken.

        It is taken where the answer cannot be kept a second time, and where the command is refused: what the first
        one did may be the very reason.
        """
        key = self._scoped_key()
        if key in _running:
            raise _is_running()
        _running.add(key)
        try:
            return await self._first(work, status, key)
        except (DomainError, IntegrityConstraintViolationError):
            stored = await self._stored(key)
            if stored is None:
                raise
            return stored
        finally:
            _running.discard(key)

    async def _first(self, work: Work, status: int, key: bytes) -> Response:
        async with self.parts.database.transaction(self.actor, self.trace, self.expected_version) as tx:
            content, version = _content(await work(tx))
            tx.write(_STORE, {"key": key, "hash": self._body_hash(), "status": status, "at": tx.technical_now(),
                              "answer": self._seal(content, version)})  # fmt: skip
        return _respond(content, version, status)

    async def _stored(self, key: bytes) -> Response | None:
        async with self.parts.database.reading(self.actor) as tx:
            row = await tx.one(_LOOK, key=key)
        if row is None:
            return None
        if row.body_hash != self._body_hash():
            raise Refused("idempotency.mismatch", "同一幂等键已用于另一内容的请求,请更换幂等键")
        kept = self.parts.vault.open_own(row.answer, ANSWER)
        version, _, content = kept.partition(b"\n")
        return _respond(content, int(version) if version else None, row.status)

    def _seal(self, content: bytes, version: int | None) -> bytes:
        head = b"" if version is None else str(version).encode()
        return self.parts.vault.seal_own(head + b"\n" + content, ANSWER)

    def _scoped_key(self) -> bytes:
        scope = f"{self.actor.id}\n{self.request.method} {self.request.url.path}\n{self.key}"
        return hashlib.sha256(scope.encode()).digest()

    def _body_hash(self) -> bytes:
        return hashlib.sha256(self.body + b"\n" + self.request.url.query.encode()).digest()


def _is_running() -> Conflict:
    return Conflict("idempotency.running", "同一请求正在处理,请稍后重试", retry_after_ms=200)


# Keys at work in this process. In another process the same key waits at the insert until the first one has committed.
_running: set[bytes] = set()
_LOOK = "SELECT body_hash, status, answer FROM idempotency WHERE key = :key"
_STORE = """
INSERT INTO idempotency (key, body_hash, status, answer, created_at) VALUES (:key, :hash, :status, :answer, :at)"""


@dataclass(frozen=True)
class Reader:
    """Answers one query."""

    parts: PartsOf
    actor: Actor

    async def __call__(self, work: Work) -> Response:
        """Run `work` in a read-only transaction and answer with what it returns."""
        async with self.parts.database.reading(self.actor) as tx:
            content, version = _content(await work(tx))
        return _respond(content, version, 200)


async def _actor(request: Request) -> Actor:
    parts: PartsOf = request.app.state.parts
    actor = await parts.verifier.actor(request.headers.get("authorization"))
    structlog.contextvars.bind_contextvars(actor=actor.id)
    return actor


async def _runner(request: Request) -> Runner:
    actor = await _actor(request)
    key = request.headers.get("idempotency-key", "")
    if not key or len(key) > MAX_KEY:
        raise BadRequest("idempotency.missing", f"请求须带 Idempotency-Key 请求头(1至{MAX_KEY}个字符)")
    parts: PartsOf = request.app.state.parts
    headers = request.headers
    trace = Trace(
        correlation_id=_matching(_CORRELATION, headers.get("x-correlation-id")) or str(new_id()),
        traceparent=_matching(_TRACEPARENT, headers.get("traceparent")),
    )
    return Runner(parts, request, actor, await request.body(), key, _if_match(headers), trace)


def _matching(pattern: re.Pattern[str], value: str | None) -> str | None:
    """A header's value if it has the form of an id: it goes into events, which are kept for ever."""
    return value if value is not None and pattern.fullmatch(value) else None


async def _reader(request: Request) -> Reader:
    return Reader(request.app.state.parts, await _actor(request))


def _if_match(headers: Mapping[str, str]) -> int | None:
    value = headers.get("if-match")
    if value is None or value.strip() == "*":
        return None
    digits = value.strip().removeprefix("W/").strip('"')
    if not digits.isdecimal() or len(digits) > 18:
        raise BadRequest("if_match.invalid", 'If-Match 须为读取时得到的 ETag,例如 "3"')
    return int(digits)


def _content(result: Any) -> tuple[bytes, int | None]:
    if isinstance(result, BaseModel):
        return result.__pydantic_serializer__.to_json(result), getattr(result, "version", None)
    raise TypeError(f"a handler returned {type(result).__name__}, not an Answer")


def _respond(content: bytes, version: int | None, status: int) -> Response:
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(content, status, headers, media_type="application/json")


Parts = Annotated[PartsOf, Depends(_parts)]
Run = Annotated[Runner, Depends(_runner)]
Read = Annotated[Reader, Depends(_reader)]
