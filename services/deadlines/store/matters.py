"""Loading and saving matters with their clocks and timers, a whole batch in few statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.matter import MatterClocks
from services.deadlines.store.rows import (
    COLUMNS,
    JSON,
    PLAIN,
    clock_from_row,
    clock_to_row,
    facts_from_json,
    facts_to_json,
)
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

Changes = Sequence[tuple[Clock | None, Clock]]

_READ = "SELECT matter_id, org_code, window_id, facts::text AS facts FROM matter WHERE matter_id = ANY(:ids)"
_LOCK = """
SELECT matter_id, org_code, window_id, facts::text AS facts
FROM matter WHERE matter_id = ANY(:ids) ORDER BY matter_id FOR UPDATE"""
# Without ON CONFLICT: a matter that another process began since our look makes the batch be done again.
_BEGIN = """
INSERT INTO matter (matter_id, org_code, window_id, facts)
SELECT matter_id, org_code, window_id, CAST(facts AS jsonb)
FROM unnest(CAST(:ids AS uuid[]), CAST(:orgs AS text[]), CAST(:windows AS text[]), CAST(:facts AS text[]))
     AS m(matter_id, org_code, window_id, facts)"""
_SELECT = f"SELECT {', '.join([*PLAIN, *(f'{name}::text AS {name}' for name in JSON)])} FROM deadline d"
_ALL_CLOCKS = f"{_SELECT} WHERE matter_id = ANY(:ids)"
# OFFSET 0 keeps the planner from joining by a scan of the whole table while it is small.
_CLOCKS = f"""
SELECT found.* FROM unnest(CAST(:ids AS uuid[]), CAST(:rules AS text[])) AS w(matter_id, rule)
CROSS JOIN LATERAL ({_SELECT} WHERE d.matter_id = w.matter_id AND d.rule = w.rule OFFSET 0) AS found"""
# Steps stand in their order, and the paper of the last one goes out last.
_COUNTED_OVER = """
SELECT DISTINCT matter_id FROM deadline
WHERE stopped_at IS NULL
  AND (provisional OR due_at >= CAST(:since AS timestamptz)
       OR CAST(steps -> -1 ->> 2 AS timestamptz) >= CAST(:since AS timestamptz))
