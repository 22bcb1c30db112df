"""Every query of the console; each takes what the reader may see and asks for nothing beyond it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from services.console import access
from services.console.access import Sight
from services.console.domain import LINES
from services.console.store.tables import CLOCK, DUTY, MATTER, ORDER, STEP, TIMELINE, UNIT, WINDOW
from shared.contracts.codes import MatterState
from shared.roster import OnDuty, duty_on
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction

COUNTED = 1000
UNIT_LINES = [event.TYPE for event, spec in LINES.items() if spec.for_unit]


async def page(
    tx: Transaction, sight: Sight, state: MatterState | None, window: str | None, after: UUID | None, count: int
) -> Sequence[Row]:
    """Matters, newest first, with the nearest due time of a running clock and the steps reached on running ones."""
    running = [CLOCK.c.matter_id == MATTER.c.matter_id, CLOCK.c.stopped_at.is_(None), *access.clocks(sight)]
    nearest = select(CLOCK).where(*running).order_by(CLOCK.c.due_at, CLOCK.c.deadline_id).limit(1)
    reached = select(func.array_agg(STEP.c.level)).join(CLOCK, CLOCK.c.deadline_id == STEP.c.deadline_id)
    shown = select(
        *access.matter_columns(sight),
        nearest.with_only_columns(CLOCK.c.due_at).scalar_subquery().label("due_at"),
        nearest.with_only_columns(CLOCK.c.provisional).scalar_subquery().label("provisional"),
        reached.where(*running, STEP.c.withdrawn.is_(False)).scalar_subquery().label("levels"),
    )
    statement = _filtered(shown, sight, window).order_by(MATTER.c.matter_id.desc()).limit(count)
    if state is not None:
        statement = statement.where(MATTER.c.state == state.value)
    if after is not None:
        statement = statement.where(MATTER.c.matter_id < after)
    return await tx.all(statement)


async def counts(tx: Transaction, sight: Sight, window: str | None) -> dict[str, int]:
    """How many matters there are in each state, counted no further than COUNTED: the work of a page stays the same."""
    row = await tx.one(select(*(_counted(state.value, sight, window) for state in MatterState)))
    return {state: number for state, number in row.items() if number} if row else {}


def _counted(state: str, sight: Sight, window: str | None) -> ColumnElement[int]:
    found = _filtered(select(MATTER.c.matter_id).where(MATTER.c.state == state), sight, window).limit(COUNTED)
    return select(func.count()).select_from(found.subquery()).scalar_subquery().label(state)


def _filtered(statement: Select[Any], sight: Sight, window: str | None) -> Select[Any]:
    statement = statement.where(access.matters(sight))
    return statement if window is None else statement.where(MATTER.c.window_id == window)


async def matter(tx: Transaction, sight: Sight, matter_id: UUID) -> Row | None:
    """One matter, if it is in sight."""
    return await tx.one(
        select(*access.matter_columns(sight)).where(MATTER.c.matter_id == matter_id, access.matters(sight))
    )


async def orders(tx: Transaction, sight: Sight, matter_id: UUID) -> Sequence[Row]:
    """The orders of a matter, in the order they were drafted."""
    found = select(*access.order_columns(sight)).where(ORDER.c.matter_id == matter_id, *access.orders(sight))
    return await tx.all(found.order_by(ORDER.c.round, ORDER.c.drafted_at, ORDER.c.order_id))


async def steps(tx: Transaction, sight: Sight, matter_id: UUID) -> Sequence[Row]:
    """The steps of supervision reached on these clocks."""
    found = select(STEP).join(CLOCK, CLOCK.c.deadline_id == STEP.c.deadline_id)
    found = found.where(STEP.c.matter_id == matter_id, *access.clocks(sight))
    return await tx.all(found.order_by(STEP.c.reached_at, STEP.c.deadline_id, STEP.c.level))


async def lines(tx: Transaction, sight: Sight, matter_id: UUID) -> Sequence[Row]:
    """The timeline; what happened at one moment stands in the order in which it was published."""
    found = select(*access.line_columns(sight)).where(
        TIMELINE.c.matter_id == matter_id, *access.lines(sight, UNIT_LINES)
    )
    return await tx.all(
        found.order_by(TIMELINE.c.at, TIMELINE.c.event_id.collate("C"), TIMELINE.c.source, TIMELINE.c.sequence)
    )


async def unit_names(tx: Transaction, unit_ids: Collection[str]) -> dict[str, str]:
    """Names of these units, as far as the directory has come."""
    if not unit_ids:
        return {}
    return {row.unit_id: row.name for row in await tx.all(select(UNIT).where(UNIT.c.unit_id.in_(unit_ids)))}


async def registered_between(
    tx: Transaction, sight: Sight, begin: datetime, end: datetime, count: int
) -> Sequence[Row]:
    """Matters in sight by the time they were registered, in the order of the register."""
    query = _filtered(select(*access.matter_columns(sight)), sight, sight.window_id)
    query = query.where(MATTER.c.registered_at >= begin, MATTER.c.registered_at < end)
    return await tx.all(query.order_by(MATTER.c.registered_at, MATTER.c.register_no).limit(count))


async def alarms(tx: Transaction, sight: Sight, before: datetime) -> Sequence[Row]:
    """Matters in sight whose alarm, raised before a moment, nobody has answered; the oldest first."""
    query = select(MATTER.c.matter_id, MATTER.c.register_no, MATTER.c.alarm_raised_at).where(
        access.matters(sight), MATTER.c.alarm_raised_at < before, MATTER.c.alarm_acked_at.is_(None)
    )
    return await tx.all(query.order_by(MATTER.c.alarm_raised_at).limit(20))


async def register_numbers(tx: Transaction, sight: Sight, matter_ids: Collection[UUID]) -> Sequence[Row]:
    """The register numbers of these matters."""
    query = select(MATTER.c.matter_id, MATTER.c.register_no)
    return await tx.all(query.where(access.matters(sight), among(MATTER.c.matter_id, matter_ids)))


async def all_units(tx: Transaction) -> dict[str, str]:
    """The directory, by name."""
    return {row.unit_id: row.name for row in await tx.all(select(UNIT).order_by(UNIT.c.name))}


async def window_names(tx: Transaction, sight: Sight) -> dict[str, str]:
    """The windows whose matters are in sight, by id."""
    found = select(WINDOW.c.window_id, WINDOW.c.name).order_by(WINDOW.c.window_id)
    if sight.window_id is not None:
        found = found.where(WINDOW.c.window_id == sight.window_id)
    elif sight.internal:
        found = found.where(access.bodies(sight, WINDOW.c.org_code))
    return {row.window_id: row.name for row in await tx.all(found)}


async def duty(tx: Transaction, window_id: str, day: date) -> OnDuty | None:
    """Who is on duty at a window on a day."""
    return await duty_on(tx, DUTY, window_id, day)


async def newest_revision(tx: Transaction) -> int:
    """The last revision anybody can see."""
    row = await tx.one(select(func.coalesce(func.max(MATTER.c.revision), 0)))
    return int(row[0]) if row else 0


async def changed(tx: Transaction, sight: Sight, after: int, count: int) -> Sequence[Row]:
    """Matters in sight that changed after a revision."""
    found = select(MATTER.c.matter_id, MATTER.c.revision).where(MATTER.c.revision > after, access.matters(sight))
    return await tx.all(found.order_by(MATTER.c.revision).limit(count))
