"""联系反映人: asked for by the unit, carried out by the window, or done by the unit where it may."""

from uuid import UUID

from services.referral.domain import contacts
from services.referral.domain.orders import Order
from services.referral.handlers.desk import for_unit, for_window
from services.referral.office import Office
from shared.roster import require_staff
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def request(tx: Transaction, order_id: UUID, what: str, vault: Vault) -> Order:
    """请窗口联系."""
    desk = await for_unit(tx, vault, order_id)
    return await desk.keep(*contacts.request(desk.order, what, tx.actor.id, tx.now))


async def record(tx: Transaction, order_id: UUID, outcome: str, vault: Vault) -> Order:
    """登记本单位与反映人的联系 (D07)."""
    desk = await for_unit(tx, vault, order_id)
    return await desk.keep(*contacts.record(desk.order, desk.matter, outcome, tx.actor.id, tx.now))


async def carry_out(
    tx: Transaction, order_id: UUID, contact_id: UUID, outcome: str, receipt: str | None, office: Office, vault: Vault
) -> Order:
    """窗口联系反映人."""
    desk = await for_window(tx, vault, order_id)
    require_staff(desk.duty, tx.actor, doing="登记联系情况")
    is_clean = office.is_clean(desk.matter.id, outcome, receipt)
    said = contact_id, outcome, is_clean
    return await desk.keep(*contacts.carry_out(desk.order, desk.matter, *said, tx.actor.id, tx.now))
