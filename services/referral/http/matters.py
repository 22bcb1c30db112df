"""Routes of what is done on a matter as a whole: comparisons and meetings."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from services.referral import access
from services.referral.domain.comparisons import CityRule, Comparison, Verdict
from services.referral.domain.meetings import Meeting, MeetingState, Task
from services.referral.handlers import matters, reading
from services.referral.http.fields import Line, Paragraph, Receipt, Text, UnitId
from shared.contracts.actor import Actor
from shared.contracts.codes import MeetingKind
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Page, Parts, Read, Run

router = APIRouter()
UnitIds = Annotated[tuple[UnitId, ...], Field(max_length=50)]


class CityRuleIn(Body):
    """Number and date may be left out here; the domain says which row lacks them."""

    city: Annotated[Line, Field(min_length=1)]
    document: Annotated[Line, Field(min_length=1)]
    number: Line = ""
    article: Line = ""
    text: Paragraph = ""
    effective_on: date | None = None
    verdict: Verdict
    checked_on: date | None = None
    policy_id: UUID | None = None


class ComparisonIn(Body):
    needed: bool
    reason: Paragraph = ""
    rows: Annotated[tuple[CityRuleIn, ...], Field(max_length=50)] = ()


class ComparisonOut(Answer):
    comparison_id: UUID
    matter_id: UUID
    needed: bool
    reason: str
    rows: list[CityRule]
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, comparison: Comparison) -> "ComparisonOut":
        return cls(
            comparison_id=comparison.id,
            matter_id=comparison.matter_id,
            needed=comparison.needed,
            reason=comparison.reason,
            rows=list(comparison.rows),
            recorded_by=comparison.recorded_by,
            recorded_at=comparison.recorded_at,
        )


class MeetingIn(Body):
    kind: MeetingKind
    unit_ids: UnitIds
    meets_at: AwareDatetime
    agenda: Paragraph = ""


class SessionIn(Body):
    present_unit_ids: UnitIds = ()
    absent_unit_ids: UnitIds = ()
    minutes: Text = ""


class TaskIn(Body):
    unit_id: UnitId
    task: Annotated[Paragraph, Field(min_length=1)]
    due: date


class ConclusionIn(Body):
    summary: Annotated[Text, Field(min_length=1)]
    dissent: Text = ""
    tasks: Annotated[tuple[TaskIn, ...], Field(max_length=50)] = ()
    text_check_receipt: Receipt | None = None


class SessionOut(Answer):
    session_no: int
    present_unit_ids: list[str]
    absent_unit_ids: list[str]
    minutes: str | None
    held_at: datetime


class MeetingOut(Answer):
    """A meeting; an invited unit sees attendance and its own tasks, not what was said: that may name the reporter."""

    meeting_id: UUID
    matter_id: UUID
    kind: MeetingKind
    state: MeetingState
    unit_ids: list[str]
    meets_at: datetime
    agenda: str | None
    sessions: list[SessionOut]
    summary: str | None
    dissent: str | None
    tasks: list[Task]
    concluded_at: datetime | None
    version: int

    @classmethod
    def of(cls, meeting: Meeting, reader: Actor) -> "MeetingOut":
        as_unit, end = access.is_unit(reader), meeting.conclusion
        return cls(
            meeting_id=meeting.id,
            matter_id=meeting.matter.id,
            kind=meeting.kind,
            state=meeting.state,
            unit_ids=list(meeting.unit_ids),
            meets_at=meeting.meets_at,
            agenda=None if as_unit else meeting.agenda,
            sessions=[
                SessionOut(
                    session_no=one.number,
                    present_unit_ids=list(one.present),
                    absent_unit_ids=list(one.absent),
                    minutes=None if as_unit else one.minutes,
                    held_at=one.held_at,
                )
                for one in meeting.sessions
            ],
            summary=end.summary if end and not as_unit else None,
            dissent=end.dissent if end and not as_unit else None,
            tasks=[task for task in end.tasks if not as_unit or task.unit_id == reader.unit_id] if end else [],
            concluded_at=end.concluded_at if end else None,
            version=meeting.version,
        )


@router.post("/matters/{matter_id}/comparisons")
async def compare(matter_id: UUID, body: ComparisonIn, run: Run, parts: Parts) -> Response:
    rows = tuple(CityRule(**dict(row)) for row in body.rows)

    async def work(tx: Transaction) -> ComparisonOut:
        return ComparisonOut.of(await matters.compare(tx, matter_id, body.needed, body.reason, rows, parts.vault))

    return await run(work, status=201)


@router.get("/matters/{matter_id}/comparisons")
async def read_comparisons(matter_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> Page[ComparisonOut]:
        found = await reading.comparisons_of_matter(tx, matter_id, parts.vault)
        return Page[ComparisonOut](items=[ComparisonOut.of(one) for one in found])

    return await read(work)


@router.post("/matters/{matter_id}/meetings")
async def schedule(matter_id: UUID, body: MeetingIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MeetingOut:
        called = body.kind, body.unit_ids, body.agenda, body.meets_at
        return MeetingOut.of(await matters.schedule_meeting(tx, matter_id, *called, parts.vault), tx.actor)

    return await run(work, status=201)


@router.post("/meetings/{meeting_id}/sessions")
async def hold_session(meeting_id: UUID, body: SessionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MeetingOut:
        held = body.present_unit_ids, body.absent_unit_ids, body.minutes
        return MeetingOut.of(await matters.hold_session(tx, meeting_id, *held, parts.vault), tx.actor)

    return await run(work, status=201)


@router.post("/meetings/{meeting_id}/conclusion")
async def conclude(meeting_id: UUID, body: ConclusionIn, run: Run, parts: Parts) -> Response:
    tasks = tuple(Task(task.unit_id, task.task, task.due) for task in body.tasks)

    async def work(tx: Transaction) -> MeetingOut:
        said = body.summary, body.dissent, tasks, body.text_check_receipt
        meeting = await matters.conclude_meeting(tx, meeting_id, *said, parts.extra, parts.vault)
        return MeetingOut.of(meeting, tx.actor)

    return await run(work)


@router.get("/matters/{matter_id}/meetings")
async def read_meetings(matter_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> Page[MeetingOut]:
        found = await reading.meetings_of_matter(tx, matter_id, parts.vault)
        return Page[MeetingOut](items=[MeetingOut.of(one, tx.actor) for one in found])

    return await read(work)