ORDER BY matter_id"""
_SAVE_FACTS = """
UPDATE matter m SET facts = CAST(s.facts AS jsonb)
FROM unnest(CAST(:ids AS uuid[]), CAST(:facts AS text[])) AS s(matter_id, facts)
WHERE m.matter_id = s.matter_id"""
_TYPES = {
    "id": "uuid", "matter_id": "uuid", "order_id": "uuid", "round": "int", "started_at": "timestamptz",
    "due_at": "timestamptz", "provisional": "boolean", "stopped_at": "timestamptz", "rule_version": "int",
}  # fmt: skip
_CHANGING = COLUMNS[COLUMNS.index("round") :]


def _typed(name: str) -> str:
    return f"CAST(s.{name} AS jsonb)" if name in JSON else f"s.{name}"


def _arrays(columns: Sequence[str]) -> str:
    arrays = ", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'text')}[])" for name in columns)
    return f"unnest({arrays}) AS s({', '.join(columns)})"


_INSERT_CLOCKS = f"""
INSERT INTO deadline ({", ".join(COLUMNS)})
SELECT {", ".join(map(_typed, COLUMNS))} FROM {_arrays(COLUMNS)}"""
_UPDATE_CLOCKS = f"""
UPDATE deadline d SET {", ".join(f"{name} = {_typed(name)}" for name in _CHANGING)}
FROM {_arrays(("id", *_CHANGING))} WHERE d.id = s.id"""
_DROP_TIMERS = "DELETE FROM timer WHERE deadline_id = ANY(:ids)"
_SET_TIMERS = """
INSERT INTO timer (deadline_id, at, matter_id)
SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:moments AS timestamptz[]), CAST(:matters AS uuid[]))
ON CONFLICT (deadline_id) DO UPDATE SET at = excluded.at"""


@dataclass(frozen=True, slots=True)
class Touched:
    """A matter that a batch touches: where it belongs, and the rules whose clocks are needed."""

    org_code: str
    window_id: str
    rules: frozenset[str]


async def locked(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, MatterClocks]:
    """These matters with all their clocks, locked in one order everywhere."""
    rows = await _lock(tx, ids)
    return _matters(rows, await tx.all(_ALL_CLOCKS, ids=[row.matter_id for row in rows]))


async def read(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, MatterClocks]:
    """The same as they are, nobody kept waiting: for a look at what would become of them."""
    return _matters(await tx.all(_READ, ids=ids), await tx.all(_ALL_CLOCKS, ids=ids))


async def counted_over(tx: Transaction, since: datetime | None) -> list[UUID]:
    """The matters, in their order, of open clocks that are provisional or have something due from then on, if ever."""
    return [row.matter_id for row in await tx.all(_COUNTED_OVER, since=since)]


async def locked_touched(tx: Transaction, touched: Mapping[UUID, Touched]) -> dict[UUID, MatterClocks]:
    """Those of these matters that are known, with the clocks needed."""
    rows = await _lock(tx, touched)
    pairs = [(row.matter_id, rule) for row in rows for rule in touched[row.matter_id].rules]
    if not pairs:
        return {}
    ids, rules = map(list, zip(*pairs, strict=True))
    return _matters(rows, await tx.all(_CLOCKS, ids=ids, rules=rules))


async def _lock(tx: Transaction, ids: Iterable[UUID]) -> Sequence[Row]:
    wanted = sorted(set(ids))
    return await tx.all(_LOCK, ids=wanted) if wanted else []


def _matters(rows: Iterable[Row], clocks: Iterable[Row]) -> dict[UUID, MatterClocks]:
    known: dict[UUID, dict[UUID, Clock]] = {}
    for clock in map(clock_from_row, clocks):
        known.setdefault(clock.matter_id, {})[clock.id] = clock
    return {
        row.matter_id: MatterClocks(
            row.matter_id, row.org_code, row.window_id, facts_from_json(row.facts), known.get(row.matter_id, {})
        )
        for row in rows
    }


def save(tx: Transaction, before: Mapping[UUID, MatterClocks], after: Collection[MatterClocks]) -> None:
    """Write what changed: facts, clocks, and the timers of steps still to come; what was not there before begins."""
    changed = [
        (before.get(matter.matter_id) or MatterClocks(matter.matter_id, matter.org_code, matter.window_id), matter)
        for matter in after
        if before.get(matter.matter_id) is not matter and matter.facts
    ]
    changed.sort(key=lambda pair: pair[1].matter_id)
    clocks = [
        (old.clocks.get(clock.id), clock)
        for old, new in changed
        for clock in new.clocks.values()
        if old.clocks.get(clock.id) is not clock
    ]
    _begin(tx, [new for _, new in changed if new.matter_id not in before])
    _save_facts(tx, [new for old, new in changed if new.matter_id in before and old.facts is not new.facts])
    _save_clocks(tx, _INSERT_CLOCKS, COLUMNS, [new for old, new in clocks if old is None])
    _save_clocks(tx, _UPDATE_CLOCKS, ("id", *_CHANGING), [new for old, new in clocks if old is not None])
    _save_timers(tx, clocks)


def _begin(tx: Transaction, fresh: Sequence[MatterClocks]) -> None:
    if fresh:
        orgs, windows = [matter.org_code for matter in fresh], [matter.window_id for matter in fresh]
        tx.write(_BEGIN, _facts(fresh) | {"orgs": orgs, "windows": windows})


def _save_facts(tx: Transaction, told: Sequence[MatterClocks]) -> None:
    if told:
        tx.write(_SAVE_FACTS, _facts(told))


def _facts(of: Sequence[MatterClocks]) -> dict[str, list[Any]]:
    return {"ids": [matter.matter_id for matter in of], "facts": [facts_to_json(matter.facts) for matter in of]}


def _save_clocks(tx: Transaction, statement: str, names: Sequence[str], clocks: Sequence[Clock]) -> None:
    if clocks:
        columns = dict(zip(COLUMNS, map(list, zip(*map(clock_to_row, clocks), strict=True)), strict=True))
        tx.write(statement, {name: columns[name] for name in names})


def _save_timers(tx: Transaction, clocks: Changes) -> None:
    moments = [(old and old.next_at, new.next_at, new) for old, new in clocks]
    gone = [clock.id for before, after, clock in moments if before and not after]
    if gone:
        tx.write(_DROP_TIMERS, {"ids": gone})
    due = [(clock.id, after, clock.matter_id) for before, after, clock in moments if after and after != before]
    if due:
        ids, ats, matters = map(list, zip(*due, strict=True))
        tx.write(_SET_TIMERS, {"ids": ids, "moments": ats, "matters": matters})
