"""Every query about matters: insert, lock, save, find and list them; their records and looks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Executable, bindparam, select
from sqlalchemy.dialects import postgresql

from services.intake.domain.matter import Matter
from services.intake.store.rows import columns, matter_of
from services.intake.store.tables import DUTY, MATTER, RECORD, RECUSAL, REPORTER
from shared.contracts.codes import MatterState
from shared.recusals import is_recused
from shared.roster import OnDuty, duty_beside, duty_of_row
from shared.store.statements import Row, among, fixed
from shared.store.unit_of_work import Transaction

SAME_LOOK = timedelta(minutes=10)
_SEALED = ("reporter_id", "sealed_title", "sealed_content")
_FIXED = ("org_code", "window_id", "channel", "source_ref", "received_at", "particulars", "erased_at")
_OPEN = [column for column in MATTER.columns if column.name not in _SEALED]
_CHANGING = [column for column in _OPEN if column.name not in _FIXED]


def _names(chosen: Iterable[Any], prefix: str = "") -> str:
    return ", ".join(prefix + column.name for column in chosen)


def _recordset(chosen: Iterable[Any]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    typed = ", ".join(f"{column.name} {column.type.compile(dialect)}" for column in chosen)
    return f"jsonb_to_recordset(CAST(:matters AS jsonb)) AS r({typed})"


_GIVEN = """unnest(
    CAST(:ids AS uuid[]), CAST(:reporters AS uuid[]), CAST(:keys AS bytea[]), CAST(:identities AS bytea[]),
    CAST(:titles AS bytea[]), CAST(:contents AS bytea[])
) AS sealed(matter_id, reporter_id, data_key, identity, title, content)"""
_ADD = f"""
INSERT INTO matter ({_names(_OPEN)}, reporter_id, sealed_title, sealed_content)
SELECT {_names(_OPEN, "r.")}, sealed.reporter_id, sealed.title, sealed.content
FROM {_recordset(_OPEN)} JOIN {_GIVEN} USING (matter_id)"""
_ADD_REPORTER = f"""
INSERT INTO reporter (reporter_id, data_key, sealed_identity) SELECT reporter_id, data_key, identity FROM {_GIVEN}"""
# One statement: matters whose channel and source reference are known already stay out, and so do their reporters.
_ADD_NEW = f"""
WITH added AS (
    {_ADD}
    ON CONFLICT (channel, source_ref) WHERE source_ref IS NOT NULL DO NOTHING
    RETURNING matter_id
), reporters AS (
    {_ADD_REPORTER} JOIN added USING (matter_id)
)
SELECT matter_id FROM added"""

_UPDATE = f"""
UPDATE matter AS m SET {", ".join(f"{column.name} = r.{column.name}" for column in _CHANGING[1:])}
FROM {_recordset(_CHANGING)} WHERE m.matter_id = r.matter_id"""

_FILL = """
WITH identity AS (UPDATE reporter SET sealed_identity = :identity WHERE reporter_id = :reporter)
UPDATE matter SET particulars = CAST(:particulars AS jsonb), sealed_title = :title, sealed_content = :content
WHERE matter_id = :matter"""

_ERASE = """
WITH reporter AS (
    UPDATE reporter SET data_key = :key, sealed_identity = :identity, erased_at = :now WHERE reporter_id = :reporter
), records AS (
    UPDATE record SET sealed_words = :words WHERE matter_id = :matter
)
UPDATE matter SET sealed_title = :title, sealed_content = :content, erased_at = :now WHERE matter_id = :matter"""

_ADD_RECORD = """
INSERT INTO record (record_id, matter_id, kind, round, codes, sealed_words, recorded_by, recorded_at)
VALUES (:record_id, :matter_id, :kind, :round, CAST(:codes AS jsonb), :sealed_words, :recorded_by, :recorded_at)"""

# Told anew only when the last look told is older than ten minutes.
_LOOK = """
INSERT INTO look AS l (matter_id, viewer_id, field_group, purpose, looked_at)
VALUES (:matter, :viewer, :group, :purpose, :now)
ON CONFLICT (matter_id, viewer_id, field_group, purpose) DO UPDATE SET looked_at = excluded.looked_at
WHERE l.looked_at <= :before RETURNING 1"""


_ON_DUTY, _TODAY = duty_beside(DUTY, MATTER.c.window_id)
_RECUSED = is_recused(RECUSAL, MATTER.c.matter_id).label("is_recused")
_FILES = (
    select(MATTER, REPORTER.c.data_key, REPORTER.c.sealed_identity, _RECUSED, *_ON_DUTY)
    .join(REPORTER, REPORTER.c.reporter_id == MATTER.c.reporter_id)
    .outerjoin(DUTY, _TODAY)
)
_OWN = _FILES.where(MATTER.c.matter_id == bindparam("matter"), MATTER.c.window_id == bindparam("window"))
_LOCK = fixed(_OWN.with_for_update(of=MATTER))
_HOLD = fixed(_OWN.with_for_update(of=MATTER, read=True))
_LOCK_MANY = "SELECT * FROM matter WHERE matter_id = ANY(CAST(:ids AS uuid[])) ORDER BY matter_id FOR UPDATE"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What belongs to a matter and is not open: the reporter's key and what is sealed under it."""

    reporter_id: UUID
    data_key: bytes
    identity: bytes
    title: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class NewMatter:
    """A matter on its way in."""

    matter: Matter
    sealed: Sealed
    particulars: dict[str, Any] = field(default_factory=dict)


