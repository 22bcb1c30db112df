"""Reactions, the firing of timers, and queries."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from services.deadlines import access, batch, loading
from services.deadlines.batch import Batch
from services.deadlines.domain.clock import Clock
from services.deadlines.domain.counting import Counting
from services.deadlines.domain.matter import Fired
from services.deadlines.domain.sending import People, paper
from services.deadlines.explaining import ExplainedClock, explained
from services.deadlines.store import hours, people, reading, rules, timers, years
from services.deadlines.store.reading import Wanted
from shared.bus.envelope import Record
from shared.bus.heard import Heard, places
from shared.contracts import Event, MatterEvent
from shared.contracts.errors import NotFound
from shared.contracts.intake import WindowOpened
from shared.contracts.referral import UnitRegistered
from shared.contracts.regions import is_city
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


def on_roster(state: Batch, record: Record) -> None:
    """Who is on duty."""
    assert record.event is not None
    state.roster.take(record.event)


def on_unit(state: Batch, record: Record) -> None:
    """Who answers for a unit."""
    unit = cast(UnitRegistered, record.event)
    state.units[unit.unit_id] = unit


async def fire_due(tx: Transaction, taken: list[UUID], upto: datetime, heard: Heard) -> int:
    """Take the matters of the earliest timers due by `upto` (told in `taken`) and fire them; how many were seen.

    Not those of which something older may still come, and none where the database does not hold what was heard.
    """
    await years.hold(tx)
    taken += await timers.lock_due(tx, upto, heard.held, TIMERS_AT_ONCE)
    if taken and not heard.still_holds(await places(tx)):
        taken.clear()
    if taken:
        await fire_due_of(tx, taken, upto)
    return len(taken)


async def fire_due_of(tx: Transaction, due: Sequence[UUID], upto: datetime) -> None:
    """Do all that fell due for these matters."""
    state, fired = await batch.load_matters(tx, due), list[Fired]()
    for matter_id, known in state.found.items():
        state.matters[matter_id], steps = known.passed(upto, state.counting(known.window_id))
        fired += steps
    told = await _people(tx, [each.paper[0] for each in fired if each.paper])
    for each in sorted(fired, key=lambda each: each.at):
        papers = [paper(*each.paper, told)] if each.paper else []
        tx.publish(*each.events, *papers, by_rule=True)
    await batch.save(tx, state)


async def _people(tx: Transaction, clocks: Sequence[Clock]) -> People:
    """Whom papers about these clocks may go to, as it is today."""
    today = tx.now.date()
    if not clocks:
        return People(today)
    units = {clock.unit_id for clock in clocks if clock.unit_id}
    counties = {clock.org_code for clock in clocks if not is_city(clock.org_code)}
    return await people.on(tx, today, units, {clock.window_id for clock in clocks}, counties)


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


async def explain_deadline(tx: Transaction, deadline_id: UUID) -> ExplainedClock:
    """How the due time of one clock comes about, by the calendar and the window's office hours of now."""
    clock = await read_deadline(tx, deadline_id)
    opening = await hours.of_windows(tx, [clock.window_id])
    counting = Counting(await years.current(tx), opening[clock.window_id], await rules.current(tx))
    return explained(clock, counting)
