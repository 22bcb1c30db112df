"""Writing a batch: one statement a table, rows sorted, from arrays (unnest): a few round trips in all."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from services.console.domain import Changes
from services.console.store.tables import CLOCK, LETTER, MATTER, ORDER, STEP, UNIT, WINDOW
from shared.store.unit_of_work import Transaction

REVISIONS = 0x72657669  # advisory lock: revisions are drawn in the order in which they become visible

Rows = Sequence[Mapping[str, Any]]


async def save(tx: Transaction, changes: Changes) -> None:
    """Write what the batch amounts to; matters last, because only they need the lock for their revisions."""
    await _save_lines(tx, changes)
    await _upsert(tx, ORDER, [{"order_id": key, **row} for key, row in sorted(changes.orders.items())])
    await _upsert(tx, CLOCK, [{"deadline_id": key, **row} for key, row in sorted(changes.clocks.items())])
    steps = sorted(changes.steps.items())
    await _upsert(tx, STEP, [{"deadline_id": key[0], "level": key[1], **row} for key, row in steps])
    _save_letters(tx, changes)
    if changes.matters:
        await _upsert(tx, MATTER, [{"matter_id": key, **row} for key, row in sorted(changes.matters.items())])


async def save_names(tx: Transaction, units: Mapping[str, str], windows: Mapping[str, tuple[str, str]]) -> None:
    """The latest name of each unit and window."""
    await _upsert(tx, UNIT, [{"unit_id": key, "name": name} for key, name in sorted(units.items())])
    rows = [{"window_id": key, "org_code": org, "name": name} for key, (org, name) in sorted(windows.items())]
    await _upsert(tx, WINDOW, rows)


async def _upsert(tx: Transaction, table: Table, rows: Rows) -> None:
    if rows:
        names = _written(table)
        tx.write(_statement(table), {name: [row.get(name) for row in rows] for name in names})


@cache
def _written(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name != "revision")


@cache
def _statement(table: Table) -> str:
    """Insert or fill in: a column that the batch does not name keeps what it has."""
    names, keys = _written(table), [column.name for column in table.primary_key]
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    arrays = ", ".join(f"CAST(:{name} AS {table.c[name].type.compile(dialect)}[])" for name in names)
    columns, drawn, first = ", ".join(names), "", ""
    changed = [_change(name) for name in names if name not in keys]
    if "revision" in table.c:
        # A listener reads on from the last revision it saw: one that commits late with a lower number would be lost.
        columns, drawn = columns + ", revision", ", nextval('matter_revision')"
        first = f"(SELECT pg_advisory_xact_lock({REVISIONS}) OFFSET 0) AS locked, "
        changed.append("revision = excluded.revision")
    return (
        f"INSERT INTO {table.name} AS t ({columns}) SELECT n.*{drawn}"
        f" FROM {first}unnest({arrays}) AS n({', '.join(names)})"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changed)}"
    )


def _change(name: str) -> str:
    if name == "updated_at":
        return "updated_at = greatest(excluded.updated_at, t.updated_at)"
    if name == "stopped_at":
        return "stopped_at = CASE WHEN excluded.runs THEN NULL ELSE coalesce(excluded.stopped_at, t.stopped_at) END"
    return f"{name} = coalesce(excluded.{name}, t.{name})"


async def _save_lines(tx: Transaction, changes: Changes) -> None:
    lines = sorted(changes.lines, key=lambda line: (line.matter_id, line.source, line.sequence))
    if lines:
        columns: dict[str, Iterable[Any]] = {
            name: [getattr(line, name) for line in lines] for name in _LINE if name != "facts"
        }
        tx.write(_LINES, {**columns, "facts": [orjson.dumps(line.facts).decode() for line in lines]})


def _save_letters(tx: Transaction, changes: Changes) -> None:
    told = {key: not row["runs"] for key, row in sorted(changes.clocks.items()) if "runs" in row}
    if letters := sorted(changes.letters.items()):
        names = [column.name for column in LETTER.columns if column.name != "settled"]
        rows = [dict(zip(names, key, strict=False)) | row for key, row in letters]
        columns = {name: [row.get(name) for row in rows] for name in names}
        settled = [told.get(key[0]) for key, _ in letters]
        tx.write(_LETTERS, {**columns, "settled": settled})
    if told:
        tx.write(_SETTLE, {"clocks": [*told], "stopped": [*told.values()]})


# What comes once more is there already, so that the two statements never touch the same row.
_LETTERS = """
INSERT INTO supervision_letter (deadline_id, level, reached_at, number, matter_id, sent_at, due_at, box, role,
                                account_id, org_code, unit_id, copy_only, settled)
SELECT n.deadline_id, n.level, n.reached_at, n.number, n.matter_id, n.sent_at, n.due_at, n.box, n.role,
       n.account_id, n.org_code, n.unit_id, n.copy_only, coalesce(n.settled,
       EXISTS (SELECT FROM clock c WHERE c.deadline_id = n.deadline_id AND c.stopped_at IS NOT NULL))
FROM unnest(CAST(:deadline_id AS uuid[]), CAST(:level AS text[]), CAST(:reached_at AS timestamptz[]),
            CAST(:number AS integer[]), CAST(:matter_id AS uuid[]), CAST(:sent_at AS timestamptz[]),
            CAST(:due_at AS timestamptz[]), CAST(:box AS text[]), CAST(:role AS text[]), CAST(:account_id AS text[]),
            CAST(:org_code AS text[]), CAST(:unit_id AS text[]), CAST(:copy_only AS boolean[]),
            CAST(:settled AS boolean[]))
     AS n(deadline_id, level, reached_at, number, matter_id, sent_at, due_at, box, role, account_id, org_code, unit_id,
          copy_only, settled)
ON CONFLICT DO NOTHING"""
_SETTLE = """
UPDATE supervision_letter l SET settled = n.stopped
FROM unnest(CAST(:clocks AS uuid[]), CAST(:stopped AS boolean[])) AS n(deadline_id, stopped)
WHERE l.deadline_id = n.deadline_id AND l.settled <> n.stopped"""

_LINE = ("matter_id", "source", "sequence", "event_id", "type", "at", "actor", "order_id", "unit_id", "facts")
_LINES = """
INSERT INTO timeline (matter_id, source, sequence, event_id, type, at, actor, order_id, unit_id, facts)
SELECT n.matter_id, n.source, n.sequence, n.event_id, n.type, n.at, n.actor, n.order_id, n.unit_id,
       CAST(n.facts AS jsonb)
FROM unnest(CAST(:matter_id AS uuid[]), CAST(:source AS text[]), CAST(:sequence AS bigint[]),
            CAST(:event_id AS text[]), CAST(:type AS text[]), CAST(:at AS timestamptz[]), CAST(:actor AS text[]),
            CAST(:order_id AS uuid[]), CAST(:unit_id AS text[]), CAST(:facts AS text[]))
     AS n(matter_id, source, sequence, event_id, type, at, actor, order_id, unit_id, facts)
ON CONFLICT DO NOTHING"""