class File(NamedTuple):
    """A matter as a command or a reader finds it, with who is on duty at its window today."""

    matter: Matter
    sealed: Sealed
    particulars: dict[str, Any]
    duty: OnDuty | None
    erased_at: datetime | None = None
    is_recused: bool = False


class Record(NamedTuple):
    """A line of the record of handling (办理记录)."""

    record_id: UUID
    matter_id: UUID
    kind: str
    round: int
    codes: dict[str, Any]
    sealed_words: bytes
    recorded_by: str
    recorded_at: datetime


def add(tx: Transaction, new: NewMatter) -> None:
    """Insert a matter that has no source reference, with its reporter."""
    given = _columns([new])
    tx.write(_ADD, given)
    tx.write(_ADD_REPORTER, given)


async def add_new(tx: Transaction, given: Sequence[NewMatter]) -> set[UUID]:
    """Insert matters with their reporters; what has the same channel and source reference is left out."""
    return {row.matter_id for row in await tx.run(_ADD_NEW, _columns(given))}


def _columns(given: Sequence[NewMatter]) -> dict[str, Any]:
    sealed = [new.sealed for new in given]
    return {
        "matters": orjson.dumps([columns(new.matter) | {"particulars": new.particulars} for new in given]).decode(),
        "ids": [new.matter.id for new in given],
        "reporters": [each.reporter_id for each in sealed],
        "keys": [each.data_key for each in sealed],
        "identities": [each.identity for each in sealed],
        "titles": [each.title for each in sealed],
        "contents": [each.content for each in sealed],
    }


async def lock(tx: Transaction, matter_id: UUID, window_id: str | None, day: date) -> File | None:
    """One matter of a window for a command, locked."""
    return await _held(tx, _LOCK, matter=matter_id, window=window_id, day=day)


async def hold(tx: Transaction, matter_id: UUID, window_id: str, day: date) -> File | None:
    """Another matter of the window, kept as it is until the command is done."""
    return await _held(tx, _HOLD, matter=matter_id, window=window_id, day=day)


async def find(tx: Transaction, chosen: ColumnElement[bool], day: date, hold: bool = False) -> File | None:
    """One matter for a reader; with `hold` it stays as it is until the reader is done, its key above all."""
    query = _FILES.where(chosen)
    return await _held(tx, query.with_for_update(of=MATTER, read=True) if hold else query, day=day)


async def find_locked(tx: Transaction, chosen: ColumnElement[bool], day: date) -> File | None:
    """One matter for a command of somebody above the window, locked."""
    return await _held(tx, _FILES.where(chosen).with_for_update(of=MATTER), day=day)


async def _held(tx: Transaction, query: Executable | str, day: date, **given: Any) -> File | None:
    """A row that was waited for is the newest, but not what is joined to it: after an erasure that is the old key."""
    given |= {"day": day, "account": tx.actor.id}
    row = await tx.one(query, **given)
    if row is not None and row.erased_at is not None:
        row = await tx.one(query, **given)
    return _file(row, day) if row else None


