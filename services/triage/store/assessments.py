"""Loading and saving assessments; inner parts go through JSON with their sealed words in base64."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter
from sqlalchemy import ColumnElement, Select, Uuid, any_, bindparam, exists, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.triage.domain import Approval, Assessment, Change, Lowering, Proposal, Return
from services.triage.store.tables import ASSESSMENT, COMPARISON, DUTY, RECUSAL, WINDOW
from shared.contracts.codes import AssessmentState
from shared.recusals import is_recused
from shared.roster import OnDuty, duty_beside, duty_of_row
from shared.store.statements import Row, fixed
from shared.store.unit_of_work import Transaction
from shared.store.upsert import upsert

_FIXED = frozenset({"org_code", "window_id", "opened_at"})
_SEALED = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
_PROPOSAL = TypeAdapter[Proposal | None](Proposal | None, config=_SEALED)
_RETURNS = TypeAdapter[tuple[Return, ...]](tuple[Return, ...], config=_SEALED)
_APPROVAL = TypeAdapter[Approval | None](Approval | None, config=_SEALED)
_LOWERING = TypeAdapter[Lowering | None](Lowering | None, config=_SEALED)
_HISTORY = TypeAdapter[tuple[Change, ...]](tuple[Change, ...], config=_SEALED)


class Shown(NamedTuple):
    """An assessment with what copies add to it for a reader."""

    sheet: Assessment
    window_name: str | None
    compared: bool
    is_recused: bool = False


async def locked(tx: Transaction, matter_ids: Collection[UUID]) -> dict[UUID, Shown]:
    """The assessments of these matters, locked in one order everywhere."""
    if not matter_ids:
        return {}
    return {row.matter_id: _as_shown(row) for row in await tx.all(_LOCK_MANY, ids=list(matter_ids))}


async def locked_for(tx: Transaction, matter_id: UUID, visible: ColumnElement[bool]) -> Shown | None:
    """One assessment for a command of somebody above the window, locked."""
    query = _shown().add_columns(_RECUSED).where(visible, ASSESSMENT.c.matter_id == matter_id)
    row = await tx.one(query.with_for_update(of=ASSESSMENT), account=tx.actor.id)
    return _as_shown(row, row.is_recused) if row else None


async def locked_one(tx: Transaction, matter_id: UUID, day: date) -> tuple[Shown, OnDuty | None] | None:
    """One assessment for a command, locked, and who is on duty at its window."""
    row = await tx.one(_LOCK, matter=matter_id, day=day, account=tx.actor.id)
    return (_as_shown(row, row.is_recused), duty_of_row(row, day)) if row else None


async def find(tx: Transaction, matter_id: UUID, visible: ColumnElement[bool]) -> Shown | None:
    """One assessment, if the reader may see it."""
    query = _shown().add_columns(_RECUSED).where(visible, ASSESSMENT.c.matter_id == matter_id)
    row = await tx.one(query, account=tx.actor.id)
    return _as_shown(row, row.is_recused) if row else None


async def page(
    tx: Transaction,
    visible: ColumnElement[bool],
    lowering: bool,
    state: AssessmentState | None,
    window_id: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Shown]:
    """The next assessments in the order of their matters, oldest first."""
    query = _shown().where(visible, ~is_recused(RECUSAL, ASSESSMENT.c.matter_id, tx.actor.id))
    query = query.order_by(ASSESSMENT.c.matter_id).limit(limit)
    if lowering:
        query = query.where(ASSESSMENT.c.lowering.is_not(None))
    if state is not None:
        query = query.where(ASSESSMENT.c.state == state.value)
    if window_id is not None:
        query = query.where(ASSESSMENT.c.window_id == window_id)
    if after is not None:
        query = query.where(ASSESSMENT.c.matter_id > after)
    return [_as_shown(row) for row in await tx.all(query)]


async def save(tx: Transaction, sheets: Iterable[Assessment]) -> None:
    """Write assessments, new or locked before, in one statement."""
    rows = [_columns(sheet) for sheet in sorted(sheets, key=lambda sheet: sheet.matter_id)]
    upsert(tx, ASSESSMENT, rows, _FIXED)


def _shown() -> Select[Any]:
    compared = exists().where(COMPARISON.c.matter_id == ASSESSMENT.c.matter_id)
    return select(ASSESSMENT, WINDOW.c.name.label("window_name"), compared.label("compared")).outerjoin(
        WINDOW, WINDOW.c.window_id == ASSESSMENT.c.window_id
    )


_RECUSED = is_recused(RECUSAL, ASSESSMENT.c.matter_id).label("is_recused")
_ON_DUTY, _TODAY = duty_beside(DUTY, ASSESSMENT.c.window_id)
_LOCK = fixed(
    _shown()
    .add_columns(_RECUSED, *_ON_DUTY)
    .outerjoin(DUTY, _TODAY)
    .where(ASSESSMENT.c.matter_id == bindparam("matter"))
    .with_for_update(of=ASSESSMENT)
)
_LOCK_MANY = fixed(
    _shown()
    .where(ASSESSMENT.c.matter_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(ASSESSMENT.c.matter_id)
    .with_for_update(of=ASSESSMENT)
)


def _as_shown(row: Row, is_recused: bool = False) -> Shown:
    return Shown(_sheet(row), row.window_name, row.compared, is_recused)


def _columns(sheet: Assessment) -> dict[str, Any]:
    return {
        "matter_id": sheet.matter_id,
        "org_code": sheet.org_code,
        "window_id": sheet.window_id,
        "data_key": sheet.key,
        "opened_at": sheet.opened_at,
        "state": sheet.state.value,
        "round": sheet.round,
        "version": sheet.version,
        "proposal": _PROPOSAL.dump_python(sheet.proposal, mode="json"),
        "returns": _RETURNS.dump_python(sheet.returns, mode="json"),
        "approval": _APPROVAL.dump_python(sheet.approval, mode="json"),
        "history": _HISTORY.dump_python(sheet.history, mode="json"),
        "lowering": _LOWERING.dump_python(sheet.lowering, mode="json"),
        "blamed_unit_ids": list(sheet.blamed_unit_ids),
    }


def _sheet(row: Row) -> Assessment:
    return Assessment(
        matter_id=row.matter_id,
        org_code=row.org_code,
        window_id=row.window_id,
        key=row.data_key,
        opened_at=row.opened_at,
        state=AssessmentState(row.state),
        round=row.round,
        version=row.version,
        proposal=_PROPOSAL.validate_python(row.proposal),
        returns=_RETURNS.validate_python(row.returns),
        approval=_APPROVAL.validate_python(row.approval),
        history=_HISTORY.validate_python(row.history),
        lowering=_LOWERING.validate_python(row.lowering),
        blamed_unit_ids=tuple(row.blamed_unit_ids),
    )
