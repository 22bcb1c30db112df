"""Tables as PostgreSQL copies them, in its binary format: reading whole tables, taking their rows apart."""

import io
import struct
from dataclasses import dataclass
from typing import Any

HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
TAIL = struct.pack(">h", -1)

_COLUMNS = """
SELECT c.relname AS table, a.attname AS column, t.typname AS type, a.attidentity <> '' AS counted
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum"""


@dataclass(frozen=True)
class Column:
    """A column; `counted` if the database draws its values from a sequence."""

    name: str
    type: str
    counted: bool


@dataclass(frozen=True)
class Row:
    """A row of a table, its fields as they are on the wire."""

    service: str
    table: str
    columns: tuple[Column, ...]
    fields: tuple[bytes | None, ...]

    def __getitem__(self, name: str) -> bytes | None:
        return next(field for column, field in zip(self.columns, self.fields, strict=True) if column.name == name)

    def number(self, name: str) -> int:
        """An integer of the row."""
        return int.from_bytes(self[name] or b"", signed=True)

    def text(self, name: str) -> str:
        """A text of the row."""
        return (self[name] or b"").decode()


async def columns_of(connection: Any) -> dict[str, tuple[Column, ...]]:
    """The columns of every table, in their order."""
    found: dict[str, tuple[Column, ...]] = {}
    for row in await connection.fetch(_COLUMNS):
        found[row["table"]] = (
            *found.get(row["table"], ()), Column(row["column"], row["type"], row["counted"])
        )  # fmt: skip
    return found


async def read(connection: Any, service: str, table: str, columns: tuple[Column, ...]) -> list[Row]:
    """All rows of a table."""
    into = io.BytesIO()
    await connection.copy_from_table(table, output=into, columns=[column.name for column in columns], format="binary")
    data, at, rows = into.getvalue(), len(HEAD), []
    while data[at : at + 2] != TAIL:
        at += 2
        fields: list[bytes | None] = []
        for _ in columns:
            (length,) = struct.unpack_from(">i", data, at)
            at += 4
            fields.append(None if length < 0 else data[at : at + length])
            at += max(0, length)
        rows.append(Row(service, table, columns, tuple(fields)))
    return rows
