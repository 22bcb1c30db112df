"""Routes of clocks and their answers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.deadlines import access, handlers
from services.deadlines.domain.clock import Clock
from services.deadlines.domain.ladder import Level, Step, StepState
from services.deadlines.domain.rules import RULES, TELLING_RULES
from services.deadlines.store.reading import Wanted
from shared.contracts.codes import Escalation, label
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Cursor, Page, Read
from shared.workdays import ZONE, Limit

router = APIRouter()
Code = Annotated[str | None, Query(max_length=40, pattern=r"^[\w.:-]+$")]


class StepOut(Answer):
    """A step of the ladder, come or to come, with the moment its paper goes out, and whether it did."""

    level: Escalation
    name: str
    at: datetime
    sent_at: datetime
    state: StepState
    is_sent: bool


class DeadlineOut(Answer):
    """A clock. For a unit `rule` and its version are empty and `name` says no more than the limit.

    While it is `unconfirmed` the moment of its next step has passed, but an act dated before may still be on its way.

    One that is paused is OPEN and has both `paused_at` and `resumes_at`, when it runs on by itself; `due_at` is what it
    will be then.
    """

    deadline_id: UUID
    matter_id: UUID
    org_code: str
    window_id: str
    order_id: UUID | None
    unit_id: str | None
    round: int
    rule: str | None
    rule_version: int | None
    name: str
    limit: str
    limit_name: str
    start_event: str
    started_at: datetime
    due_at: datetime
    provisional: bool
    calendar_version: str
    state: Literal["OPEN", "STOPPED"]
    stop_event: str | None
    stopped_at: datetime | None
    paused_at: datetime | None
    resumes_at: datetime | None
    overdue: bool
    unconfirmed: bool
    level: Escalation | None
    level_name: str | None
    steps: list[StepOut]


@router.get("/deadlines")
async def read_deadlines(
    read: Read, cursor: Cursor, matter: UUID | None = None, order: UUID | None = None,
    state: Literal["OPEN", "STOPPED"] | None = None, unit: Code = None, window: Code = None,
) -> Response:  # fmt: skip
    after = cursor.position(_due_at, UUID)
    place = (after[0], after[1]) if after else None
    wanted = Wanted(cursor.limit + 1, place, matter, order, state, unit, window)

    async def work(tx: Transaction) -> Page[DeadlineOut]:
        found = await handlers.read_deadlines(tx, wanted)
        items = [_out(clock, tx) for clock in found]
        return Page.of(items, cursor.limit, lambda item: [item.due_at.isoformat(), item.deadline_id])

    return await read(work)


@router.get("/deadlines/{deadline_id}")
async def read_deadline(deadline_id: UUID, read: Read) -> Response:
    async def work(tx: Transaction) -> DeadlineOut:
        return _out(await handlers.read_deadline(tx, deadline_id), tx)

    return await read(work)


def name_of(clock: Clock, plain: bool) -> str:
    """What a clock is called, to a unit without what tells the kind of the matter."""
    return RULES[clock.rule].name if plain or clock.rule not in TELLING_RULES else "办理期限"


def _due_at(text: str) -> datetime:
    """The due time in a cursor; one that the database could not hold is as bad as none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1900 < moment.year < 9000:
        raise ValueError(text)
    return moment.astimezone(ZONE)


def _out(clock: Clock, tx: Transaction) -> DeadlineOut:
    """The clock as this reader may see it."""
    plain = access.sees_rules(tx.actor)
    level, pause = _escalation(clock.level), clock.pause(tx.now)
    return DeadlineOut(
        deadline_id=clock.id, matter_id=clock.matter_id, org_code=clock.org_code, window_id=clock.window_id,
        order_id=clock.order_id, unit_id=clock.unit_id, round=clock.round,
        rule=clock.rule if plain else None, rule_version=clock.rule_version if plain else None,
        name=name_of(clock, plain),
        limit=clock.limit, limit_name=Limit.parse(clock.limit).in_words,
        start_event=clock.start_event, started_at=clock.started_at, due_at=clock.due_at,
        provisional=clock.provisional, calendar_version=clock.calendar_version,
        state="OPEN" if clock.stopped_at is None else "STOPPED",
        stop_event=clock.stop_event, stopped_at=clock.stopped_at,
        paused_at=pause and pause.at, resumes_at=pause and pause.until, overdue=clock.overdue(tx.now),
        unconfirmed=clock.unconfirmed(tx.now),
        level=level, level_name=level and label(level),
        steps=[_step(step) for step in clock.steps if step.level.is_light],
    )  # fmt: skip


def _step(step: Step) -> StepOut:
    level = Escalation(step.level.value)
    return StepOut(
        level=level, name=label(level), at=step.at, sent_at=step.sent_at, state=step.state, is_sent=step.is_sent
    )


def _escalation(level: Level | None) -> Escalation | None:
    return Escalation(level.value) if level else None
