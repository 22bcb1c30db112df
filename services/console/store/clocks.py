"""Queries of clocks: those of a matter or of orders, how many open ones are due when, and a page of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, select, tuple_

from services.console import access
from services.console.access import Sight
from services.console.domain import Days, When
from services.console.store.tables import CLOCK, MATTER, ORDER, STEP
from shared.contracts.codes import Escalation
from shared.store.statements import Row, among
from shared.store.unit_of_work import Transaction

Place = tuple[datetime, UUID]
# Beside those by which a reader sees a clock.
_MATTER, _ORDER = MATTER.alias("its_matter"), ORDER.alias("its_order")

# 已到期·待确认: past its due time, but deadlines has not said so yet; something done in time may be on its way to it.
# A value of one row, not EXISTS, which the planner may answer by reading every yellow step there ever was.
_CONFIRMED = func.coalesce(
    select(not_(STEP.c.withdrawn))
    .where(STEP.c.deadline_id == CLOCK.c.deadline_id, STEP.c.level == Escalation.YELLOW.value)
    .scalar_subquery(),
    False,
)
_LEVELS = (
    select(func.array_agg(STEP.c.level))
    .where(STEP.c.deadline_id == CLOCK.c.deadline_id, STEP.c.withdrawn.is_(False))
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which clocks: those that bind a unit, those that bind a window, or a unit's on the matters of a window."""

    unit: str | None = None
    window: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [] if self.window is None else [CLOCK.c.window_id == self.window]
        if self.unit is not None:
            return [*found, CLOCK.c.unit_id == self.unit, access.binds_unit()]
        return [*found, not_(access.binds_unit())] if found else []


async def of_matter(tx: Transaction, sight: Sight, matter_id: UUID) -> Sequence[Row]:
    """The clocks of a matter: running ones first, by due time."""
    found = select(*_columns(sight, tx.now)).where(CLOCK.c.matter_id == matter_id, *access.clocks(sight))
    return await tx.all(found.order_by(CLOCK.c.stopped_at.is_not(None), CLOCK.c.due_at, CLOCK.c.deadline_id))


async def of_orders(
    tx: Transaction, sight: Sight, matter_ids: Collection[UUID], order_ids: Collection[UUID]
) -> Sequence[Row]:
    """The clocks that run on these orders of these matters, by due time."""
    found = _open(select(*_columns(sight, tx.now)), sight).where(
        among(CLOCK.c.matter_id, matter_ids), among(CLOCK.c.order_id, order_ids)
    )
    return await tx.all(found.order_by(CLOCK.c.due_at, CLOCK.c.deadline_id))


async def counts(tx: Transaction, sight: Sight, asked: Asked, days: Days) -> Sequence[Row]:
    """How many open clocks bind each unit and each window, by when they are due; one pass over the open ones."""
    binds, when = access.binds_unit(), _when(days)
    each = _open(
        select(
            case((binds, CLOCK.c.unit_id)).label("unit_id"),
            case((not_(binds), CLOCK.c.window_id)).label("window_id"),
            when.label("when"),
            case((when == When.OVERDUE.value, not_(_CONFIRMED))).label("unconfirmed"),
        ),
        sight,
    ).where(*asked.conditions())
    one = each.subquery()
    whose = one.c.unit_id, one.c.window_id, one.c.when
    number = func.count().label("number"), func.count().filter(one.c.unconfirmed).label("unconfirmed")
    return await tx.all(select(*whose, *number).group_by(*whose))


async def page(
    tx: Transaction, sight: Sight, asked: Asked, when: When, days: Days, after: Place | None, count: int
) -> Sequence[Row]:
    """Open clocks that are due then, by due time, with the numbers of their matter and order."""
    found = _open(select(*_columns(sight, days.now)), sight)
    found = found.add_columns(_MATTER.c.register_no, _ORDER.c.order_no, access.binds_unit().label("binds_unit"))
    found = found.outerjoin(_MATTER, _MATTER.c.matter_id == CLOCK.c.matter_id).outerjoin(
        _ORDER, _ORDER.c.order_id == CLOCK.c.order_id
    )
    found = found.where(*asked.conditions(), *_due(when, days))
    if after is not None:
        found = found.where(tuple_(CLOCK.c.due_at, CLOCK.c.deadline_id) > after)
    return await tx.all(found.order_by(CLOCK.c.due_at, CLOCK.c.deadline_id).limit(count))


def _open(found: Select[Any], sight: Sight) -> Select[Any]:
    running = CLOCK.c.stopped_at.is_(None), CLOCK.c.due_at.is_not(None)
    return found.where(*running, access.open_clocks(sight))


def _columns(sight: Sight, now: datetime) -> list[ColumnElement[Any]]:
    return [
        *access.clock_columns(sight),
        _LEVELS.label("levels"),
        _CONFIRMED.label("confirmed"),
        _paused(now).label("paused_now"),
        _standing(now).label("standing"),
    ]


def _paused(now: datetime) -> ColumnElement[bool]:
    """中止, and not beyond the day on which it ends by itself."""
    return func.coalesce(and_(CLOCK.c.paused, CLOCK.c.resumes_at > now), False)


def _standing(now: datetime) -> ColumnElement[bool]:
    """Paused with its due time still to come; one that was overdue before stays overdue."""
    return and_(_paused(now), CLOCK.c.due_at > CLOCK.c.paused_at)


def _when(days: Days) -> ColumnElement[str]:
    due = CLOCK.c.due_at
    return case(
        (_standing(days.now), When.PAUSED.value),
        (due < days.now, When.OVERDUE.value),
        (due < days.end_of_today, When.TODAY.value),
        (due < days.end_of_tomorrow, When.TOMORROW.value),
        else_=When.LATER.value,
    )


def _due(when: When, days: Days) -> list[ColumnElement[bool]]:
    if when is When.PAUSED:
        return [_standing(days.now)]
    first, end = days.span(when)
    span = [CLOCK.c.due_at >= first] if first else []
    return [*span, *([CLOCK.c.due_at < end] if end else []), not_(_standing(days.now))]
