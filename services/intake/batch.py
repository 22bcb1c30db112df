"""One batch of events in memory: what is loaded before the reactions and saved after them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.intake.domain.matter import Matter, Moved
from services.intake.store import matters
from services.intake.store.tables import CALENDAR_YEAR
from shared.bus.envelope import Record
from shared.calendar_copy import save_years
from shared.contracts import Event, MatterEvent
from shared.contracts.errors import NotYet
from shared.store.unit_of_work import Transaction


@dataclass
class Batch:
    """Matters as found and as they stand after the reactions, and the calendar years that came."""

    found: dict[UUID, Matter]
    matters: dict[UUID, Matter]
    years: dict[int, dict[str, Any]] = field(default_factory=dict)

    def matter(self, event: MatterEvent) -> Matter:
        """The matter an event is about."""
        matter = self.matters.get(event.matter_id)
        if matter is None:
            raise NotYet("the matter is not in this register")
        return matter

    def keep(self, outcome: Moved) -> list[Event]:
        """Put the new matter in the place of the old one and hand on its events."""
        matter, events = outcome
        self.matters[matter.id] = matter
        return events


async def load(tx: Transaction, records: Sequence[Record]) -> Batch:
    """Everything the batch may touch, in one query."""
    ids = {record.event.matter_id for record in records if isinstance(record.event, MatterEvent)}
    found = await matters.locked_many(tx, ids)
    return Batch(found, dict(found))


async def save(tx: Transaction, batch: Batch) -> None:
    """What the reactions changed, a statement for each table."""
    await matters.save(tx, [matter for key, matter in batch.matters.items() if batch.found[key] is not matter])
    save_years(tx, CALENDAR_YEAR, batch.years)
