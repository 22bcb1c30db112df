"""Queries of the inbox: how many papers wait for somebody, a page of them, and what was sent about a matter."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, column, func, literal, not_, or_, select, true, tuple_

from services.console import access
from services.console.access import Sight
from services.console.store.tables import CLOCK, LETTER, MATTER, ORDER, RECUSAL, STEP
from shared.recusals import is_recused
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction

COUNTED = 100
Place = tuple[datetime, UUID, str]
_PLACE = tuple_(LETTER.c.sent_at, LETTER.c.deadline_id, LETTER.c.level)
# Beside those by which a unit sees a matter.
_ORDER = ORDER.alias("its_order")
# A step that was withdrawn, or has been reached at another moment since.
_WITHDRAWN = or_(STEP.c.withdrawn, STEP.c.reached_at != LETTER.c.reached_at)


async def waiting(tx: Transaction, sight: Sight, boxes: Sequence[str]) -> int:
    """How many open papers somebody has, counted no further than COUNTED."""
    found = _letters(sight, select(LETTER.c.deadline_id, LETTER.c.level))
    found = found.where(LETTER.c.box == func.any(_array(boxes)), not_(LETTER.c.settled), not_(_WITHDRAWN))
    # Limited before it is made distinct: else the planner reads the whole table in the order of its key.
    letter = found.limit(COUNTED).subquery()
    row = await tx.one(select(func.count(tuple_(letter.c.deadline_id, letter.c.level).distinct())))
    return int(row[0]) if row else 0


async def page(
    tx: Transaction, sight: Sight, boxes: Sequence[str], is_open: bool, after: Place | None, count: int
) -> Sequence[Row]:
    """Papers in these boxes, newest first, each once: the open ones, or those settled or withdrawn."""
    reader = func.unnest(_array(boxes)).table_valued(column("box", Text), name="reader").render_derived()
    of_box = _letters(sight, select(LETTER, _WITHDRAWN.label("withdrawn")))
    counts = and_(not_(LETTER.c.settled), not_(_WITHDRAWN))
    of_box = of_box.where(LETTER.c.box == reader.c.box, counts if is_open else not_(counts))
    if after is not None:
        of_box = of_box.where(tuple_(*after) > _PLACE)
    each = of_box.order_by(LETTER.c.sent_at.desc(), LETTER.c.deadline_id.desc(), LETTER.c.level.desc())
    letter = each.limit(count).lateral("letter")
    same = [letter.c[name] for name in ("deadline_id", "level", "reached_at", "sent_at", "due_at", "withdrawn")]
    one = select(*same, func.bool_and(letter.c.copy_only).label("copy_only")).select_from(reader).join(letter, true())
    newest = [letter.c.sent_at.desc(), letter.c.deadline_id.desc(), letter.c.level.desc()]
    return await tx.all(_told(sight, one.group_by(*same).order_by(*newest).limit(count)))


async def sent_about(tx: Transaction, sight: Sight, matter_id: UUID) -> Sequence[Row]:
    """To whom papers about a matter in sight went, in the order in which they were sent."""
    found = select(LETTER, CLOCK.c.order_id).join(CLOCK, CLOCK.c.deadline_id == LETTER.c.deadline_id)
    found = found.join(MATTER, MATTER.c.matter_id == LETTER.c.matter_id)
    found = found.where(LETTER.c.matter_id == matter_id, access.matters(sight), *access.clocks(sight))
    return await tx.all(found.order_by(LETTER.c.sent_at, LETTER.c.deadline_id, LETTER.c.level, LETTER.c.number))


def _letters(sight: Sight, found: Select[Any]) -> Select[Any]:
    """Not about a matter in which the reader declared an interest, and to a unit only about what binds it."""
    found = found.join_from(
        LETTER, STEP, and_(STEP.c.deadline_id == LETTER.c.deadline_id, STEP.c.level == LETTER.c.level)
    )
    if not sight.internal:
        return found.join(CLOCK, CLOCK.c.deadline_id == LETTER.c.deadline_id).where(*access.clocks(sight))
    return found.where(not_(is_recused(RECUSAL, LETTER.c.matter_id, sight.account_id)))


def _told(sight: Sight, papers: Select[Any]) -> Select[Any]:
    """With clock, matter and order; numbers only of matters in sight."""
    paper = papers.subquery("paper")
    told = {column.name for column in paper.columns}
    shown = [column for column in access.clock_columns(sight) if column.key not in told]
    found = select(paper, *shown, MATTER.c.register_no, MATTER.c.window_id.label("of_window"), _ORDER.c.order_no)
    found = found.select_from(paper).join(CLOCK, CLOCK.c.deadline_id == paper.c.deadline_id)
    found = found.outerjoin(MATTER, and_(MATTER.c.matter_id == CLOCK.c.matter_id, access.matters(sight)))
    found = found.outerjoin(_ORDER, and_(_ORDER.c.order_id == CLOCK.c.order_id, MATTER.c.matter_id.is_not(None)))
    return found.order_by(paper.c.sent_at.desc(), paper.c.deadline_id.desc(), paper.c.level.desc())


def _array(boxes: Sequence[str]) -> ColumnElement[Any]:
    return literal(list(boxes), ARRAY(Text))
