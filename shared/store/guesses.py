"""Misses of look-ups that could be tried out, counted by the minute under keyed hashes of who asked."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, MetaData, Table

from shared.store.secrecy import KEYED_HASH
from shared.store.unit_of_work import Transaction

KEPT = timedelta(days=1)

_COUNT = """
INSERT INTO guess AS g (who, minute, misses) VALUES (:who, date_trunc('minute', CAST(:at AS timestamptz)), 1)
ON CONFLICT (who, minute) DO UPDATE SET misses = g.misses + 1"""
_MISSED = "SELECT coalesce(sum(misses), 0) AS misses FROM guess WHERE who = :who AND minute > :since"
_TAKE_BACK = """
UPDATE guess SET misses = misses - 1
WHERE who = ANY(CAST(:who AS bytea[])) AND minute = date_trunc('minute', CAST(:at AS timestamptz)) AND misses > 0"""
_FORGET = "DELETE FROM guess WHERE minute < :before"


def guess_table(metadata: MetaData) -> Table:
    """The table, in the database of a service that has such look-ups."""
    return Table(
        "guess",
        metadata,
        Column("who", LargeBinary, primary_key=True, info=KEYED_HASH),
        Column("minute", DateTime(timezone=True), primary_key=True),
        Column("misses", Integer, nullable=False),
        Index("ix_guess_minute", "minute"),
    )


async def count(tx: Transaction, who: Collection[bytes], at: datetime) -> None:
    """Count one more of each, and forget what is a day old."""
    for mark in sorted(who):
        await tx.run(_COUNT, {"who": mark, "at": at})
    await tx.run(_FORGET, {"before": at - KEPT})


async def missed(tx: Transaction, who: bytes, since: datetime) -> int:
    """How often somebody missed since then."""
    row = await tx.one(_MISSED, who=who, since=since)
    return int(row.misses) if row else 0


async def take_back(tx: Transaction, who: Collection[bytes], at: datetime) -> None:
    """What was counted at that moment was no miss."""
    await tx.run(_TAKE_BACK, {"who": list(who), "at": at})
