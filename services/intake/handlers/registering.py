"""登记: at the counter, of what was received, and settled on the spot."""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from services.intake import access
from services.intake.domain import commands, emergency, form
from services.intake.domain.commands import Desk
from services.intake.domain.form import Content, Form, Settlement
from services.intake.domain.identity import Identity
from services.intake.domain.matter import Matter, Moved
from services.intake.domain.register import LateEntry
from services.intake.handlers import searching
from services.intake.handlers.common import kept, locked, noted, pen
from services.intake.handlers.duplicates import keep_phones
from services.intake.handlers.interests import keep_out
from services.intake.sealing import Pen
from services.intake.store import desk, matters, paper, sources
from services.intake.store.desk import Drawn
from services.intake.store.matters import File, NewMatter, Sealed
from shared.contracts.codes import Channel
from shared.contracts.errors import Conflict, Forbidden
from shared.ids import new_id
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def register(tx: Transaction, given: Form, vault: Vault, late: LateEntry | None = None) -> Matter:
    """登记 (T02), or 补录 of a page of the paper register under the number that it has."""
    access.at_window(tx.actor)
    given, matter_id = form.checked(given, tx.now), new_id()
    desk = await _desk(tx) if late is None else await _paper_desk(tx, late, matter_id)
    matter, events = _alarmed(commands.register(matter_id, given, desk, tx.actor.id, tx.now), given, tx)
    sealed = await _add(tx, matter, given, vault)
    if late is not None:
        await noted(tx, File(matter, sealed, {}, None), "LATE_ENTRY", {"reason": late.reason}, vault)
    tx.publish(*events)
    await keep_out(tx, matter)
    return matter


async def on_the_spot(tx: Transaction, given: Form, settlement: Settlement, vault: Vault) -> Matter:
    """登记并当场办结 (T02, T03) in one go."""
    access.at_window(tx.actor)
    given, settlement = form.checked_fast(given), settlement.checked()
    registered, events = commands.register(new_id(), given, await _desk(tx), tx.actor.id, tx.now)
    matter, more = _alarmed(commands.settle_on_spot(registered, settlement, tx.actor.id, tx.now), given, tx)
    sealed = await _add(tx, matter, given, vault)
    await _note_settlement(tx, File(matter, sealed, {}, None), settlement, vault)
    tx.publish(*events, *more)
    return matter


async def settle(tx: Transaction, matter_id: UUID, settlement: Settlement, vault: Vault) -> Matter:
    """当场办结 (T03) of a registered matter."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "当场办结")
    settlement = settlement.checked()
    outcome = commands.settle_on_spot(file.matter, settlement, tx.actor.id, tx.now)
    await _note_settlement(tx, file, settlement, vault)
    return await kept(tx, outcome)


async def register_received(tx: Transaction, matter_id: UUID, given: Form, vault: Vault) -> Matter:
    """登记 (T02) of what was received; words left out stay as they came."""
    access.at_window(tx.actor)
    file = await locked(tx, matter_id)
    given = form.checked(_completed(given, file, pen(file, vault)), tx.now)
    outcome = _alarmed(commands.register_received(file.matter, given, await _desk(tx), tx.actor.id, tx.now), given, tx)
    sealed = _sealed(given, pen(file, vault), file.sealed.reporter_id)
    await matters.fill(tx, matter_id, sealed, _particulars(given))
    if given.particulars.hotline_ref != given.source_ref:
        await _name_hotline(tx, matter_id, given)
    keep_phones(tx, matter_id, given.identity, vault)
    searching.enter(tx, [(file.matter, given.content)], vault)
    matter = await kept(tx, outcome)
    await keep_out(tx, matter)
    return matter


def _alarmed(outcome: Moved, given: Form, tx: Transaction) -> Moved:
    words = given.content
    return emergency.raised(outcome, emergency.dangers(words.title, words.facts, words.demand), tx.now)


async def _desk(tx: Transaction) -> Desk:
    """The caller's counter with the next number; only who is rostered there today may use it."""
    return _desk_of(tx, await desk.draw_number(tx, tx.actor.window_id), tx.now.year)


