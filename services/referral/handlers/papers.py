"""What papers are made from, and whether one that somebody holds is genuine."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.referral.domain.statements import Statement
from services.referral.domain.supervision import Step
from services.referral.handlers.reading import shown_order
from services.referral.printing import check_of
from services.referral.store import orders, statements, supervision
from services.referral.store.orders import Shown
from shared.contracts.codes import Escalation, OrderState
from shared.contracts.errors import NotFound
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault
from shared.workdays import ZONE


@dataclass(frozen=True)
class Genuine:
    """What anybody may know of a paper that is genuine: who issued it when, and whether it stands."""

    window: str
    issued_on: date
    stands: bool


async def statement(tx: Transaction, order_id: UUID, vault: Vault) -> tuple[Shown, Statement]:
    """The statement of an order."""
    order = await shown_order(tx, order_id, vault)
    filed = await statements.of_order(tx, order.words, order_id)
    if filed is None:
        raise NotFound("cannot_do.none_filed", "该交办单没有报送不能办情况说明")
    return order, filed


async def steps(tx: Transaction, order_id: UUID, vault: Vault) -> Sequence[Step]:
    """The steps of supervision on an order."""
    await shown_order(tx, order_id, vault)
    return await supervision.of_order(tx, order_id)


async def step(tx: Transaction, order_id: UUID, level: Escalation, vault: Vault) -> tuple[Shown, Step]:
    """The last step of a level, one that counts before one that does not."""
    order = await shown_order(tx, order_id, vault)
    reached = [each for each in await supervision.of_order(tx, order_id) if each.level is level]
    if not reached:
        raise NotFound("supervision.not_reached", "该交办单没有达到这一级督办")
    return order, max(reached, key=lambda each: (not each.withdrawn, each.reached_at))


async def check(tx: Transaction, order_no: str, check: str, vault: Vault) -> Genuine | None:
    """核验: a number that was never given and a text that was changed are told alike."""
    found = await orders.numbered(tx, vault, order_no)
    if found is None or not hmac.compare_digest(check_of(found.order), check):
        return None
    order = found.order
    assert order.delivered_at is not None
    stands = order.state not in (OrderState.VOIDED, OrderState.REASSIGNED)
    return Genuine(found.window_name or order.window_id, order.delivered_at.astimezone(ZONE).date(), stands)
