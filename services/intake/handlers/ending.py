"""Endings beside being done, proposals to the duty leader, archiving and reopening (T04, T20–T25)."""

from uuid import UUID

from services.intake import access
from services.intake.domain import closing, ending, proposals, register
from services.intake.domain.ending import Told, Withdrawal
from services.intake.domain.form import NOTE
from services.intake.domain.matter import Matter
from services.intake.handlers.common import kept, locked, noted, overseen, pen
from services.intake.store import desk, matters
from services.intake.store.matters import File
from services.intake.store.tables import MATTER
from shared.contracts.codes import FeedbackWay, NotAcceptedReason, ProposalKind, ReopenReason, TransferTo
from shared.contracts.errors import NotFound, Refused
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault
from shared.wording import passage

MAIN_UNKNOWN = NotFound("merger.main_unknown", "没有找到主件,请核对登记编号并写明年份;只能并入本窗口的事项")


async def propose_refusal(
    tx: Transaction, matter_id: UUID, reason: NotAcceptedReason, told: FeedbackWay, note: str | None, vault: Vault
) -> Matter:
    """提请不予受理 (T04)."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "提请不予受理")
    outcome = ending.propose_refusal(file.matter, reason, tx.actor.id, tx.now)
    await noted(tx, file, "REFUSAL_PROPOSED", _note(note), vault, reason=reason, told=told)
    return await kept(tx, outcome)


async def propose_merger(
    tx: Transaction, matter_id: UUID, into: UUID | str, told: Told, note: str | None, vault: Vault
) -> Matter:
    """提请并件 (T23)."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "提请并件")
    main = await _main(tx, file, into if isinstance(into, UUID) else await _numbered(tx, into))
    same = _is_same_reporter(file, main, vault)
    outcome = ending.propose_merger(file.matter, main.matter, same, told, tx.actor.id, tx.now)
    codes = {"into": str(main.matter.id), "told": told.own, "told_main": told.main}
    await noted(tx, file, "MERGER_PROPOSED", _note(note), vault, **codes)
    return await kept(tx, outcome)


async def confirm(tx: Transaction, matter_id: UUID) -> Matter:
    """带班领导 agrees to what was proposed."""
    file = await locked(tx, matter_id)
    access.leader_on_duty(file.duty, tx.actor, "确认提请")
    proposal = file.matter.proposal
    if proposal is not None and proposal.kind is ProposalKind.MERGER:
        assert proposal.into is not None
        main = await _main(tx, file, proposal.into)
        return await kept(tx, ending.confirm_merger(file.matter, main.matter, tx.actor.id, tx.now))
    decided = closing.confirm_rework if _is_rework(file.matter) else ending.confirm_refusal
    return await kept(tx, decided(file.matter, tx.actor.id, tx.now))


async def decline(tx: Transaction, matter_id: UUID, reason: str, vault: Vault) -> Matter:
    """带班领导 does not agree."""
    file = await locked(tx, matter_id)
    access.leader_on_duty(file.duty, tx.actor, "退回提请")
    decided = closing.find_unreasonable if _is_rework(file.matter) else proposals.declined
    outcome = decided(file.matter, tx.actor.id, tx.now)
    await noted(tx, file, "PROPOSAL_DECLINED", {"reason": passage(reason, "退回理由", *NOTE)}, vault)
    return await kept(tx, outcome)


async def withdraw(
    tx: Transaction, matter_id: UUID, given: Withdrawal, codes: dict[str, object], note: str | None, vault: Vault
) -> Matter:
    """撤回 (T24)."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "登记撤回")
    outcome = ending.withdraw(file.matter, given, tx.actor.id, tx.now)
    await noted(tx, file, "WITHDRAWAL", _note(note), vault, **codes)
    return await kept(tx, outcome)


async def transfer(
    tx: Transaction, matter_id: UUID, receiver: TransferTo, receipt_no: str, told: FeedbackWay, note: str | None,
    vault: Vault,
) -> Matter:  # fmt: skip
    """转其他渠道 (T25)."""
    file = await locked(tx, matter_id)
    access.leader_on_duty(file.duty, tx.actor, "转其他渠道")
    outcome = ending.transfer(file.matter, receiver, tx.actor.id, tx.now)
    await noted(tx, file, "TRANSFER", _note(note), vault, receiver=receiver, receipt_no=receipt_no, told=told)
    return await kept(tx, outcome)


async def reopen(tx: Transaction, matter_id: UUID, reason: ReopenReason, note: str, vault: Vault) -> Matter:
    """复开 (T22)."""
    file = await locked(tx, matter_id)
    access.leader_on_duty(file.duty, tx.actor, "复开")
    if file.erased_at is not None:
        raise Refused("reopening.erased", "该事项的反映人信息已依法删除,不能复开;请重新登记")
    outcome = ending.reopen(file.matter, reason, tx.actor.id, tx.now)
    await noted(tx, file, "REOPENING", {"note": passage(note, "复开理由", *NOTE)}, vault, reason=reason)
    return await kept(tx, outcome)


async def archive(tx: Transaction, matter_id: UUID) -> Matter:
    """归档 (T21)."""
    access.at_department(tx.actor, "归档")
    file = await overseen(tx, matter_id)
    return await kept(tx, ending.archive(file.matter, tx.actor.id, tx.now))


def _is_rework(matter: Matter) -> bool:
    return matter.proposal is not None and matter.proposal.kind is ProposalKind.REWORK


def _note(note: str | None) -> dict[str, str | None]:
    return {"note": passage(note, "备注", *NOTE) if note else None}


async def _numbered(tx: Transaction, said: str) -> UUID:
    """The one matter of the window that has this register number, written out or in short (`2026-123`)."""
    window = await desk.window(tx, tx.actor.window_id)
    mark = window.register_mark if window else ""
    meant = [register.register_number(mark, year, number) for year, number in register.read_out(said, tx.now.year)]
    found = await matters.page(
        tx, [access.of_own_window(tx.actor), MATTER.c.register_no.in_([said, *meant])], after=None, limit=2
    )  # fmt: skip
    if len(found) != 1:
        raise MAIN_UNKNOWN
    return found[0].id


async def _main(tx: Transaction, file: File, main_id: UUID) -> File:
    """The matter of the same window to join another to."""
    if main_id == file.matter.id:
        return file
    main = await matters.hold(tx, main_id, file.matter.window_id, tx.now.date())
    if main is None:
        raise MAIN_UNKNOWN
    return main


def _is_same_reporter(file: File, main: File, vault: Vault) -> bool:
    """Whether both left the same phone, or by the same name none."""
    one, other = (pen(each, vault).identity(each.sealed.identity).to_call for each in (file, main))
    return one.phone == other.phone if one.phone or other.phone else one.name == other.name
