"""What a unit asks for beside its work, and what is decided on it: objections, extensions, suspensions."""

from datetime import date
from uuid import UUID

from services.referral.domain import extensions, objections, reassigning, suspensions
from services.referral.domain.extensions import Wish
from services.referral.domain.orders import Order
from services.referral.handlers.desk import Desk, for_committee, for_leader, for_unit, require_may_receive
from services.referral.store import clocks, notices, rules, windows
from shared.contracts.codes import ObjectionReason, Role, SuspendReason
from shared.contracts.errors import NotHereYet
from shared.rights import UNIT_ROLES
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def object_to(
    tx: Transaction, order_id: UUID, reason: ObjectionReason, basis: str, suggested: str | None, vault: Vault
) -> Order:
    """提出退单异议 (D08)."""
    desk = await for_unit(tx, vault, order_id)
    if suggested is not None:
        await require_may_receive(tx, suggested)
    order, since = desk.order, desk.order.delivered_at or tx.now
    until = await windows.last_moment(tx, order.window_id, since, objections.TIME_TO_OBJECT)
    return await desk.keep(*objections.object_to(order, reason, basis, suggested, until, tx.actor.id, tx.now))


async def decide_objection(
    tx: Transaction, order_id: UUID, upheld: bool, note: str, unit_id: str | None, vault: Vault
) -> Order:
    """审定退单异议; upheld with a unit named, that one gets its draft at once."""
    desk = await for_leader(tx, vault, order_id, "审定退单异议")
    order = await desk.keep(*objections.decide(desk.order, upheld, note, tx.actor.id, tx.now))
    if upheld and unit_id is not None:
        await require_may_receive(tx, unit_id)
        await desk.keep(*reassigning.follow(order, await desk.siblings(), unit_id, None, tx.actor.id, tx.now))
    return order


async def ask_extension(tx: Transaction, order_id: UUID, wish: Wish, vault: Vault) -> Order:
    """申请延期 (5.3)."""
    desk = await for_unit(tx, vault, order_id)
    clock = await clocks.running(tx, order_id)
    if clock is None:
        raise NotHereYet("办理期限正在计算,请稍后用同一请求重试")
    terms = (await rules.limits(tx)).running(desk.order, clock.rule)
    return await desk.keep(*extensions.ask(desk.order, wish, clock, terms, tx.actor.id, tx.now))


async def decide_extension(tx: Transaction, order_id: UUID, granted: bool, note: str, vault: Vault) -> Order:
    """审批延期: the duty leader, or the committee's leader for the second."""
    by_committee = tx.actor.has(Role.COMMITTEE_LEADER)
    if by_committee:
        desk = await for_committee(tx, vault, order_id)
    else:
        desk = await for_leader(tx, vault, order_id, "审批延期")
    return await desk.keep(*extensions.decide(desk.order, granted, note, by_committee, tx.actor.id, tx.now))


async def ask_suspension(
    tx: Transaction, order_id: UUID, reason: SuspendReason, basis: str, resume_by: date, vault: Vault
) -> Order:
    """申请中止计时 (5.4)."""
    desk = await for_unit(tx, vault, order_id)
    gave_notice = bool(await notices.of_order(tx, desk.words, order_id))
    terms = (await rules.limits(tx)).running(desk.order, desk.order.rule)
    asked = suspensions.ask(desk.order, reason, basis, resume_by, gave_notice, terms, tx.actor.id, tx.now)
    return await desk.keep(*asked)


async def decide_suspension(
    tx: Transaction, order_id: UUID, granted: bool, note: str, resume_by: date | None, vault: Vault
) -> Order:
    """审批中止计时."""
    desk = await for_leader(tx, vault, order_id, "审批中止计时")
    return await desk.keep(*suspensions.decide(desk.order, granted, note, resume_by, tx.actor.id, tx.now))


async def resume(tx: Transaction, order_id: UUID, vault: Vault) -> Order:
    """恢复计时, by the unit itself or by the duty leader."""
    desk = await _of_either_side(tx, order_id, vault)
    return await desk.keep(*suspensions.resume(desk.order, tx.actor.id, tx.now))


async def _of_either_side(tx: Transaction, order_id: UUID, vault: Vault) -> Desk:
    if tx.actor.has(*UNIT_ROLES):
        return await for_unit(tx, vault, order_id)
    return await for_leader(tx, vault, order_id, "恢复计时")
