"""One order on the desk: its matter's row locked first, then the order's, its words readable."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.referral import access
from services.referral.domain.matters import Matter
from services.referral.domain.meetings import Meeting
from services.referral.domain.orders import Order
from services.referral.domain.settlement import settle
from services.referral.domain.units import require_recipient
from services.referral.store import matters, meetings, orders, units
from services.referral.store.tables import DUTY
from services.referral.store.words import Words
from shared.contracts import Event
from shared.contracts.errors import NotFound, NotHereYet
from shared.recusals import require_not_recused
from shared.roster import OnDuty, duty_on, require_leader
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


@dataclass(frozen=True)
class Desk:
    """What a command on an order works with."""

    tx: Transaction
    matter: Matter
    words: Words
    order: Order
    duty: OnDuty | None  # who is on duty today at the order's window

    async def keep(self, order: Order, events: Sequence[Event]) -> Order:
        """Save the order as decided and publish what happened."""
        await orders.save(self.tx, [(order, self.words)])
        self.tx.publish(*events)
        return order

    async def keep_and_settle(self, order: Order, events: Sequence[Event]) -> Order:
        """Save, and under the same lock see whether the round is settled with it."""
        await self.keep(order, events)
        self.tx.publish(*settle(self.matter, await self.siblings(), self.tx.now))
        return order

    async def siblings(self) -> list[Order]:
        """All orders of the matter, locked."""
        kept = {self.matter.id: matters.Kept(self.matter, self.words)}
        return list((await orders.locked_of_matters(self.tx, kept)).values())


async def for_unit(tx: Transaction, vault: Vault, order_id: UUID) -> Desk:
    """The desk of the unit that has the order."""
    access.of_a_unit(tx.actor)
    desk = await _open(tx, vault, order_id)
    access.of_this_unit(tx.actor, desk.order)
    tx.match(desk.order.version, {"state": desk.order.state.value})
    return desk


async def for_window(tx: Transaction, vault: Vault, order_id: UUID) -> Desk:
    """The desk of the window that gives the order."""
    access.of_a_window(tx.actor)
    desk = await _open(tx, vault, order_id)
    access.of_this_window(tx.actor, desk.order.window_id)
    tx.match(desk.order.version, {"state": desk.order.state.value})
    return desk


async def for_leader(tx: Transaction, vault: Vault, order_id: UUID, doing: str) -> Desk:
    """The desk of the window's leader on duty today."""
    desk = await for_window(tx, vault, order_id)
    require_leader(desk.duty, tx.actor, doing=doing)
    return desk


async def for_committee(tx: Transaction, vault: Vault, order_id: UUID) -> Desk:
    """The desk of the committee's leader in charge, over windows of their level and below."""
    access.of_the_committee(tx.actor)
    desk = await _open(tx, vault, order_id)
    access.overseen_by(tx.actor, desk.order.org_code)
    tx.match(desk.order.version, {"state": desk.order.state.value})
    return desk


async def matter_for_window(tx: Transaction, vault: Vault, matter_id: UUID) -> matters.Kept:
    """A matter of the actor's window, locked."""
    access.of_a_window(tx.actor)
    kept = (await matters.locked(tx, vault, [matter_id])).get(matter_id)
    if kept is None:
        raise NotHereYet
    access.of_this_window(tx.actor, kept.matter.window_id)
    require_not_recused(kept.is_recused, tx.actor)
    return kept


async def meeting_for_window(tx: Transaction, vault: Vault, meeting_id: UUID) -> tuple[matters.Kept, Meeting]:
    """A meeting on a matter of the actor's window, both locked."""
    access.of_a_window(tx.actor)
    kept = await matters.locked_of_meeting(tx, vault, meeting_id)
    if kept is None:
        raise NotFound
    access.of_this_window(tx.actor, kept.matter.window_id)
    require_not_recused(kept.is_recused, tx.actor)
    meeting = await meetings.locked(tx, kept.words, kept.matter, meeting_id)
    tx.match(meeting.version, {"state": meeting.state.value})
    return kept, meeting


async def duty_of(tx: Transaction, matter: Matter) -> OnDuty | None:
    """Who is on duty today at the matter's window."""
    return await duty_on(tx, DUTY, matter.window_id, tx.now.date())


async def require_may_receive(tx: Transaction, unit_id: str) -> None:
    """Refuse to give an order to a unit that is unknown or does not exist today."""
    require_recipient(unit_id, await units.with_successors(tx, unit_id), tx.now.date())


async def _open(tx: Transaction, vault: Vault, order_id: UUID) -> Desk:
    opened = await orders.locked(tx, vault, order_id, tx.now.date())
    if opened is None:
        raise NotFound
    kept, order, duty = opened
    require_not_recused(kept.is_recused, tx.actor)
    return Desk(tx, kept.matter, kept.words, order, duty)
