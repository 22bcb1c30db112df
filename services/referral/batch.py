"""One batch of events in memory: what is loaded before the reactions and saved after them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.referral.domain.matters import Matter
from services.referral.domain.orders import Order
from services.referral.store import clocks, erasure, matters, orders, rules, supervision, windows
from services.referral.store.clocks import ClockNews
from services.referral.store.matters import Kept
from services.referral.store.supervision import StepNews
from services.referral.store.tables import CALENDAR_YEAR, DUTY, RECUSAL
from services.referral.store.words import Words
from shared.bus.envelope import Record
from shared.calendar_copy import save_years
from shared.contracts import Event, MatterEvent
from shared.contracts.deadlines import (
    DeadlineMoved,
    DeadlineResumed,
    DeadlineStarted,
    DeadlineStopped,
    OrderAckMissed,
    RuleAmended,
    SupervisionReached,
    SupervisionWithdrawn,
)
from shared.contracts.intake import (
    ENDINGS,
    MatterMaterialAdded,
    MatterReworkOrdered,
    WindowOpened,
)
from shared.contracts.triage import MatterApproved, MatterReclassified
from shared.recusals import RecusalNews, save_recusals
from shared.roster import RosterNews
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

# Only these look at the orders that are there already.
_NEED_ORDERS: tuple[type[MatterEvent], ...] = (
    MatterApproved,
    MatterReclassified,
    MatterReworkOrdered,
    OrderAckMissed,
    DeadlineResumed,
    MatterMaterialAdded,
    *ENDINGS,
)


# These leave matters and orders as they are: no row of them is locked.
_ONLY_CLOCKS = (DeadlineStarted, DeadlineMoved, DeadlineStopped, SupervisionReached, SupervisionWithdrawn)


@dataclass
class Batch:
    """Matters and orders as found and as they stand after the reactions, and the latest of each copy."""

    found: dict[UUID, Kept] = field(default_factory=dict)
    found_orders: dict[UUID, Order] = field(default_factory=dict)
    matters: dict[UUID, Matter] = field(default_factory=dict)
    orders: dict[UUID, Order] = field(default_factory=dict)
    windows: dict[str, WindowOpened] = field(default_factory=dict)
    years: dict[int, dict[str, Any]] = field(default_factory=dict)
    clocks: list[ClockNews] = field(default_factory=list)
    steps: list[StepNews] = field(default_factory=list)
    amended: list[RuleAmended] = field(default_factory=list)
    roster: RosterNews = field(default_factory=RosterNews)
    erased: set[UUID] = field(default_factory=set)
    recusals: list[RecusalNews] = field(default_factory=list)

    def keep(self, matter: Matter) -> None:
        """Put the matter in its place."""
        self.matters[matter.id] = matter

    def add(self, drafts: Iterable[tuple[Order, list[Event]]]) -> list[Event]:
        """Take new orders in and hand on their events."""
        published: list[Event] = []
        for order, events in drafts:
            self.orders[order.id] = order
            published += events
        return published

    def orders_of(self, matter_id: UUID) -> list[Order]:
        """The orders of one matter, in the order of their making."""
        return sorted((o for o in self.orders.values() if o.matter_id == matter_id), key=lambda order: order.id)


async def load(tx: Transaction, records: Sequence[Record], vault: Vault) -> Batch:
    """The matters of the batch, locked, and their orders where a reaction looks at them."""
    events = [record.event for record in records if isinstance(record.event, MatterEvent)]
    events = [event for event in events if not isinstance(event, _ONLY_CLOCKS)]
    found = await matters.locked(tx, vault, {event.matter_id for event in events})
    asked = {event.matter_id for event in events if isinstance(event, _NEED_ORDERS)}
    with_orders = {matter_id: kept for matter_id, kept in found.items() if matter_id in asked}
    found_orders = await orders.locked_of_matters(tx, with_orders)
    known = {matter_id: kept.matter for matter_id, kept in found.items()}
    return Batch(found, found_orders, known, dict(found_orders))


async def save(tx: Transaction, batch: Batch, vault: Vault) -> None:
    """What the reactions changed, a statement for each table; a new matter gets its key here."""
    kept = {
        key: Kept(matter, batch.found[key].words if key in batch.found else Words(vault, vault.new_key()))
        for key, matter in batch.matters.items()
    }
    before = {key: one.matter for key, one in batch.found.items()}
    await matters.save(tx, [one for key, one in kept.items() if one.matter is not before.get(key)])
    changed = [order for key, order in batch.orders.items() if order is not batch.found_orders.get(key)]
    await orders.save(tx, [(order, kept[order.matter_id].words) for order in changed])
    windows.save(tx, batch.windows.values())
    clocks.save(tx, batch.clocks)
    supervision.save(tx, batch.steps)
    rules.save(tx, batch.amended)
    save_years(tx, CALENDAR_YEAR, batch.years)
    await batch.roster.save(tx, DUTY)
    save_recusals(tx, RECUSAL, batch.recusals)
    await erasure.erase(tx, vault, batch.erased)
