"""What readers ask for: single clocks, and pages of them by due time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, select, tuple_

from services.deadlines.domain.clock import Clock
from services.deadlines.store.rows import JSON, PLAIN, clock_from_row
from services.deadlines.store.tables import DEADLINE
from shared.store.unit_of_work import Transaction

D = DEADLINE.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader filters by, and where the page starts."""

    limit: int
    after: tuple[datetime, UUID] | None = None
    matter: UUID | None = None
    order: UUID | None = None
    state: Literal["OPEN", "STOPPED"] | None = None
    unit: str | None = None
    window: str | None = None


async def page(tx: Transaction, visible: ColumnElement[bool], wanted: Wanted) -> list[Clock]:
    """The next clocks by due time."""
    query = _clocks().where(visible, *_filters(wanted)).order_by(D.due_at, D.id).limit(wanted.limit)
    if wanted.after is not None:
        query = query.where(tuple_(D.due_at, D.id) > tuple_(*wanted.after))
    return [clock_from_row(row) for row in await tx.all(query)]


async def one(tx: Transaction, visible: ColumnElement[bool], deadline_id: UUID) -> Clock | None:
    """One clock."""
    row = await tx.one(_clocks().where(visible, D.id == deadline_id))
    return clock_from_row(row) if row else None


def _clocks() -> Select[Any]:
    return select(*(D[name] for name in PLAIN), *(cast(D[name], Text).label(name) for name in JSON))


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    given = {D.matter_id: wanted.matter, D.order_id: wanted.order, D.unit_id: wanted.unit, D.window_id: wanted.window}
    filters: list[ColumnElement[bool]] = [column == value for column, value in given.items() if value is not None]
    if wanted.state is not None:
        filters.append(D.stopped_at.is_(None) if wanted.state == "OPEN" else D.stopped_at.is_not(None))
    return filters
