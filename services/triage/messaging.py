"""What triage listens to, readable as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from services.triage import batch, handlers
from services.triage.batch import Batch
from shared.bus.deciding import Reaction
from shared.bus.envelope import Record
from shared.contracts import Event, intake, referral
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

REACTIONS: Mapping[type[Event], Reaction[Batch]] = {
    intake.MatterAccepted: handlers.on_accepted,
    intake.MatterReworkOrdered: handlers.on_rework_ordered,
    **dict.fromkeys(intake.ENDINGS, handlers.on_ended),
    intake.MatterReopened: handlers.on_reopened,
    intake.ReporterErased: handlers.on_reporter_erased,
    intake.MatterRecusalDeclared: handlers.on_recusal,
    intake.MatterRecusalLifted: handlers.on_recusal,
    intake.WindowOpened: handlers.on_window,
    intake.DutyPeriodPublished: handlers.on_roster,
    intake.DutySubstituted: handlers.on_roster,
    referral.CannotDoUpheld: handlers.on_statement_upheld,
    referral.ComparisonRecorded: handlers.on_comparison,
    referral.UnitRegistered: handlers.on_unit,
}


@dataclass(frozen=True)
class Reactor:
    """Triage's part in the bus; a new assessment gets its key from the vault."""

    vault: Vault
    topics: ClassVar[tuple[str, ...]] = ("intake", "referral")
    types: ClassVar[Mapping[type[Event], Reaction[Batch]]] = REACTIONS

    async def load(self, tx: Transaction, records: Sequence[Record]) -> Batch:
        return await batch.load(tx, records, self.vault)

    async def save(self, tx: Transaction, state: Batch) -> None:
        await batch.save(tx, state)
