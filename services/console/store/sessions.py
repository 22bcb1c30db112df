"""Sessions of browsers: found by a keyed hash of their cookie, and only while they have not ended."""

from datetime import datetime

from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

_FIND = """
SELECT tokens, seen_at FROM web_session WHERE mark = :mark AND begun_at > :begun_after AND seen_at > :seen_after"""
_ADD = """
INSERT INTO web_session (mark, tokens, begun_at, seen_at) VALUES (:mark, :tokens, :now, :now)"""
_TAKE = """
UPDATE web_session SET renewing_at = :now
WHERE mark = :mark AND (renewing_at IS NULL OR renewing_at < :given_up) RETURNING tokens"""
_PUT = "UPDATE web_session SET tokens = :tokens, renewing_at = NULL WHERE mark = :mark RETURNING 1"


async def find(tx: Transaction, mark: bytes, begun_after: datetime, seen_after: datetime) -> Row | None:
    """A session that has not ended."""
    return await tx.one(_FIND, mark=mark, begun_after=begun_after, seen_after=seen_after)


async def add(tx: Transaction, mark: bytes, tokens: bytes, now: datetime) -> None:
    """A new session."""
    await tx.run(_ADD, {"mark": mark, "tokens": tokens, "now": now})


async def see(tx: Transaction, mark: bytes, now: datetime) -> None:
    """Somebody did something."""
    await tx.run("UPDATE web_session SET seen_at = :now WHERE mark = :mark", {"mark": mark, "now": now})


async def take(tx: Transaction, mark: bytes, now: datetime, given_up: datetime) -> bytes | None:
    """The tokens, for the one who may renew them; none while somebody else is at it."""
    rows = await tx.run(_TAKE, {"mark": mark, "now": now, "given_up": given_up})
    return bytes(rows[0].tokens) if rows else None


async def put(tx: Transaction, mark: bytes, tokens: bytes) -> bool:
    """Fresh tokens, or the same ones given back; false if the session has ended meanwhile."""
    return bool(await tx.run(_PUT, {"mark": mark, "tokens": tokens}))


async def remove(tx: Transaction, mark: bytes) -> None:
    """Nothing is left of a session."""
    await tx.run("DELETE FROM web_session WHERE mark = :mark", {"mark": mark})


async def sweep(tx: Transaction, begun_before: datetime, seen_before: datetime) -> None:
    """Forget those that have ended by themselves."""
    await tx.run("DELETE FROM web_session WHERE begun_at <= :before", {"before": begun_before})
    await tx.run("DELETE FROM web_session WHERE seen_at <= :before", {"before": seen_before})
