"""What referral listens to, readable as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from services.referral import batch
from services.referral.batch import Batch
from services.referral.handlers import reactions
from services.referral.handlers.files import destroy_of
from shared.bus.deciding import Reaction
from shared.bus.envelope import Record
from shared.contracts import Event, deadlines, intake, triage
from shared.files import Files
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

REACTIONS: Mapping[type[Event], Reaction[Batch]] = {
    intake.WindowOpened: reactions.on_window,
    intake.DutyPeriodPublished: reactions.on_roster,
    intake.DutySubstituted: reactions.on_roster,
    intake.MatterRegistered: reactions.on_registered,
    intake.MatterRecusalDeclared: reactions.on_recusal,
    intake.MatterRecusalLifted: reactions.on_recusal,
    intake.MatterReworkOrdered: reactions.on_rework_ordered,
    **dict.fromkeys(intake.ENDINGS, reactions.on_ended),
    intake.MatterMaterialAdded: reactions.on_material,
    intake.MatterReopened: reactions.on_reopened,
    intake.ReporterErased: reactions.on_reporter_erased,
    triage.MatterApproved: reactions.on_approved,
    triage.MatterReclassified: reactions.on_reclassified,
    deadlines.OrderAckMissed: reactions.on_ack_missed,
    deadlines.DeadlineStarted: reactions.on_clock,
    deadlines.DeadlineMoved: reactions.on_clock,
    deadlines.DeadlineResumed: reactions.on_clock_resumed,
    deadlines.DeadlineStopped: reactions.on_clock,
    deadlines.SupervisionReached: reactions.on_step,
    deadlines.SupervisionWithdrawn: reactions.on_step,
    deadlines.CalendarYearLoaded: reactions.on_calendar_year,
    deadlines.RuleAmended: reactions.on_rule,
}


@dataclass(frozen=True)
class Reactor:
    """Referral's part in the bus; a new matter gets its key from the vault, the files of an erased one go."""

    vault: Vault
    files: Files
    topics: ClassVar[tuple[str, ...]] = ("intake", "triage", "deadlines")
    types: ClassVar[Mapping[type[Event], Reaction[Batch]]] = REACTIONS

    async def load(self, tx: Transaction, records: Sequence[Record]) -> Batch:
        return await batch.load(tx, records, self.vault)

    async def save(self, tx: Transaction, state: Batch) -> None:
        await batch.save(tx, state, self.vault)
        tx.afterwards += [partial(destroy_of, self.files, matter_id) for matter_id in sorted(state.erased)]
