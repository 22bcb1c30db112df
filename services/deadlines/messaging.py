"""What deadlines listens to: what tells a fact (domain/facts.py), the windows' hours, and to whom papers go."""

from collections.abc import Mapping, Sequence

from services.deadlines import batch, handlers
from services.deadlines.batch import Batch
from services.deadlines.domain.facts import TELLS
from shared.bus.deciding import Reaction
from shared.bus.envelope import Record
from shared.contracts import Event, intake, referral
from shared.store.unit_of_work import Transaction

REACTIONS: Mapping[type[Event], Reaction[Batch]] = {
    intake.WindowOpened: handlers.on_window,
    intake.DutyPeriodPublished: handlers.on_roster,
    intake.DutySubstituted: handlers.on_roster,
    referral.UnitRegistered: handlers.on_unit,
    **dict.fromkeys(TELLS, handlers.on_fact),
}


class Reactor:
    """Deadlines' part in the bus."""

    topics = ("intake", "triage", "referral")
    types = REACTIONS

    async def load(self, tx: Transaction, records: Sequence[Record]) -> Batch:
        return await batch.load(tx, records)

    async def save(self, tx: Transaction, state: Batch) -> None:
        await batch.save(tx, state)
