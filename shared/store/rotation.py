"""Bringing what a database keeps under the master key in use, batch by batch, while the service is at work.

A row that a command changed meanwhile is left alone: what it wrote came under the key in use. Done again, this finds
nothing left to do; broken off, it goes on where it was.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql.base import PGDialect

from shared.store.secrecy import CONTEXT, context_of
from shared.store.statements import Row
from shared.store.unit_of_work import Database, Transaction, is_passing
from shared.store.vault import Vault

BATCH = 500
ATTEMPTS = 5


@dataclass
class Tally:
    """How many values of a column are under which master key, by its age (0: the one in use); how many were moved."""

    column: Column[Any]
    by_age: Counter[int] = field(default_factory=Counter)
    unknown: int = 0
    moved: int = 0

    @property
    def older(self) -> int:
        """How many are not under the key in use."""
        return self.by_age.total() - self.by_age[0]


async def sizes(database: Database, columns: Sequence[Column[Any]]) -> int:
    """How many values there are to look at."""
    counts = [select(func.count(column)).select_from(column.table) for column in columns]
    async with database.reading() as tx:
        rows = [await tx.one(count) for count in counts]
    return sum(row[0] for row in rows if row)


async def look(database: Database, vault: Vault, column: Column[Any], seen: Callable[[int], Any]) -> Tally:
    """Which master keys a column's values are under."""
    return await _through(database, vault, column, seen, write=False)


async def move(database: Database, vault: Vault, column: Column[Any], seen: Callable[[int], Any]) -> Tally:
    """The same, and whatever is under an older one comes under the one in use."""
    return await _through(database, vault, column, seen, write=True)


async def _through(
    database: Database, vault: Vault, column: Column[Any], seen: Callable[[int], Any], write: bool
) -> Tally:
    tally, after = Tally(column), None
    while rows := await _batch(database, column, after):
        wanted = [(row, new) for row in rows if (new := _new(vault, column, row, tally)) is not None]
        if write and wanted:
            tally.moved += await _patiently(database, column, wanted)
        seen(len(rows))
        after = rows[-1]
    return tally


def _new(vault: Vault, column: Column[Any], row: Row, tally: Tally) -> bytes | None:
    """What is to stand in the place of a value; none where it can stay."""
    try:
        age, new = (
            vault.reseal(row.held, context_of(column, **row)) if CONTEXT in column.info else vault.rewrap(row.held)
        )
    except InvalidTag:
        tally.unknown += 1
        return None
    tally.by_age[age] += 1
    return new if age else None


async def _batch(database: Database, column: Column[Any], after: Row | None) -> Sequence[Row]:
    keys = list(column.table.primary_key)
    query = select(*keys, column.label("held")).where(column.is_not(None)).order_by(*keys).limit(BATCH)
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*(literal(after[key.name], key.type) for key in keys)))
    async with database.reading() as tx:
        return await tx.all(query)


async def _patiently(database: Database, column: Column[Any], wanted: Sequence[tuple[Row, bytes]]) -> int:
    for attempt in range(ATTEMPTS):
        try:
            async with database.transaction() as tx:
                return await _put(tx, column, wanted)
        except Exception as error:  # a command got in between: it goes first
            if not is_passing(error) or attempt == ATTEMPTS - 1:
                raise
            await asyncio.sleep(0.1 * 2**attempt)
    raise AssertionError("unreachable")


async def _put(tx: Transaction, column: Column[Any], wanted: Sequence[tuple[Row, bytes]]) -> int:
    keys = list(column.table.primary_key)
    names = ", ".join(f'"{key.name}"' for key in keys)
    types = [key.type.compile(PGDialect()) for key in keys]  # type: ignore[no-untyped-call]
    given = ", ".join(f"CAST(:key_{place} AS {kind}[])" for place, kind in enumerate(types))
    same = " AND ".join(f't."{key.name}" = n."{key.name}"' for key in keys)
    values: Mapping[str, Any] = {
        f"key_{place}": [row[key.name] for row, _ in wanted] for place, key in enumerate(keys)
    }  # fmt: skip
    statement = f"""
        UPDATE "{column.table.name}" AS t SET {column.name} = n.becomes
        FROM unnest({given}, CAST(:was AS bytea[]), CAST(:becomes AS bytea[])) AS n({names}, was, becomes)
        WHERE {same} AND t.{column.name} = n.was RETURNING 1"""
    held = {"was": [row.held for row, _ in wanted], "becomes": [new for _, new in wanted]}
    return len(await tx.run(statement, {**values, **held}))
