"""Reactions, the firing of timers, and queries."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from services.deadlines import access, batch, loading
from services.deadlines.batch import Batch
from services.deadlines.domain.clock import Clock
from services.deadlines.domain.matter import Fired
from services.deadlines.store import reading, timers, years
from services.deadlines.store.reading import Wanted
from shared.bus.envelope import Record
from shared.contracts import Event, MatterEvent
from shared.contracts.errors import NotFound
from shared.contracts.intake import WindowOpened
from shared.store.unit_of_work import Transaction
from shared.workdays import Year, builtin_calendar

TIMERS_AT_ONCE = 500


def on_fact(state: Batch, record: Record) -> list[Event]:
    """Whatever a matter's event tells: start, move and stop the clocks it touches."""
    fact = state.facts.get((*record.key, record.sequence))
    if fact is None:
        return []
    matter_id = cast(MatterEvent, record.event).matter_id
    known = state.matters[matter_id]
    state.matters[matter_id], events = known.noted(fact, state.counting(known.window_id))
    return events


def on_window(state: Batch, record: Record) -> None:
    """A window's office hours, by which its dates are counted."""
    state.opened(cast(WindowOpened, record.event))


async def fire_due(tx: Transaction, taken: list[UUID], upto: datetime, unheard: Collection[str]) -> int:
    """Take the matters of the earliest timers due by `upto` (told in `taken`) and fire them; how many were seen.

    `unheard`: matters of which something older may still come, whatever the others' state.
    """
    await years.hold(tx)
    taken += await timers.lock_due(tx, upto, unheard, TIMERS_AT_ONCE)
    if taken:
        await fire_due_of(tx, taken, upto)
    return len(taken)


async def fire_due_of(tx: Transaction, due: Sequence[UUID], upto: datetime) -> None:
    """Do all that fell due for these matters."""
    state, fired = await batch.load_matters(tx, due), list[Fired]()
    for matter_id, known in state.found.items():
        state.matters[matter_id], steps = known.passed(upto, state.counting(known.window_id))
        fired += steps
    for _, events in sorted(fired, key=lambda step: step[0]):
        tx.publish(*events, by_rule=True)
    await batch.save(tx, state)


async def seed_calendar(tx: Transaction) -> None:
    """The years that come with the release and are not there yet: all at the first start, later a new one."""
    if await _missing(tx):
        await years.hold_alone(tx)
        for year in await _missing(tx):
            await loading.take_in(tx, year)


async def _missing(tx: Transaction) -> list[Year]:
    known, given = (await years.current(tx)).years, builtin_calendar().years
    return [given[year] for year in sorted(given) if year not in known]


async def read_deadlines(tx: Transaction, wanted: Wanted) -> list[Clock]:
    """A page of the clocks the reader may see, by due time."""
    return await reading.page(tx, access.visible(tx.actor), wanted)


async def read_deadline(tx: Transaction, deadline_id: UUID) -> Clock:
    """One clock, if the reader may see it."""
    found = await reading.one(tx, access.visible(tx.actor), deadline_id)
    if found is None:
        raise NotFound
    return found
