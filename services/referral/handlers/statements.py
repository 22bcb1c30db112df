"""Cannot-do statements: previewed by anybody of the unit, filed by its principal, decided by the duty leader."""

from uuid import UUID

from services.referral import access
from services.referral.domain import statements as rules
from services.referral.domain.orders import Order
from services.referral.domain.statements import Fault, Statement, StatementDecision, StatementText
from services.referral.handlers.desk import for_unit, for_window
from services.referral.store import comparisons, orders, statements, units
from shared.contracts.errors import NotFound, Refused
from shared.roster import require_leader
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def preview(tx: Transaction, order_id: UUID, text: StatementText, vault: Vault) -> tuple[str, list[Fault]]:
    """The text the principal would sign, and what still stands in the way of filing it."""
    access.of_a_unit(tx.actor)
    shown = await orders.find(tx, vault, access.visible_orders(tx.actor), order_id)
    if shown is None:
        raise NotFound
    return rules.canonical(shown.order, text), rules.faults(text, tx.now.date())


async def file(
    tx: Transaction, order_id: UUID, text: StatementText, text_sha256: str, vault: Vault
) -> tuple[Order, Statement]:
    """报送不能办情况说明."""
    desk = await for_unit(tx, vault, order_id)
    unit = await units.find(tx, desk.order.unit_id)
    copied = await statements.is_copy(tx, desk.words, text)
    order, statement, events = rules.file(desk.order, unit, text, text_sha256, copied, tx.actor.id, tx.now)
    await statements.save(tx, desk.words, statement)
    return await desk.keep(order, events), statement


async def decide(
    tx: Transaction,
    order_id: UUID,
    decision: StatementDecision,
    comparison_id: UUID | None,
    note: str,
    vault: Vault,
) -> Order:
    """审定不能办情况说明."""
    desk = await for_window(tx, vault, order_id)
    require_leader(desk.duty, tx.actor, doing="审定不能办情况说明")
    statement = await statements.of_order(tx, desk.words, order_id)
    if statement is None:
        raise Refused("cannot_do.none_filed", "该交办单没有报送不能办情况说明")
    comparison = comparison_id and await comparisons.find(tx, desk.words, desk.matter.id, comparison_id)
    if comparison_id and comparison is None:
        raise Refused("comparison.not_of_matter", "所选横向对比不属于该事项,请选择该事项的对比记录")
    order, decided, events = rules.decide(
        desk.order, statement, decision, comparison or None, note, tx.actor.id, tx.now
    )
    await statements.save(tx, desk.words, decided)
    return await desk.keep_and_settle(order, events)
