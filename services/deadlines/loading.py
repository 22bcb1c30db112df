"""Loading a year of the calendar: what runs is counted anew in the same transaction, or only told of in a dry run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from services.deadlines import access
from services.deadlines.domain.counting import Counting, Recount
from services.deadlines.domain.matter import MatterClocks
from services.deadlines.domain.years import changed_days, require_successor
from services.deadlines.store import hours, matters, rules, years
from shared.contracts import Event
from shared.contracts.deadlines import DeadlineMoved
from shared.contracts.errors import Conflict, Refused
from shared.store.unit_of_work import Transaction
from shared.workdays import ZONE, Calendar, Year, parse_year

MATTERS_AT_ONCE = 1_000
EVENTS_AT_ONCE = 500  # the statement that numbers them takes more than twice as long for twice as many


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did or, in a dry run, would do; `news` is False where the same year was there already."""

    year: Year
    known: Year | None
    news: bool
    before: str
    after: str
    changed: Sequence[date]
    moved: Sequence[DeadlineMoved]


@dataclass(frozen=True, slots=True)
class Given:
    """A year to load as its file has it, why, and the version of the calendar that whoever loads it has seen."""

    content: Mapping[str, Any]
    reason: str | None = None
    seen: str | None = None


async def load_year(tx: Transaction, given: Given) -> Loaded:
    """Load it; dates that it moves or makes firm are told of. Reactions and timers wait meanwhile."""
    year = _checked(tx, given)
    await years.hold_alone(tx)
    before = await years.current(tx)
    if given.seen and given.seen != before.version:
        raise Conflict("calendar.changed", "日历在您查看之后已被更改,请重新试算后再载入", current=before.version)
    known = before.years.get(year.year)
    if known == year:
        return _nothing(year, before)
    require_successor(known, year, given.reason)
    return await take_in(tx, year, given.reason)


async def try_year(tx: Transaction, given: Given) -> Loaded:
    """What loading it would do; nothing is locked or written."""
    year = _checked(tx, given)
    before = await years.current(tx)
    known = before.years.get(year.year)
    if known == year:
        return _nothing(year, before)
    require_successor(known, year, given.reason)
    return await _loaded(tx, before, year, dry_run=True)


async def take_in(tx: Transaction, year: Year, reason: str | None = None) -> Loaded:
    """Store a year that may be stored, under the lock of a load, and count anew what runs."""
    before = await years.current(tx)
    await years.replace(tx, before.years.get(year.year), year, reason)
    await tx.flush()  # from its first event to the commit no fence is put: none may come between ours
    return await _loaded(tx, before, year, dry_run=False)


def _checked(tx: Transaction, given: Given) -> Year:
    access.loads_years(tx.actor)
    try:
        return parse_year(given.content)
    except ValueError as error:
        raise Refused("calendar.invalid", str(error)) from error


def _nothing(year: Year, before: Calendar) -> Loaded:
    return Loaded(year, year, False, before.version, before.version, [], [])


async def _loaded(tx: Transaction, before: Calendar, year: Year, *, dry_run: bool) -> Loaded:
    after = before.with_year(year)
    changed = changed_days(year.year, before, after)
    since = datetime.combine(changed[0], time.min, ZONE) if changed else None
    ids, moved = await matters.counted_over(tx, since), list[DeadlineMoved]()
    for first in range(0, len(ids), MATTERS_AT_ONCE):
        some = ids[first : first + MATTERS_AT_ONCE]
        found = await (matters.read if dry_run else matters.locked)(tx, some)
        recounts = await _recounts(tx, found.values(), before, after, changed)
        done = {id: found[id].recounted(recounts[found[id].window_id]) for id in some}
        events = [event for _, told in done.values() for event in told]
        moved += [event for event in events if isinstance(event, DeadlineMoved)]
        if not dry_run:
            matters.save(tx, found, [matter for matter, _ in done.values()])
            await _tell(tx, events)
    return Loaded(year, before.years.get(year.year), True, before.version, after.version, changed, moved)


async def _recounts(
    tx: Transaction, found: Collection[MatterClocks], before: Calendar, after: Calendar, changed: Sequence[date]
) -> dict[str, Recount]:
    opening = await hours.of_windows(tx, {matter.window_id for matter in found})
    versions = await rules.current(tx)
    return {
        window_id: Recount(Counting(before, each, versions), Counting(after, each, versions), changed, tx.now)
        for window_id, each in opening.items()
    }


async def _tell(tx: Transaction, events: Sequence[Event]) -> None:
    for first in range(0, len(events), EVENTS_AT_ONCE):
        tx.publish(*events[first : first + EVENTS_AT_ONCE])
        await tx.flush()
    await tx.flush()
