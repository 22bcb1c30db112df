"""Cannot-do statements: written by anybody of the unit, signed by its principal, decided by the duty leader."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral import access
from services.referral.domain import statements as rules
from services.referral.domain.files import require_signature
from services.referral.domain.orders import Order
from services.referral.domain.statements import Draft, Fault, Statement, StatementDecision, StatementText
from services.referral.handlers.desk import Desk, for_leader, for_unit
from services.referral.handlers.reading import shown_order
from services.referral.store import comparisons, files, policies, statements, units
from services.referral.store.orders import Shown
from shared.contracts.errors import NotFound, Refused
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def preview(tx: Transaction, order_id: UUID, text: StatementText, vault: Vault) -> tuple[str, list[Fault]]:
    """The text the principal would sign, and what still stands in the way of filing it."""
    shown = await _of_unit(tx, order_id, vault)
    text = await with_provisions(tx, text)
    return rules.canonical(shown.order, text), rules.faults(text, tx.now.date())


async def draft(tx: Transaction, order_id: UUID, text: StatementText, vault: Vault) -> tuple[Order, Draft]:
    """起草: the text as the principal will find it."""
    desk = await for_unit(tx, vault, order_id)
    written = rules.draft(desk.order, await with_provisions(tx, text), tx.actor.id, tx.now)
    statements.save_draft(tx, desk.words, written)
    return desk.order, written


async def read_draft(tx: Transaction, order_id: UUID, vault: Vault) -> tuple[Order, Draft]:
    """What has been written so far, for people of the unit."""
    shown = await _of_unit(tx, order_id, vault)
    written = await statements.draft_of(tx, shown.words, order_id)
    if written is None:
        raise NotFound("cannot_do.no_draft", "还没有起草不能办情况说明")
    return shown.order, written


async def sign_draft(
    tx: Transaction, order_id: UUID, text_sha256: str, signed_at: datetime | None, signature_id: UUID | None,
    vault: Vault,
) -> tuple[Order, Statement]:  # fmt: skip
    """签字背书: the principal signs what was written, perhaps by hand, and it is filed."""
    desk = await for_unit(tx, vault, order_id)
    written = await statements.draft_of(tx, desk.words, order_id)
    if written is None:
        raise Refused("cannot_do.no_draft", "还没有起草不能办情况说明,请先由承办人起草")
    if signed_at is not None:
        rules.require_later(signed_at, written, tx.now)
    signature = await _signature(desk, signature_id, written)
    return await _filed(desk, written.text, text_sha256, signed_at, signature)


async def file(
    tx: Transaction, order_id: UUID, text: StatementText, text_sha256: str, signature_id: UUID | None, vault: Vault
) -> tuple[Order, Statement]:
    """报送不能办情况说明, written and signed by the principal in one act."""
    desk = await for_unit(tx, vault, order_id)
    written = await statements.draft_of(tx, desk.words, order_id) if signature_id else None
    signature = await _signature(desk, signature_id, written)
    return await _filed(desk, await with_provisions(tx, text), text_sha256, None, signature)


async def decide(
    tx: Transaction,
    order_id: UUID,
    decision: StatementDecision,
    comparison_id: UUID | None,
    note: str,
    watch: bool,
    vault: Vault,
) -> Order:
    """审定不能办情况说明."""
    desk = await for_leader(tx, vault, order_id, "审定不能办情况说明")
    statement = await statements.of_order(tx, desk.words, order_id)
    if statement is None:
        raise Refused("cannot_do.none_filed", "该交办单没有报送不能办情况说明")
    comparison = comparison_id and await comparisons.find(tx, desk.words, desk.matter.id, comparison_id)
    if comparison_id and comparison is None:
        raise Refused("comparison.not_of_matter", "所选横向对比不属于该事项,请选择该事项的对比记录")
    order, decided, events = rules.decide(
        desk.order, statement, decision, comparison or None, note, tx.actor.id, tx.now, watch
    )
    await statements.save(tx, desk.words, decided)
    return await desk.keep_and_settle(order, events)


async def with_provisions(tx: Transaction, text: StatementText) -> StatementText:
    """The text with what the library says of the documents that it cites."""
    known = await policies.these(tx, {basis.policy_id for basis in text.basis if basis.policy_id})
    stand = (rules.cited(one, known.get(one.policy_id)) if one.policy_id else one for one in text.basis)
    return replace(text, basis=tuple(stand))


async def _filed(
    desk: Desk, text: StatementText, text_sha256: str, signed_at: datetime | None, signature_sha256: str | None
) -> tuple[Order, Statement]:
    tx = desk.tx
    unit = await units.find(tx, desk.order.unit_id)
    copied = await statements.is_copy(tx, desk.words, text)
    order, statement, events = rules.file(
        desk.order, unit, text, text_sha256, copied, tx.actor.id, tx.now, signed_at, signature_sha256
    )
    await statements.save(tx, desk.words, statement)
    statements.drop_draft(tx, order.id)
    return await desk.keep(order, events), statement


async def _signature(desk: Desk, signature_id: UUID | None, written: Draft | None) -> str | None:
    if signature_id is None:
        return None
    filed = await files.find(desk.tx, desk.words, desk.order.id, signature_id)
    return require_signature(filed and filed.file, written)


async def _of_unit(tx: Transaction, order_id: UUID, vault: Vault) -> Shown:
    access.of_a_unit(tx.actor)
    return await shown_order(tx, order_id, vault)
