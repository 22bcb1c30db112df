"""One service's database while it is filled: rows copied in without indexes, everything put back afterwards."""

import io
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import asyncpg

from tests.bench.fill.rows import HEAD, TAIL, Column, Row, columns_of, read
from tests.bench.fill.sealing import Place

# What belongs to no matter, or only for a day: left as it is.
LEFT = {"alembic_version", "checkpoint", "consumer_offset", "idempotency", "parked", "relay_state", "skipped",
        "tree_head"}  # fmt: skip
_SESSION = "SET synchronous_commit = off; SET maintenance_work_mem = '512MB'"
_SEQUENCES = {("console", "matter", "revision"): "matter_revision"}

_CONSTRAINTS = """
SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', r.relname, c.conname) AS away,
       format('ALTER TABLE %I ADD CONSTRAINT %I %s', r.relname, c.conname, pg_get_constraintdef(c.oid)) AS back
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f')
  AND (r.relname = ANY($1) OR c.contype = 'f')
ORDER BY c.contype <> 'f', c.conname"""
_INDEXES = """
SELECT format('DROP INDEX %I', i.relname) AS away, pg_get_indexdef(i.oid) AS back
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
WHERE r.relnamespace = 'public'::regnamespace AND r.relname = ANY($1)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid)
ORDER BY i.relname"""
_LAYOUT = """
SELECT pg_get_indexdef(indexrelid) AS what FROM pg_index WHERE indrelid::regclass::text !~ '^pg_'
UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace ORDER BY 1"""
_OFFSETS = """
INSERT INTO consumer_offset (topic, partition, next_offset, last_time)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[])
ON CONFLICT (topic, partition) DO UPDATE SET
    next_offset = excluded.next_offset, last_time = excluded.last_time, read_from = NULL"""


class Store:
    """A service's database."""

    def __init__(self, service: str, connection: Any, columns: Mapping[str, tuple[Column, ...]]) -> None:
        self.service, self.connection, self.columns = service, connection, columns
        self._back: list[str] = []
        self._layout: list[str] = []

    @classmethod
    async def open(cls, service: str, url: str) -> "Store":
        """Connect as the service."""
        connection = await asyncpg.connect(url)
        await connection.execute(_SESSION)
        return cls(service, connection, await columns_of(connection))

    async def close(self) -> None:
        """Disconnect."""
        await self.connection.close()

    async def rows(self) -> list[Row]:
        """Every row that may belong to a matter."""
        found: list[Row] = []
        for table, columns in self.columns.items():
            if table not in LEFT:
                found += await read(self.connection, self.service, table, columns)
        return found

    async def next_values(self) -> dict[Place, int]:
        """What each counting column comes to next."""
        found: dict[Place, int] = {}
        for place in self._counting():
            name = await self._sequence(place)
            found[place] = await self.connection.fetchval(
                f"SELECT last_value + is_called::int FROM {name}"
            )  # fmt: skip
        return found

    async def set_next(self, place: Place, value: int) -> None:
        """Go on counting from a value."""
        await self.connection.execute(f"SELECT setval('{await self._sequence(place)}', {value}, false)")

    async def bare(self, tables: Collection[str]) -> None:
        """Take away what would be kept up row by row."""
        self._layout = await self._look()
        for query in (_CONSTRAINTS, _INDEXES):
            for row in await self.connection.fetch(query, list(tables)):
                await self.connection.execute(row["away"])
                self._back.insert(0, row["back"])

    async def copy(self, table: str, rows: Sequence[bytes]) -> None:
        """Append rows in the binary format."""
        data = io.BytesIO(b"".join([HEAD, *rows, TAIL]))
        names = [column.name for column in self.columns[table]]
        await self.connection.copy_to_table(table, source=data, columns=names, format="binary")

    async def restore(self) -> None:
        """Put indexes and constraints back and check that nothing else has changed; then statistics."""
        for statement in self._back:
            await self.connection.execute(statement)
        now = await self._look()
        assert now == self._layout, f"{self.service}: the layout is not what it was"
        await self.connection.execute("VACUUM ANALYZE")

    async def read_to(self, places: Sequence[tuple[str, int, int, int]]) -> None:
        """Stand at the end of these partitions."""
        if places:
            await self.connection.execute(_OFFSETS, *map(list, zip(*places, strict=True)))

    def _counting(self) -> list[Place]:
        counted = [
            Place(self.service, table, column.name)
            for table, columns in self.columns.items()
            for column in columns
            if column.counted and table not in LEFT
        ]
        return counted + [Place(*place) for place in _SEQUENCES if place[0] == self.service]

    async def _sequence(self, place: Place) -> str:
        known = _SEQUENCES.get(place)
        return known or str(
            await self.connection.fetchval("SELECT pg_get_serial_sequence($1, $2)", place.table, place.column)
        )

    async def _look(self) -> list[str]:
        return [row["what"] for row in await self.connection.fetch(_LAYOUT)]
