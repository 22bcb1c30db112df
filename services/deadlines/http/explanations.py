"""The route that explains a clock, and its answer."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response

from services.deadlines import access, handlers
from services.deadlines.domain.counting import Extension
from services.deadlines.domain.facts import Mark
from services.deadlines.explaining import STARTS, ExplainedClock
from services.deadlines.http.deadlines import name_of
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Read
from shared.workdays import Limit, LineKind, OfficeHours

router = APIRouter()


class LineOut(Answer):
    """A day or a run of days alike, and why it counts or not."""

    first: date
    last: date
    days: str
    kind: LineKind
    text: str
    due_at: datetime | None


class PauseOut(Answer):
    """When the clock stood still, or will have by itself."""

    paused_at: datetime
    resumes_at: datetime
    automatic: bool


class ExtensionOut(Answer):
    """By how much more time was granted, and when."""

    granted_at: datetime
    limit: str
    limit_name: str


class ExplanationOut(Answer):
    """How a due time comes about. For a unit `rule` is empty and `name` says no more than the limit.

    `due_at` and `calendar_version` are those stored; `counted_due_at` is where the days lead, counted by the calendar
    `counted_by` and the office hours of now.
    """

    deadline_id: UUID
    matter_id: UUID
    order_id: UUID | None
    rule: str | None
    rule_version: int | None
    rule_basis: str | None
    name: str
    limit: str
    limit_name: str
    start_event: str
    start_name: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    office_hours: str
    pauses: list[PauseOut]
    extensions: list[ExtensionOut]
    calendar_version: str
    counted_by: str
    provisional: bool
    why_provisional: str | None
    lines: list[LineOut]
    counted_due_at: datetime
    agrees: bool
    why_differs: str | None
    notes: list[str]


@router.get("/deadlines/{deadline_id}/explanation")
async def read_explanation(deadline_id: UUID, read: Read) -> Response:
    async def work(tx: Transaction) -> ExplanationOut:
        return answer_of(await handlers.explain_deadline(tx, deadline_id), access.sees_rules(tx.actor))

    return await read(work)


def answer_of(found: ExplainedClock, plain: bool) -> ExplanationOut:
    """The explanation as this reader may see it."""
    clock, counted = found.clock, found.counted
    return ExplanationOut(
        deadline_id=clock.id, matter_id=clock.matter_id, order_id=clock.order_id,
        rule=clock.rule if plain else None, rule_version=clock.rule_version if plain else None,
        rule_basis=found.rule_basis if plain else None, name=name_of(clock, plain),
        limit=clock.limit, limit_name=Limit.parse(clock.limit).in_words,
        start_event=clock.start_event, start_name=STARTS[Mark(clock.start_event)], started_at=clock.started_at,
        due_at=clock.due_at, stopped_at=clock.stopped_at, office_hours=_in_words(found.counting.hours),
        pauses=[PauseOut(paused_at=p.at, resumes_at=p.until, automatic=p.automatic) for p in clock.pauses],
        extensions=[_extension(each) for each in clock.changes if isinstance(each, Extension)],
        calendar_version=clock.calendar_version, counted_by=found.counting.calendar.version,
        provisional=clock.provisional, why_provisional=found.why_provisional,
        lines=[
            LineOut(first=line.first, last=line.last, days=line.days, kind=line.kind, text=line.text,
                    due_at=line.due_at)
            for line in counted.lines
        ],
        counted_due_at=counted.due.at, agrees=found.agrees, why_differs=found.why_differs, notes=found.notes,
    )  # fmt: skip


def _extension(granted: Extension) -> ExtensionOut:
    limit_name = Limit.parse(granted.limit).in_words
    return ExtensionOut(granted_at=granted.at, limit=granted.limit, limit_name=limit_name)


def _in_words(hours: OfficeHours) -> str:
    return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in (hours.morning, hours.afternoon))
