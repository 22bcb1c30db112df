"""One batch of events in memory: what is loaded before the reactions and saved after them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.triage.domain import Assessment, Outcome
from services.triage.store import assessments, copies
from services.triage.store.tables import DUTY, RECUSAL
from shared.bus.envelope import Record
from shared.contracts import Event, MatterEvent
from shared.contracts.intake import WindowOpened
from shared.contracts.referral import ComparisonRecorded, UnitRegistered
from shared.recusals import RecusalNews, save_recusals
from shared.roster import RosterNews
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


@dataclass
class Batch:
    """Assessments as found and as they stand after the reactions, and the latest of each copy."""

    vault: Vault
    found: dict[UUID, Assessment]
    sheets: dict[UUID, Assessment]
    windows: dict[str, WindowOpened] = field(default_factory=dict)
    roster: RosterNews = field(default_factory=RosterNews)
    units: dict[str, UnitRegistered] = field(default_factory=dict)
    comparisons: dict[UUID, ComparisonRecorded] = field(default_factory=dict)
    recusals: list[RecusalNews] = field(default_factory=list)

    def keep(self, outcome: Outcome) -> list[Event]:
        """Put the new assessment in the place of the old one and hand on its events."""
        sheet, events = outcome
        self.sheets[sheet.matter_id] = sheet
        return events


async def load(tx: Transaction, records: Sequence[Record], vault: Vault) -> Batch:
    """Everything the batch may touch, in one query."""
    matters = {record.event.matter_id for record in records if isinstance(record.event, MatterEvent)}
    found = {matter_id: shown.sheet for matter_id, shown in (await assessments.locked(tx, matters)).items()}
    return Batch(vault, found, dict(found))


async def save(tx: Transaction, batch: Batch) -> None:
    """What the reactions changed, a statement for each table."""
    changed = [sheet for key, sheet in batch.sheets.items() if batch.found.get(key) is not sheet]
    await assessments.save(tx, changed)
    await batch.roster.save(tx, DUTY)
    save_recusals(tx, RECUSAL, batch.recusals)
    await copies.save_windows(tx, batch.windows.values())
    await copies.save_units(tx, batch.units.values())
    await copies.save_comparisons(tx, batch.comparisons.values())
