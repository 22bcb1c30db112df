"""Routes of the draw of call-backs, and of what they came to."""

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response

from services.intake.handlers import callback_summary, sampling
from shared.contracts.codes import CallbackResult, Satisfaction, Solved
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Read, Run

router = APIRouter()


class DrawIn(Body):
    """抽查 of a day that is over."""

    day: date


class DrawOut(Answer):
    """A draw, with what is needed to repeat it: of `population` matters those lowest by SHA-256 of seed and id."""

    window_id: str
    day: date
    seed: UUID
    population: int
    matter_ids: list[UUID]
    drawn_by: str
    drawn_at: datetime


class SummaryOut(Answer):
    """回访汇总: calls by result, what was answered, and each reporter once; nobody's silence is satisfaction."""

    first: date
    last: date
    results: dict[CallbackResult, int]
    solved: dict[Solved, int]
    satisfaction: dict[Satisfaction, int]
    reached: int
    declined: int
    unanswered: int


@router.post("/callback-draws", status_code=201)
async def draw(body: DrawIn, run: Run) -> Response:
    async def work(tx: Transaction) -> DrawOut:
        return DrawOut(**(await sampling.draw(tx, body.day))._asdict())

    return await run(work, status=201)


@router.get("/callback-draws/{day}")
async def read_draw(day: date, read: Read) -> Response:
    async def work(tx: Transaction) -> DrawOut:
        return DrawOut(**(await sampling.find(tx, day))._asdict())

    return await read(work)


@router.get("/callback-summary")
async def summarize(first: date, last: date, read: Read) -> Response:
    async def work(tx: Transaction) -> SummaryOut:
        return SummaryOut(**asdict(await callback_summary.summary(tx, first, last)))

    return await read(work)
