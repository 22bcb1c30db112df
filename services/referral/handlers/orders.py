"""Commands on orders: the window writes, signs and reviews; the unit acknowledges, answers and gives notice."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.referral import access
from services.referral.domain import notices as notice_rules
from services.referral.domain import orders as rules
from services.referral.domain.answers import Answer
from services.referral.domain.files import with_files
from services.referral.domain.notices import Material, Notice, Procedure
from services.referral.domain.numbers import order_number
from services.referral.domain.orders import Extract, Order, ReviewDecision
from services.referral.handlers.desk import Desk, for_leader, for_unit, for_window, require_may_receive
from services.referral.office import Office
from services.referral.store import files, matters, notices, orders
from shared.contracts.errors import Conflict
from shared.roster import require_staff
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

_SIGNING = "签发交办单"


async def write_extract(tx: Transaction, order_id: UUID, extract: Extract, vault: Vault) -> Order:
    """Save the extract of a draft."""
    desk = await for_window(tx, vault, order_id)
    require_staff(desk.duty, tx.actor, doing="编写交办单摘要")
    return await desk.keep(rules.write_extract(desk.order, extract), [])


async def sign(tx: Transaction, order_id: UUID, extract: Extract | None, office: Office, vault: Vault) -> Order:
    """签发: number, issue and deliver; an extract that comes along is saved first."""
    desk = await for_leader(tx, vault, order_id, _SIGNING)
    order = desk.order if extract is None else rules.write_extract(desk.order, extract)
    return await _signed(desk, order, office)


async def sign_many(tx: Transaction, opened: Sequence[tuple[UUID, int]], office: Office, vault: Vault) -> list[Order]:
    """签发 of several in one go: each as it was opened, all of them or none."""
    access.of_a_window(tx.actor)
    await matters.locked(tx, vault, await orders.matters_of(tx, [order_id for order_id, _ in opened]))
    signed = []
    for order_id, version in sorted(dict(opened).items()):
        desk = await for_leader(tx, vault, order_id, _SIGNING)
        if desk.order.version != version:
            raise Conflict("order.changed", "有交办单在您打开之后已改动,请重新打开核对后再签发", order_id=str(order_id))
        signed.append(await _signed(desk, desk.order, office))
    return signed


async def _signed(desk: Desk, order: Order, office: Office) -> Order:
    tx, today = desk.tx, desk.tx.now.date()
    rules.require_signable(order, desk.matter, office.text_checked(order.matter_id, order.extract))
    await require_may_receive(tx, order.unit_id)
    serial, prefix = await orders.next_number(tx, order.window_id, today.year)
    number = order_number(order.window_id, office.city, today.year, serial, prefix)
    return await desk.keep(*rules.sign(order, number, tx.actor.id, tx.now))


async def acknowledge(tx: Transaction, order_id: UUID, vault: Vault) -> Order:
    """签收."""
    desk = await for_unit(tx, vault, order_id)
    return await desk.keep(*rules.acknowledge(desk.order, tx.actor.id, tx.now))


async def answer(tx: Transaction, order_id: UUID, given: Answer, vault: Vault) -> Order:
    """反馈办理结果."""
    desk = await for_unit(tx, vault, order_id)
    uploaded = await files.listed(tx, desk.words, order_id) if any(one.file_id for one in given.evidence) else []
    signed = with_files(replace(given, by=tx.actor.id, at=tx.now), uploaded)
    return await desk.keep(*rules.answer(desk.order, signed, desk.matter))


async def give_notice(
    tx: Transaction, order_id: UUID, materials: tuple[Material, ...], procedure: Procedure, vault: Vault
) -> Notice:
    """一次性告知, the next version."""
    desk = await for_unit(tx, vault, order_id)
    earlier = await notices.of_order(tx, desk.words, order_id)
    notice, events = notice_rules.issue(desk.order, materials, earlier, tx.actor.id, tx.now, procedure)
    await notices.add(tx, desk.words, notice)
    tx.publish(*events)
    return notice


async def review(tx: Transaction, order_id: UUID, decision: ReviewDecision, note: str, vault: Vault) -> Order:
    """审核."""
    desk = await for_window(tx, vault, order_id)
    require_staff(desk.duty, tx.actor, doing="审核反馈结果")
    return await desk.keep_and_settle(*rules.review(desk.order, decision, note, tx.actor.id, tx.now))
