"""Queries: what a reader may not see is not there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.referral import access
from services.referral.domain.comparisons import Comparison
from services.referral.domain.meetings import Meeting
from services.referral.domain.notices import Notice
from services.referral.domain.statements import Statement
from services.referral.domain.units import Unit, UnitKind
from services.referral.store import comparisons, meetings, notices, orders, statements, units
from services.referral.store.orders import Shown
from shared.contracts.codes import OrderState
from shared.contracts.errors import NotFound
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


@dataclass(frozen=True)
class OrderFile:
    """An order with everything that hangs on it."""

    shown: Shown
    notices: list[Notice]
    statement: Statement | None


async def shown_order(tx: Transaction, order_id: UUID, vault: Vault) -> Shown:
    """One order, if the reader may see it."""
    shown = await orders.find(tx, vault, access.visible_orders(tx.actor), order_id)
    if shown is None:
        raise NotFound
    return shown


async def order(tx: Transaction, order_id: UUID, vault: Vault) -> OrderFile:
    """One order with its notices and its statement."""
    shown = await shown_order(tx, order_id, vault)
    given = await notices.of_order(tx, shown.words, order_id)
    return OrderFile(shown, given, await statements.of_order(tx, shown.words, order_id))


async def order_page(
    tx: Transaction,
    states: Collection[OrderState],
    unit_id: str | None,
    window_id: str | None,
    unfollowed: bool,
    after: UUID | None,
    limit: int,
    vault: Vault,
) -> Sequence[Shown]:
    """A page of orders, newest first."""
    visible = access.visible_orders(tx.actor)
    return await orders.page(tx, vault, visible, states, unit_id, window_id, unfollowed, after, limit)


async def orders_of_matter(tx: Transaction, matter_id: UUID, vault: Vault) -> Sequence[Shown]:
    """The orders of a matter."""
    return await orders.of_matter(tx, vault, access.visible_orders(tx.actor), matter_id)


async def meetings_of_matter(tx: Transaction, matter_id: UUID, vault: Vault) -> Sequence[Meeting]:
    """The meetings of a matter."""
    return await meetings.of_matter(tx, vault, access.visible_meetings(tx.actor), matter_id)


async def comparisons_of_matter(tx: Transaction, matter_id: UUID, vault: Vault) -> Sequence[Comparison]:
    """The comparisons of a matter."""
    return await comparisons.of_matter(tx, vault, access.on_window_side(tx.actor), matter_id)


async def unit(tx: Transaction, unit_id: str) -> Unit:
    """One unit with its terms of office."""
    access.reads_terms(tx.actor, unit_id)
    found = await units.find(tx, unit_id)
    if found is None:
        raise NotFound
    return found


async def unit_page(
    tx: Transaction, org_code: str | None, kind: UnitKind | None, valid_on: date | None, after: str | None, limit: int
) -> Sequence[Unit]:
    """A page of the unit directory, which every account may read."""
    return await units.page(tx, org_code, kind, valid_on, after, limit)
