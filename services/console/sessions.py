"""A browser's session: its cookie is a random value, the tokens lie here, sealed, and are renewed in time."""

import asyncio
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson

from services.console.signin import GrantOver, Provider, ProviderAway, SignInRefused, Tokens
from services.console.store import sessions
from services.console.store.tables import SESSION
from shared.store.secrecy import context_of
from shared.web.auth import KeysUnavailable, Unauthenticated
from shared.web.commands import PartsOf

RENEW_AHEAD = 60.0  # seconds before the access token ends
NOTED_AFTER = timedelta(minutes=1)  # so that not every request writes
GIVEN_UP = timedelta(seconds=15)  # then whoever was renewing has died over it
LOOKS, PAUSE = 100, 0.1  # while somebody else renews, at most as long as the provider is waited for


class SessionOver(Unauthenticated):
    """No session, or one that has ended."""

    def __init__(self) -> None:
        super().__init__("auth.session_over", "登录已结束,请重新登录")


@dataclass(frozen=True)
class Sessions:
    """The sessions of this console."""

    parts: PartsOf

    async def begin(self, tokens: Tokens, instead_of: str | None) -> str:
        """A new session in place of the one the browser may have had; the value of its cookie, always new."""
        value = secrets.token_urlsafe(32)
        mark = self._mark(value)
        async with self.parts.database.transaction() as tx:
            now = tx.technical_now()
            await sessions.sweep(tx, *self._ends(now))
            if instead_of:
                await sessions.remove(tx, self._mark(instead_of))
            await sessions.add(tx, mark, self._seal(mark, tokens), now)
        return value

    async def token(self, value: str | None, by_a_person: bool) -> str:
        """The access token of a session, good for some seconds at least; raises SessionOver or ProviderAway."""
        if not value:
            raise Unauthenticated("auth.missing", "请先登录后再操作")
        mark = self._mark(value)
        tokens, seen_at, now = await self._found(mark)
        if tokens.left() < RENEW_AHEAD:
            tokens = await self._renewed(mark, tokens)
        if by_a_person and now - seen_at > NOTED_AFTER:
            async with self.parts.database.transaction() as tx:
                await sessions.see(tx, mark, now)
        return tokens.access

    async def has_ended(self, value: str | None) -> bool:
        """Whether there was a session that ended otherwise than by signing out."""
        try:
            return value is not None and not await self._found(self._mark(value))
        except SessionOver:
            return True

    async def end(self, value: str | None) -> None:
        """Nothing of the session is left."""
        if value:
            await self._remove(self._mark(value))

    async def _found(self, mark: bytes) -> tuple[Tokens, datetime, datetime]:
        async with self.parts.database.reading() as tx:
            now = tx.technical_now()
            row = await sessions.find(tx, mark, *self._ends(now))
        if row is None:
            raise SessionOver
        return self._open(mark, row.tokens), row.seen_at, now

    async def _renewed(self, mark: bytes, tokens: Tokens) -> Tokens:
        """Fresh tokens, asked for by one request alone: most providers let a refresh token be used once only."""
        if tokens.refresh is None and tokens.left() > 0:
            return tokens
        for _ in range(LOOKS):
            if (held := await self._take(mark)) is not None:
                if held.access == tokens.access:
                    return await self._ask(mark, tokens)
                await self._put(mark, held)
                return held
            if tokens.left() > 0:
                return tokens
            await asyncio.sleep(PAUSE)
            found, _, _ = await self._found(mark)
            if found.access != tokens.access:
                return found
        raise ProviderAway

    async def _ask(self, mark: bytes, tokens: Tokens) -> Tokens:
        provider = Provider(self.parts.settings, self.parts.verifier)
        try:
            if tokens.refresh is None:
                raise GrantOver
            fresh = await provider.renewed(tokens)
        except (GrantOver, Unauthenticated) as error:
            await self._remove(mark)
            raise SessionOver from error
        except (ProviderAway, KeysUnavailable, SignInRefused):
            await self._put(mark, tokens)
            if tokens.left() > 0:
                return tokens
            raise
        if not await self._put(mark, fresh):
            raise SessionOver
        return fresh

    async def _take(self, mark: bytes) -> Tokens | None:
        async with self.parts.database.transaction() as tx:
            now = tx.technical_now()
            sealed = await sessions.take(tx, mark, now, now - GIVEN_UP)
        return None if sealed is None else self._open(mark, sealed)

    async def _put(self, mark: bytes, tokens: Tokens) -> bool:
        async with self.parts.database.transaction() as tx:
            return await sessions.put(tx, mark, self._seal(mark, tokens))

    async def _remove(self, mark: bytes) -> None:
        async with self.parts.database.transaction() as tx:
            await sessions.remove(tx, mark)

    def _ends(self, now: datetime) -> tuple[datetime, datetime]:
        """Sessions begun, or last used, before these have ended."""
        settings = self.parts.settings
        return now - timedelta(hours=settings.session_hours), now - timedelta(minutes=settings.session_idle_minutes)

    def _mark(self, value: str) -> bytes:
        return self.parts.vault.blind(f"web session {value}")

    def _seal(self, mark: bytes, tokens: Tokens) -> bytes:
        return self.parts.vault.seal_own(orjson.dumps(asdict(tokens)), context_of(SESSION.c.tokens, mark=mark))

    def _open(self, mark: bytes, sealed: bytes) -> Tokens:
        return Tokens(**orjson.loads(self.parts.vault.open_own(sealed, context_of(SESSION.c.tokens, mark=mark))))


__all__ = ["SessionOver", "Sessions"]
