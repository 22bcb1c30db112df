"""Routes of handling: acceptance, on-site record, review, feedback, call-back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.domain.callback import Report
from services.intake.handlers import alarms, handling
from services.intake.http.answers import MatterOut
from services.intake.http.registering import Note, UnitId
from shared.contracts.codes import (
    CallbackResult,
    FeedbackWay,
    Outcome,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    UnsatisfiedReason,
)
from shared.store.unit_of_work import Transaction
from shared.web import Body, Parts, Run

router = APIRouter()


class AcceptanceIn(Body):
    """受理: nothing to say."""


class AlarmIn(Body):
    """已处置紧急情况: nothing to say."""


class OnSiteRecordIn(Body):
    """现场督办记录: where, what was urged, what was found, and by whom it was at fault."""

    where: Note
    urged: Note
    found: Note
    responsible_unit_id: UnitId
    sub_reasons: Annotated[tuple[SubReason, ...], Field(max_length=len(SubReason))] = ()


class ReviewIn(Body):
    """审核 of what the window handled itself."""

    result: Note
    root_cause: RootCause
    outcome: Outcome = Outcome.DONE


class FeedbackIn(Body):
    """反馈: how the reporter was told what, and counselled where it cannot be done."""

    way: FeedbackWay
    content: Note
    counselling_note: Note | None = None
    remedy: Note | None = None


class CallbackIn(Body):
    """回访记录 of one attempt."""

    result: CallbackResult
    identity_checked: bool = False
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    on_result: Satisfaction | None = None
    on_attitude: Satisfaction | None = None
    was_told_once: bool | None = None
    unsatisfied_reason: UnsatisfiedReason | None = None
    note: Note | None = None

    def report(self) -> Report:
        return Report(self.result, self.identity_checked, self.solved, self.satisfaction, self.unsatisfied_reason)


@router.post("/matters/{matter_id}/acceptance")
async def accept(matter_id: UUID, _body: AcceptanceIn, run: Run) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await handling.accept(tx, matter_id))

    return await run(work)


@router.post("/matters/{matter_id}/on-site-record")
async def record_on_site(matter_id: UUID, body: OnSiteRecordIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        words: dict[str, str | None] = {"where": body.where, "urged": body.urged, "found": body.found}
        reasons = tuple(dict.fromkeys(body.sub_reasons))
        return MatterOut.of(
            await handling.record_on_site(tx, matter_id, words, body.responsible_unit_id, reasons, parts.vault)
        )

    return await run(work)


@router.post("/matters/{matter_id}/review")
async def review(matter_id: UUID, body: ReviewIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(
            await handling.review(tx, matter_id, body.outcome, body.root_cause, body.result, parts.vault)
        )

    return await run(work)


@router.post("/matters/{matter_id}/feedback")
async def give_feedback(matter_id: UUID, body: FeedbackIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(
            await handling.give_feedback(
                tx, matter_id, body.way, body.content, body.counselling_note, body.remedy, parts.vault
            )
        )

    return await run(work)


@router.post("/matters/{matter_id}/callbacks")
async def call_back(matter_id: UUID, body: CallbackIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        codes = body.model_dump(mode="json", exclude={"note"}, exclude_none=True)
        return MatterOut.of(
            await handling.call_back(tx, matter_id, body.report(), body.note, codes, parts.vault)
        )  # fmt: skip

    return await run(work)


@router.post("/matters/{matter_id}/alarm-acknowledgement")
async def acknowledge_alarm(matter_id: UUID, _body: AlarmIn, run: Run) -> Response:
    async def work(tx: Transaction) -> MatterOut:
        return MatterOut.of(await alarms.acknowledge(tx, matter_id))

    return await run(work)
