"""改派、另行交办、作废: the duty leader gives an order to another unit, again, or takes it back."""

from uuid import UUID

from services.referral.domain import reassigning as rules
from services.referral.domain.orders import Order
from services.referral.handlers.desk import Desk, for_leader, require_may_receive
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def order_again(tx: Transaction, order_id: UUID, unit_id: str | None, rule: str | None, vault: Vault) -> Order:
    """另行交办 after a rejected statement or an upheld objection, where triage's judgement stays as it was."""
    desk = await _of_leader(tx, order_id, "另行交办", vault)
    if unit_id is not None:
        await require_may_receive(tx, unit_id)
    return await desk.keep(*rules.follow(desk.order, await desk.siblings(), unit_id, rule, tx.actor.id, tx.now))


async def reassign(tx: Transaction, order_id: UUID, unit_id: str, reason: str, vault: Vault) -> Order:
    """改派; answers with the new draft."""
    desk = await _of_leader(tx, order_id, "改派", vault)
    await require_may_receive(tx, unit_id)
    ended, heir, events = rules.reassign(desk.order, unit_id, reason, tx.actor.id, tx.now)
    await desk.keep(ended, [])
    return await desk.keep(heir, events)


async def void(tx: Transaction, order_id: UUID, reason: str, vault: Vault) -> Order:
    """作废."""
    desk = await _of_leader(tx, order_id, "作废交办单", vault)
    return await desk.keep_and_settle(*rules.void(desk.order, await desk.siblings(), reason, tx.now))


async def drop(tx: Transaction, order_id: UUID, reason: str, vault: Vault) -> Order:
    """不再另行交办."""
    desk = await _of_leader(tx, order_id, "登记不再另行交办", vault)
    return await desk.keep_and_settle(*rules.drop(desk.order, await desk.siblings(), reason, tx.actor.id, tx.now))


async def _of_leader(tx: Transaction, order_id: UUID, doing: str, vault: Vault) -> Desk:
    desk = await for_leader(tx, vault, order_id, doing)
    desk.matter.require_open(doing)
    return desk