async def locked_many(tx: Transaction, matter_ids: Collection[UUID]) -> dict[UUID, Matter]:
    """The matters of a batch, locked in one order everywhere."""
    if not matter_ids:
        return {}
    return {row.matter_id: matter_of(row) for row in await tx.all(_LOCK_MANY, ids=list(matter_ids))}


async def save(tx: Transaction, matters: Collection[Matter]) -> None:
    """Write matters that were locked before, in one statement."""
    if matters:
        rows = [columns(matter) for matter in sorted(matters, key=lambda matter: matter.id)]
        tx.write(_UPDATE, {"matters": orjson.dumps(rows).decode()})


async def fill(tx: Transaction, matter_id: UUID, sealed: Sealed, particulars: dict[str, Any]) -> None:
    """Put in what the registration form adds to something received earlier."""
    await tx.run(
        _FILL,
        {"identity": sealed.identity, "reporter": sealed.reporter_id, "title": sealed.title, "content": sealed.content,
         "particulars": orjson.dumps(particulars).decode(), "matter": matter_id},
    )  # fmt: skip


async def erase(tx: Transaction, matter_id: UUID, sealed: Sealed, words: bytes) -> None:
    """Put what is sealed under a new key in the place of everything sealed under the old one, and that key with it."""
    await tx.run(
        _ERASE,
        {"key": sealed.data_key, "identity": sealed.identity, "reporter": sealed.reporter_id, "title": sealed.title,
         "content": sealed.content, "words": words, "matter": matter_id, "now": tx.now},
    )  # fmt: skip


async def add_record(tx: Transaction, record: Record) -> None:
    """Append to the record of handling."""
    tx.write(_ADD_RECORD, record._asdict() | {"codes": orjson.dumps(record.codes).decode()})


async def records(tx: Transaction, matter_id: UUID) -> Sequence[Record]:
    """The record of handling, oldest first."""
    query = select(RECORD).where(RECORD.c.matter_id == matter_id).order_by(RECORD.c.recorded_at, RECORD.c.record_id)
    return [Record(**row) for row in await tx.all(query)]


async def page(
    tx: Transaction, chosen: Iterable[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Matter]:
    """The next matters, newest first."""
    query = select(MATTER).where(*chosen).order_by(MATTER.c.matter_id.desc()).limit(limit)
    if after is not None:
        query = query.where(MATTER.c.matter_id < after)
    return [matter_of(row) for row in await tx.all(query)]


async def titles(tx: Transaction, ids: Collection[UUID], visible: ColumnElement[bool]) -> Sequence[Row]:
    """Sealed titles with their keys."""
    return await tx.all(
        select(MATTER.c.matter_id, MATTER.c.sealed_title, REPORTER.c.data_key)
        .join(REPORTER, REPORTER.c.reporter_id == MATTER.c.reporter_id)
        .where(visible, among(MATTER.c.matter_id, ids))
    )


async def is_new_look(tx: Transaction, matter_id: UUID, field_group: str, purpose: str) -> bool:
    """Whether this look at personal data has to be told."""
    given = {"matter": matter_id, "viewer": tx.actor.id, "group": field_group, "purpose": purpose, "now": tx.now}
    return (await tx.run(_LOOK, given | {"before": tx.now - SAME_LOOK})) != []


async def register_numbers(tx: Transaction, window_id: str, states: Iterable[MatterState]) -> dict[str, list[str]]:
    """The register numbers of a window's matters in these states, by state and in their order."""
    rows = await tx.all(
        "SELECT state, register_no FROM matter WHERE window_id = :window AND state = ANY(:states) ORDER BY matter_id",
        window=window_id, states=[state.value for state in states],
    )  # fmt: skip
    numbers: dict[str, list[str]] = {}
    for row in rows:
        numbers.setdefault(row.state, []).append(row.register_no)
    return numbers


def _file(row: Row, day: date) -> File:
    sealed = Sealed(row.reporter_id, row.data_key, row.sealed_identity, row.sealed_title, row.sealed_content)
    return File(matter_of(row), sealed, row.particulars, duty_of_row(row, day), row.erased_at, row.is_recused)
