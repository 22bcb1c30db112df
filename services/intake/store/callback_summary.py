"""What the call-backs of some days came to, counted from the record of handling."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select

from services.intake.store.tables import MATTER, RECORD
from shared.contracts.codes import CallbackResult
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

_SAID = {name: RECORD.c.codes[name].astext.label(name) for name in ("result", "solved", "satisfaction")}


async def calls(tx: Transaction, visible: ColumnElement[bool], first: datetime, end: datetime) -> Sequence[Row]:
    """How many calls had the same result and the same answers."""
    return await tx.all(
        _between(visible, *_SAID.values(), func.count().label("calls")).group_by(*_SAID.values()),
        first=first, end=end,
    )  # fmt: skip


async def reporters(tx: Transaction, visible: ColumnElement[bool], first: datetime, end: datetime) -> Row:
    """Of each round of a matter once: was the reporter reached, did they decline, or did nobody answer."""
    result = _SAID["result"]
    each = (
        _between(
            visible,
            func.bool_or(result == CallbackResult.REACHED.value).label("reached"),
            func.bool_or(result == CallbackResult.DECLINED.value).label("declined"),
        )
        .group_by(RECORD.c.matter_id, RECORD.c.round)
        .subquery()
    )
    counted = select(
        func.count().filter(each.c.reached).label("reached"),
        func.count().filter(~each.c.reached, each.c.declined).label("declined"),
        func.count().filter(~each.c.reached, ~each.c.declined).label("unanswered"),
    )
    row = await tx.one(counted, first=first, end=end)
    assert row is not None
    return row


def _between(visible: ColumnElement[bool], *wanted: ColumnElement[Any]) -> Select[Any]:
    query: Select[Any] = (
        select(*wanted)
        .join_from(RECORD, MATTER, MATTER.c.matter_id == RECORD.c.matter_id)
        .where(
            visible,
            RECORD.c.kind == literal_column("'CALLBACK'"),  # as the index has it
            RECORD.c.recorded_at >= bindparam("first"),
            RECORD.c.recorded_at < bindparam("end"),
        )
    )
    return query