async def _paper_desk(tx: Transaction, late: LateEntry, matter_id: UUID) -> Desk:
    """The caller's counter with the number on the page, which is used up."""
    at = _desk_of(tx, await desk.stand_at(tx, tx.actor.window_id, late.number), late.year)
    reserved_at = await paper.take(tx, at.window_id, late.year, late.number, matter_id)
    if reserved_at is None:
        raise Conflict("late.number_not_open", "该编号没有预留,或者已使用、已作废")
    return replace(at, written_at=late.checked(reserved_at, tx.now).written_at)


def _desk_of(tx: Transaction, drawn: Drawn | None, year: int) -> Desk:
    if drawn is None:
        raise Forbidden("window.unknown", "您的账号没有对应的监督窗口,请联系党风政风监督室")
    duty = access.staff_on_duty(drawn.duty, tx.actor, "登记")
    return Desk(
        drawn.window_id, drawn.org_code, drawn.level, drawn.register_mark, duty.period_id, duty.leader_id,
        drawn.number, year,
    )  # fmt: skip


async def _add(tx: Transaction, matter: Matter, given: Form, vault: Vault) -> Sealed:
    sealed = _sealed(given, Pen(vault, vault.new_key(), matter.id), new_id())
    new = NewMatter(matter, sealed, _particulars(given))
    if matter.source_ref is None:
        matters.add(tx, new)
    elif not await _is_new(tx, matter.channel, matter.source_ref) or not await matters.add_new(tx, [new]):
        raise await _known_before(tx, matter.channel, matter.source_ref)
    await _name_hotline(tx, matter.id, given)
    keep_phones(tx, matter.id, given.identity, vault)
    searching.enter(tx, [(matter, given.content)], vault)
    return sealed


async def _is_new(tx: Transaction, channel: Channel, ref: str) -> bool:
    return not await sources.named(tx, [(channel, ref)])


async def _name_hotline(tx: Transaction, matter_id: UUID, given: Form) -> None:
    """Keep under which number 12345 has the matter, so that it does not come in a second time (handbook 8, 43)."""
    ref = given.particulars.hotline_ref
    if ref is not None and not await sources.name(tx, Channel.H12345, ref, matter_id):
        raise await _known_before(tx, Channel.H12345, ref)


async def _known_before(tx: Transaction, channel: Channel, ref: str) -> Conflict:
    """Says under which number the same was registered, to who may see it."""
    row = await sources.find(tx, access.visible(tx.actor), channel, ref)
    if row is not None and row.register_no is None:
        return Conflict("matter.duplicate", "该渠道的这个来源单号已经接收,请在待登记事项中登记,不要另行登记")
    known = f"该渠道的这个来源单号已经登记过{f',编号{row.register_no}' if row else ''},请勿重复登记"
    return Conflict("matter.duplicate", known)


async def _note_settlement(tx: Transaction, file: File, settlement: Settlement, vault: Vault) -> None:
    await noted(
        tx, file, "ON_SPOT", {"action_taken": settlement.action_taken}, vault,
        root_cause=settlement.root_cause, minutes_spent=settlement.minutes_spent,
    )  # fmt: skip


def _sealed(given: Form, pen: Pen, reporter_id: UUID) -> Sealed:
    content = given.content
    return Sealed(
        reporter_id, pen.key, pen.seal_identity(given.identity), pen.seal_title(content.title),
        pen.seal_content(content),
    )  # fmt: skip


def _particulars(given: Form) -> dict[str, Any]:
    """The codes of the form that nothing asks for by itself."""
    return asdict(given.particulars)


def _completed(given: Form, file: File, pen: Pen) -> Form:
    """The form with channel, source and times as received, and the words that were not entered anew."""
    came, content, matter = pen.content(file.sealed.content), given.content, file.matter
    words = Content(
        content.title or came.title, content.facts or came.facts, content.demand, content.item_text, content.tried
    )
    identity: Identity = given.identity
    return Form(
        given.particulars, identity, words, matter.channel, matter.source_ref, matter.received_at,
        given.conflict_of_interest,
    )  # fmt: skip
