"""Routes of papers: orders, statements and supervision as PDF, and the check that is open to everybody."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.referral.domain.supervision import DOCUMENTS, Step
from services.referral.handlers import papers
from services.referral.handlers.reading import shown_order
from services.referral.printing import CHECK_LENGTH, order_paper, statement_paper, supervision_paper
from shared.contracts.codes import Escalation
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Parts, PublicGuess, Read

router = APIRouter()
Number = Annotated[str, Query(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
Check = Annotated[str, Query(pattern=rf"^[0-9a-f]{{{CHECK_LENGTH}}}$")]


class StepOut(Answer):
    """A step of supervision: whom its paper is for, by function, and whether it counts."""

    level: Escalation
    document: str | None
    addressee: str | None
    copies: list[str]
    due_at: datetime
    reached_at: datetime
    sent_at: datetime
    withdrawn: bool


class StepsOut(Answer):
    items: list[StepOut]


class GenuineOut(Answer):
    """Whether a paper is genuine; nothing of what it says."""

    genuine: bool
    window: str | None = None
    issued_on: date | None = None
    stands: bool | None = None


@router.get("/orders/{order_id}/paper", response_class=Response)
async def order(order_id: UUID, read: Read, parts: Parts) -> Response:
    async with parts.database.reading(read.actor) as tx:
        shown = await shown_order(tx, order_id, parts.vault)
    return await _printed(lambda: order_paper(shown, parts.settings.public_url))


@router.get("/orders/{order_id}/cannot-do-statement/paper", response_class=Response)
async def statement(order_id: UUID, read: Read, parts: Parts) -> Response:
    async with parts.database.reading(read.actor) as tx:
        found = await papers.statement(tx, order_id, parts.vault)
    return await _printed(lambda: statement_paper(*found))


@router.get("/orders/{order_id}/supervision")
async def steps(order_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> StepsOut:
        found = await papers.steps(tx, order_id, parts.vault)
        return StepsOut(items=[_step(each) for each in found])

    return await read(work)


@router.get("/orders/{order_id}/supervision/{level}/paper", response_class=Response)
async def step(order_id: UUID, level: Escalation, read: Read, parts: Parts) -> Response:
    async with parts.database.reading(read.actor) as tx:
        found = await papers.step(tx, order_id, level, parts.vault)
    return await _printed(lambda: supervision_paper(*found))


@router.get("/papers/check")
async def check(no: Number, h: Check, guess: PublicGuess, parts: Parts) -> Response:
    async def work(tx: Transaction) -> GenuineOut:
        found = await papers.check(tx, no, h, parts.vault)
        if found is None:
            return GenuineOut(genuine=False)
        return GenuineOut(genuine=True, window=found.window, issued_on=found.issued_on, stands=found.stands)

    return await guess(work, is_hit=lambda answer: answer.genuine)


async def _printed(make: Callable[[], bytes]) -> Response:
    headers = {"Content-Disposition": 'inline; filename="paper.pdf"', "Cache-Control": "no-store"}
    return Response(await asyncio.to_thread(make), media_type="application/pdf", headers=headers)


def _step(step: Step) -> StepOut:
    document = DOCUMENTS.get(step.level)
    return StepOut(
        level=step.level, document=document.name if document else None,
        addressee=document.addressee if document else None, copies=list(document.copies) if document else [],
        due_at=step.due_at, reached_at=step.reached_at, sent_at=step.sent_at, withdrawn=step.withdrawn,
    )  # fmt: skip
