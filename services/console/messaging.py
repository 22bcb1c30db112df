"""What the console listens to: every event about a matter, and the names that pages need."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from services.console import handlers
from services.console.handlers import Batch
from shared.bus.deciding import Reaction
from shared.bus.envelope import Record
from shared.contracts import REGISTRY, Event, MatterEvent, deadlines, intake, referral
from shared.store.unit_of_work import Transaction

# Looks at personal data are audit's business and change nothing in a matter.
LOOKS = (intake.SensitiveViewed, referral.FileViewed)
MATTER_EVENTS = tuple(event for event in REGISTRY.values() if issubclass(event, MatterEvent) and event not in LOOKS)

REACTIONS: Mapping[type[Event], Reaction[Batch]] = {
    **dict.fromkeys(MATTER_EVENTS, handlers.on_matter_event),
    intake.WindowOpened: handlers.on_window,
    intake.DutyPeriodPublished: handlers.on_roster,
    intake.DutySubstituted: handlers.on_roster,
    referral.UnitRegistered: handlers.on_unit,
    deadlines.CalendarYearLoaded: handlers.on_calendar_year,
}


class Reactor:
    """The console's part in the bus: nothing to load, one pass in memory, a statement for each table."""

    topics: ClassVar[tuple[str, ...]] = ("intake", "triage", "referral", "deadlines")
    types: ClassVar[Mapping[type[Event], Reaction[Batch]]] = REACTIONS

    async def load(self, tx: Transaction, records: Sequence[Record]) -> Batch:
        return Batch()

    async def save(self, tx: Transaction, state: Batch) -> None:
        await handlers.save(tx, state)
