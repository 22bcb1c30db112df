"""Insert or replace rows by their primary key: one statement a table, from arrays, however many rows there are."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.base import PGDialect

from shared.store.unit_of_work import Transaction

Rows = Sequence[Mapping[str, Any]]


def upsert(tx: Transaction, table: Table, rows: Rows, fixed: frozenset[str] = frozenset()) -> None:
    """Write rows that all have the same columns, each key once; columns named in `fixed` are only inserted.

    Done with the next statement or the commit, in the order of the keys, so that no two writers wait for each other.
    """
    if rows:
        keys = [column.name for column in table.primary_key]
        rows = sorted(rows, key=lambda row: [str(row[key]) for key in keys])
        names = tuple(rows[0])
        columns = {name: [_plain(table, name, row[name]) for row in rows] for name in names}
        tx.write(_statement(table, names, fixed), columns)


def _plain(table: Table, name: str, value: Any) -> Any:
    if isinstance(table.c[name].type, JSONB | ARRAY) and value is not None:
        return orjson.dumps(value).decode()  # arrays too: unnest would take arrays of arrays apart
    return value


@lru_cache(maxsize=200)
def _statement(table: Table, names: tuple[str, ...], fixed: frozenset[str]) -> str:
    keys = [column.name for column in table.primary_key]
    changing = [f"{name} = excluded.{name}" for name in names if name not in keys and name not in fixed]
    return (
        f'INSERT INTO "{table.name}" ({", ".join(names)})'
        f" SELECT {', '.join(_read(table, name) for name in names)}"
        f" FROM unnest({', '.join(_given(table, name) for name in names)}) AS n({', '.join(names)})"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changing)}"
    )


def _given(table: Table, name: str) -> str:
    kind = table.c[name].type
    sent = "text" if isinstance(kind, JSONB | ARRAY) else kind.compile(PGDialect())  # type: ignore[no-untyped-call]
    return f"CAST(:{name} AS {sent}[])"


def _read(table: Table, name: str) -> str:
    if isinstance(table.c[name].type, JSONB):
        return f"CAST(n.{name} AS jsonb)"
    kind = table.c[name].type
    if isinstance(kind, ARRAY):
        array = kind.compile(PGDialect())  # type: ignore[no-untyped-call]
        return f"CAST(ARRAY(SELECT jsonb_array_elements_text(CAST(n.{name} AS jsonb))) AS {array})"
    return f"n.{name}"
