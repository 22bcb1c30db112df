"""One batch in memory: the matters it touches as found and as they become, and what their dates are counted by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.deadlines.domain.counting import Counting
from services.deadlines.domain.facts import Fact, fact_of
from services.deadlines.domain.matter import MatterClocks
from services.deadlines.domain.triggers import rules_touched
from services.deadlines.domain.versions import NOT_AMENDED, Versions
from services.deadlines.store import hours, matters, people, rules, years
from services.deadlines.store.matters import Touched
from services.deadlines.store.tables import DUTY
from shared.bus.envelope import Record
from shared.contracts import MatterEvent
from shared.contracts.errors import NotYet
from shared.contracts.intake import WindowOpened
from shared.contracts.referral import UnitRegistered
from shared.roster import RosterNews
from shared.store.unit_of_work import Transaction
from shared.workdays import Calendar, OfficeHours


@dataclass
class Batch:
    """What is loaded before the reactions and saved after them."""

    calendar: Calendar
    hours: dict[str, OfficeHours]
    found: dict[UUID, MatterClocks] = field(default_factory=dict)
    matters: dict[UUID, MatterClocks] = field(default_factory=dict)
    facts: dict[tuple[str, str, int], Fact] = field(default_factory=dict)
    windows: dict[str, WindowOpened] = field(default_factory=dict)
    roster: RosterNews = field(default_factory=RosterNews)
    units: dict[str, UnitRegistered] = field(default_factory=dict)
    versions: Versions = NOT_AMENDED
    _counting: dict[str, Counting] = field(default_factory=dict)

    def counting(self, window_id: str) -> Counting:
        """How dates of a window are counted; without its office hours none is."""
        if window_id not in self._counting:
            if window_id not in self.hours:
                raise NotYet(f"窗口{window_id}的办公时间尚未收到")
            self._counting[window_id] = Counting(self.calendar, self.hours[window_id], self.versions)
        return self._counting[window_id]

    def opened(self, window: WindowOpened) -> None:
        """Clocks that start from now on count by these hours; running ones keep theirs."""
        self.hours[window.window_id] = OfficeHours(window.morning, window.afternoon)
        self.windows[window.window_id] = window
        self._counting.pop(window.window_id, None)


async def load(tx: Transaction, records: Sequence[Record]) -> Batch:
    """The matters that the records tell something of, locked, new ones made."""
    await years.hold(tx)
    touched: dict[UUID, Touched] = {}
    facts: dict[tuple[str, str, int], Fact] = {}
    for record in records:
        if isinstance(record.event, MatterEvent) and (fact := _told_by(record)):
            facts[*record.key, record.sequence] = fact
            event, known = record.event, touched.get(record.event.matter_id)
            wanted = rules_touched(fact.mark) | (known.rules if known else frozenset())
            touched[event.matter_id] = Touched(event.org_code, event.window_id, wanted)
    found = await matters.locked_touched(tx, touched)
    # A matter keeps the window it began with, whatever window a later event names.
    windows = {told.window_id for told in touched.values()} | {matter.window_id for matter in found.values()}
    opening = await hours.of_windows(tx, windows)
    fresh = {id: MatterClocks(id, new.org_code, new.window_id) for id, new in touched.items() if id not in found}
    versions = await rules.current(tx)
    return Batch(await years.current(tx), opening, found, found | fresh, facts, versions=versions)


async def load_matters(tx: Transaction, matter_ids: Sequence[UUID]) -> Batch:
    """The same for matters already known."""
    await years.hold(tx)
    found = await matters.locked(tx, matter_ids)
    opening = await hours.of_windows(tx, {matter.window_id for matter in found.values()})
    return Batch(await years.current(tx), opening, found, dict(found), versions=await rules.current(tx))


async def save(tx: Transaction, batch: Batch) -> None:
    """What the reactions changed."""
    await hours.save(tx, batch.windows.values())
    await batch.roster.save(tx, DUTY)
    people.save_units(tx, batch.units.values())
    matters.save(tx, batch.found, batch.matters.values())


def _told_by(record: Record) -> Fact | None:
    """The fact a record of a matter's event tells, if any."""
    assert isinstance(record.event, MatterEvent)
    return fact_of(record.event, record.service, record.sequence)
