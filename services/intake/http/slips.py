"""Routes of slips."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.handlers import slips
from services.intake.printing import slip_pdf
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Guess, Parts, Read

router = APIRouter()


class QueryCodeIn(Body):
    query_code: Annotated[str, Field(min_length=8, max_length=40)]


class QueryCodeOut(Answer):
    """Whether it is the code of the slip that was printed last."""

    right: bool


# The code is on this paper and nowhere else: the answer is not kept for a repeat, which prints another slip.
@router.post("/matters/{matter_id}/slips", response_class=Response)
async def issue(matter_id: UUID, read: Read) -> Response:
    async with read.parts.database.transaction(read.actor) as tx:
        slip = await slips.issue(tx, matter_id, read.parts.vault)
        printed = await asyncio.to_thread(slip_pdf, slip)
    headers = {"Content-Disposition": 'inline; filename="slip.pdf"', "Cache-Control": "no-store"}
    return Response(printed, media_type="application/pdf", headers=headers)


@router.post("/matters/{matter_id}/query-code-checks")
async def check(matter_id: UUID, body: QueryCodeIn, guess: Guess, parts: Parts) -> Response:
    async def work(tx: Transaction) -> QueryCodeOut:
        return QueryCodeOut(right=await slips.is_right(tx, matter_id, body.query_code, parts.vault))

    return await guess(work, is_hit=lambda answer: answer.right)
