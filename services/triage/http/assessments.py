"""Routes of the assessment (研判单)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.triage import access, handlers
from services.triage.http.answers import AssessmentLine, AssessmentOut, line_of, sheet_of
from services.triage.http.forms import ApprovalIn, ConfirmationIn, ProposalIn, ReclassificationIn, ReturnIn
from services.triage.words import Pen
from shared.contracts.codes import AssessmentState
from shared.store.unit_of_work import Transaction
from shared.web import Cursor, Page, Parts, Read, Run

router = APIRouter()

WindowId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-.@]{1,60}$")]


@router.post("/matters/{matter_id}/assessment/proposal")
async def propose(matter_id: UUID, body: ProposalIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        said = body.verification_note, body.reason
        return sheet_of(await handlers.propose(tx, matter_id, body.judgement(), *said, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/assessment/return")
async def send_back(matter_id: UUID, body: ReturnIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        return sheet_of(await handlers.send_back(tx, matter_id, body.reason, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/assessment/reclassification")
async def reclassify(matter_id: UUID, body: ReclassificationIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        return sheet_of(await handlers.reclassify(tx, matter_id, body.correction(), body.reason, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/assessment/approval")
async def approve(matter_id: UUID, body: ApprovalIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        decision = body.drafts(), body.opinion, body.class_hint
        return sheet_of(await handlers.approve(tx, matter_id, *decision, parts.vault))

    return await run(work)


@router.post("/matters/{matter_id}/assessment/lowering-confirmation")
async def confirm_lowering(matter_id: UUID, _body: ConfirmationIn, run: Run) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        return sheet_of(await handlers.confirm_lowering(tx, matter_id))

    return await run(work)


@router.post("/matters/{matter_id}/assessment/lowering-declination")
async def decline_lowering(matter_id: UUID, body: ReturnIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        return sheet_of(await handlers.decline_lowering(tx, matter_id, body.reason, parts.vault))

    return await run(work)


@router.get("/matters/{matter_id}/assessment")
async def read_one(matter_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> AssessmentOut:
        shown = await handlers.read(tx, matter_id)
        pen = Pen(parts.vault, shown.sheet) if access.may_read_words(tx.actor, shown.sheet) else None
        return sheet_of(shown, pen)

    return await read(work)


@router.get("/assessments")
async def read_many(
    read: Read, wanted: Cursor, state: AssessmentState | None = None, window: WindowId | None = None,
    lowering: bool = False,
) -> Response:  # fmt: skip
    after = wanted.position(UUID)

    async def work(tx: Transaction) -> Page[AssessmentLine]:
        found = await handlers.read_many(tx, lowering, state, window, after[0] if after else None, wanted.limit + 1)
        return Page.of([line_of(shown) for shown in found], wanted.limit, lambda line: [line.matter_id])

    return await read(work)
