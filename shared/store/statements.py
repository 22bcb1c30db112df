"""Statements on their way to the driver: SQL with `:name` parameters or Core constructs become `$1, $2 …` and a list.

asyncpg is called directly: SQLAlchemy's own way to it costs 0.2–0.3 ms more for each statement. Its compiler is used
with its cache, by the call that its engine makes (private: the version is pinned, a test guards it).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import asyncpg
import orjson
from sqlalchemy import ColumnElement, Executable, Select, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import asyncpg as driver
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.util import LRUCache

# A peer that vanished without a word must not keep its locks, nor we wait for it, longer than this.
SERVER = {
    "jit": "off",
    # Everything a service asks for stands in an index. A plan made while a table was small is kept for long: let it not
    # be one that reads the whole table; and planning each time anew would cost more than the statement.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "60s",
}

Parameters = Mapping[str, Any]
Ready = tuple[str, list[Any]]

_DIALECT = driver.dialect(json_serializer=lambda value: orjson.dumps(value).decode())  # type: ignore[no-untyped-call]
_COMPILED: Any = LRUCache(2000)
_NAME = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_NUMBER = re.compile(r"\$(\d+)")


class Row(asyncpg.Record):  # type: ignore[misc]
    """A row whose columns are attributes; also a mapping and a tuple."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def ready(statement: Executable | str, params: Parameters) -> Ready:
    """SQL and arguments as the driver takes them."""
    if isinstance(statement, str):
        sql, names = _numbered(statement)
        return sql, [params[name] for name in names]
    return _compiled(statement, params)


def together(writes: Sequence[Ready], last: Ready | None) -> Ready:
    """Several writes as one statement; only `last` may have data-modifying parts of its own.

    They see the same snapshot and run in no certain order: no two of them may touch the same row.
    """
    if last is None and len(writes) == 1:
        return writes[0]
    parts = [*writes] if last is None else [*writes, last]
    sql = _joined(tuple(sql for sql, _ in parts), tuple(len(args) for _, args in parts), last is not None)
    return sql, [value for _, args in parts for value in args]


def among(column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """`column = ANY(array)`: the same statement however many values there are, unlike `in_`."""
    return column == any_(literal(list(values), ARRAY(column.type)))


def fixed(statement: Select[Any]) -> str:
    """A Core statement that is always the same but for its `bindparam`s, compiled once into SQL with `:name`s."""
    return str(statement.compile(dialect=PGDialect(paramstyle="named")))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=2000)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    names: dict[str, int] = {}
    sql = _NAME.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", statement)
    return sql, tuple(names)


@lru_cache(maxsize=2000)
def _joined(statements: tuple[str, ...], counts: tuple[int, ...], has_last: bool) -> str:
    shifted, before = [], 0
    for sql, count in zip(statements, counts, strict=True):
        shift = before
        shifted.append(_NUMBER.sub(lambda found, shift=shift: f"${int(found[1]) + shift}", sql).strip())  # type: ignore[misc]
        before += count
    last = shifted.pop() if has_last else "SELECT 1"
    named = ",\n".join(f"w{number} AS ({sql})" for number, sql in enumerate(shifted))
    if not named:
        return last
    return f"WITH {named},\n{last[5:]}" if last.upper().startswith("WITH ") else f"WITH {named}\n{last}"


def _compiled(statement: Any, params: Parameters) -> Ready:
    compiled, extracted, collected, _ = statement._compile_w_cache(
        dialect=_DIALECT, compiled_cache=_COMPILED, column_keys=sorted(params), for_executemany=False,
        schema_translate_map=None,
    )  # fmt: skip
    values = compiled.construct_params(
        dict(params), extracted_parameters=extracted, escape_names=False, _collected_params=collected
    )
    sql, names, processors = compiled.string, compiled.positiontup, compiled._bind_processors
    if compiled.literal_execute_params or compiled.post_compile_params:
        expanded = compiled._process_parameters_for_postcompile(values)
        sql, names, processors = expanded.statement, expanded.positiontup, {**processors, **expanded.processors}
    return sql, [processors[name](values[name]) if name in processors else values[name] for name in names]
