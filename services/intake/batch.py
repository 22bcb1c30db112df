"""One batch of events in memory: what is loaded before the reactions and saved after them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.interests import Interest, keeping_out
from services.intake.domain.matter import Matter, Moved
from services.intake.store import interests, matters
from services.intake.store.tables import CALENDAR_YEAR, RECUSAL
from shared.bus.envelope import Record
from shared.calendar_copy import save_years
from shared.contracts import Event, MatterEvent
from shared.contracts.errors import NotYet
from shared.contracts.intake import MatterRecusalDeclared
from shared.contracts.referral import OrderDrafted
from shared.recusals import save_recusals
from shared.store.unit_of_work import Transaction


@dataclass
class Batch:
    """Matters as found and as they stand after the reactions, and the calendar years that came."""

    found: dict[UUID, Matter]
    matters: dict[UUID, Matter]
    years: dict[int, dict[str, Any]] = field(default_factory=dict)
    interests: Sequence[Interest] = ()
    recused: dict[UUID, set[str]] = field(default_factory=dict)
    recusals: list[MatterRecusalDeclared] = field(default_factory=list)

    def matter(self, event: MatterEvent) -> Matter:
        """The matter an event is about."""
        matter = self.matters.get(event.matter_id)
        if matter is None:
            raise NotYet("the matter is not in this register")
        return matter

    def kept_out(self, matter: Matter, unit_id: str, at: datetime) -> list[MatterRecusalDeclared]:
        """Who has an interest in a unit that comes in, and stays out of the matter from now on."""
        known = self.recused.setdefault(matter.id, set())
        told = keeping_out(matter.ref, (each for each in self.interests if each.unit_id == unit_id), known, at)
        known |= {event.account_id for event in told}
        self.recusals += told
        return told

    def keep(self, outcome: Moved) -> list[Event]:
        """Put the new matter in the place of the old one and hand on its events."""
        matter, events = outcome
        self.matters[matter.id] = matter
        return events


async def load(tx: Transaction, records: Sequence[Record]) -> Batch:
    """Everything the batch may touch, in one query."""
    ids = {record.event.matter_id for record in records if isinstance(record.event, MatterEvent)}
    found = await matters.locked_many(tx, ids)
    drafted = [record.event for record in records if isinstance(record.event, OrderDrafted)]
    concerned = await interests.in_units(tx, {event.unit_id for event in drafted})
    recused = await interests.recused(tx, {event.matter_id for event in drafted}) if concerned else {}
    return Batch(found, dict(found), interests=concerned, recused=recused)


async def save(tx: Transaction, batch: Batch) -> None:
    """What the reactions changed, a statement for each table."""
    await matters.save(tx, [matter for key, matter in batch.matters.items() if batch.found[key] is not matter])
    save_recusals(tx, RECUSAL, batch.recusals)
    save_years(tx, CALENDAR_YEAR, batch.years)
