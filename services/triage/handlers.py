"""Commands and reactions of triage: translate, load, decide, save."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from services.triage import access, domain
from services.triage.batch import Batch
from services.triage.domain import Assessment, Correction, Judgement
from services.triage.store import assessments, copies
from services.triage.store.assessments import Shown
from services.triage.words import Pen, gone
from shared.bus.envelope import Record
from shared.contracts import Event, MatterEvent
from shared.contracts.actor import Actor
from shared.contracts.codes import AssessmentState
from shared.contracts.errors import NotFound, NotHereYet, NotYet
from shared.contracts.intake import (
    MatterAccepted,
    MatterRecusalDeclared,
    MatterRecusalLifted,
    MatterReopened,
    MatterReworkOrdered,
    ReporterErased,
    WindowOpened,
)
from shared.contracts.referral import CannotDoUpheld, ComparisonRecorded, UnitRegistered
from shared.contracts.triage import OrderDraft, ProposedUnit
from shared.recusals import require_not_recused
from shared.roster import OnDuty
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

E = TypeVar("E", bound=Event)
Right = Callable[[Actor, Assessment, OnDuty | None], None]


async def propose(
    tx: Transaction, matter_id: UUID, judgement: Judgement, note: str, reason: str | None, vault: Vault
) -> Shown:
    """研判 (T06)."""
    found = await _locked(tx, matter_id, access.may_propose)
    pen = Pen(vault, found.sheet)
    said = pen.seal("note", note), pen.seal("reason", reason)
    outcome = domain.propose(found.sheet, judgement, *said, by=tx.actor.id, now=tx.now)
    await _require_known_units(tx, judgement.units)
    return await _saved(tx, found, outcome)


async def send_back(tx: Transaction, matter_id: UUID, reason: str, vault: Vault) -> Shown:
    """退回重研 (T08)."""
    found = await _locked(tx, matter_id, access.may_send_back)
    said = Pen(vault, found.sheet).seal("reason", reason)
    return await _saved(tx, found, domain.send_back(found.sheet, said, by=tx.actor.id, now=tx.now))


async def reclassify(tx: Transaction, matter_id: UUID, to: Correction, reason: str, vault: Vault) -> Shown:
    """重新分类."""
    found = await _locked(tx, matter_id, access.may_reclassify)
    said = Pen(vault, found.sheet).seal("reason", reason)
    return await _saved(tx, found, domain.reclassify(found.sheet, to, said, by=tx.actor.id, now=tx.now))


async def approve(
    tx: Transaction, matter_id: UUID, orders: Sequence[OrderDraft], opinion: str | None, class_hint: bool, vault: Vault
) -> Shown:
    """批转 (T07)."""
    found = await _locked(tx, matter_id, access.may_approve)
    said = Pen(vault, found.sheet).seal("opinion", opinion)
    outcome = domain.approve(found.sheet, orders, said, class_hint, found.compared, by=tx.actor.id, now=tx.now)
    await _require_known_units(tx, orders)
    return await _saved(tx, found, outcome)


async def confirm_lowering(tx: Transaction, matter_id: UUID) -> Shown:
    """复核同意 that a matter is no longer 不给办."""
    found = await _overseen(tx, matter_id)
    return await _saved(tx, found, domain.confirm_lowering(found.sheet, by=tx.actor.id, now=tx.now))


async def decline_lowering(tx: Transaction, matter_id: UUID, reason: str, vault: Vault) -> Shown:
    """复核不同意."""
    found = await _overseen(tx, matter_id)
    said = Pen(vault, found.sheet).seal("reason", reason)
    return await _saved(tx, found, domain.decline_lowering(found.sheet, said, by=tx.actor.id, now=tx.now))


async def read(tx: Transaction, matter_id: UUID) -> Shown:
    """One assessment."""
    found = await assessments.find(tx, matter_id, access.visible(tx.actor))
    if found is None:
        raise NotFound
    require_not_recused(found.is_recused, tx.actor)
    return found


async def read_many(
    tx: Transaction, lowering: bool, state: AssessmentState | None, window_id: str | None, after: UUID | None,
    limit: int,
) -> Sequence[Shown]:  # fmt: skip
    """A page of assessments."""
    return await assessments.page(tx, access.visible(tx.actor), lowering, state, window_id, after, limit)


def on_accepted(batch: Batch, record: Record) -> list[Event]:
    event = _body(record, MatterAccepted)
    return batch.keep(domain.accepted(batch.sheets.get(event.matter_id), event, batch.vault.new_key()))


def on_rework_ordered(batch: Batch, record: Record) -> list[Event]:
    event = _body(record, MatterReworkOrdered)
    return batch.keep(domain.rework_ordered(_known(batch, event.matter_id), event))


def on_statement_upheld(batch: Batch, record: Record) -> list[Event]:
    event = _body(record, CannotDoUpheld)
    return batch.keep(domain.statement_upheld(_known(batch, event.matter_id), event))


def on_ended(batch: Batch, record: Record) -> list[Event]:
    event = record.event
    assert isinstance(event, MatterEvent)
    sheet = batch.sheets.get(event.matter_id)
    # Settled at the counter or refused there: intake recorded why, there is no assessment here.
    return [] if sheet is None else batch.keep(domain.ended(sheet, event))


def on_reopened(batch: Batch, record: Record) -> list[Event]:
    event = _body(record, MatterReopened)
    return batch.keep(domain.reopened(batch.sheets.get(event.matter_id), event, batch.vault.new_key()))


def on_reporter_erased(batch: Batch, record: Record) -> list[Event]:
    event = _body(record, ReporterErased)
    sheet = batch.sheets.get(event.matter_id)
    if sheet is None:
        return []
    key = batch.vault.new_key()
    return batch.keep(domain.erased(sheet, key, gone(batch.vault, sheet, key)))


def on_comparison(batch: Batch, record: Record) -> None:
    event = _body(record, ComparisonRecorded)
    batch.comparisons[event.matter_id] = event


def on_roster(batch: Batch, record: Record) -> None:
    assert record.event is not None
    batch.roster.take(record.event)


def on_window(batch: Batch, record: Record) -> None:
    event = _body(record, WindowOpened)
    batch.windows[event.window_id] = event


def on_recusal(batch: Batch, record: Record) -> None:
    event = record.event
    assert isinstance(event, MatterRecusalDeclared | MatterRecusalLifted)
    batch.recusals.append(event)


def on_unit(batch: Batch, record: Record) -> None:
    event = _body(record, UnitRegistered)
    batch.units[event.unit_id] = event


async def _locked(tx: Transaction, matter_id: UUID, may: Right) -> Shown:
    access.of_a_window(tx.actor)
    found = await assessments.locked_one(tx, matter_id, tx.now.date())
    if found is None:
        raise NotHereYet
    shown, duty = found
    access.of_this_window(tx.actor, shown.sheet)
    require_not_recused(shown.is_recused, tx.actor)
    may(tx.actor, shown.sheet, duty)
    tx.match(shown.sheet.version, current=shown.sheet.state)
    return shown


async def _overseen(tx: Transaction, matter_id: UUID) -> Shown:
    access.confirming(tx.actor)
    found = await assessments.locked_for(tx, matter_id, access.visible(tx.actor))
    if found is None:
        raise NotFound
    require_not_recused(found.is_recused, tx.actor)
    directory = await copies.units(tx, found.sheet.unit_ids)
    domain.require_another_office(tx.actor.unit_id, directory.values())
    tx.match(found.sheet.version, current=found.sheet.state)
    return found


async def _require_known_units(tx: Transaction, named: Sequence[ProposedUnit]) -> None:
    unit_ids = [unit.unit_id for unit in named]
    directory = await copies.units(tx, unit_ids)
    if unit_ids and not directory:
        if not await copies.has_directory(tx):
            raise NotHereYet("单位名录正在同步,请稍后用同一请求重试")
        directory = await copies.units(tx, unit_ids)  # it may have come between the two looks
    domain.require_known_units(unit_ids, directory, tx.now.date())


async def _saved(tx: Transaction, found: Shown, outcome: domain.Outcome) -> Shown:
    sheet, events = outcome
    await assessments.save(tx, [sheet])
    tx.publish(*events)
    return found._replace(sheet=sheet)


def _known(batch: Batch, matter_id: UUID) -> Assessment:
    sheet = batch.sheets.get(matter_id)
    if sheet is None:
        raise NotYet("the matter's assessment has not been opened")
    return sheet


def _body(record: Record, expected: type[E]) -> E:
    assert isinstance(record.event, expected)
    return record.event
