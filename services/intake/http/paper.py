"""Routes of the paper register: numbers set aside, and what became of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from services.intake.handlers import paper
from services.intake.http.registering import Note
from services.intake.store.paper import Reserved
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Parts, Read, Run

router = APIRouter()

Year = Annotated[int, Path(ge=2000, le=2999)]
Number = Annotated[int, Path(ge=1, le=999_999)]


class ReservationIn(Body):
    """预留编号: how many pages are to be printed."""

    count: Annotated[int, Field(ge=1, le=200)]


class VoidingIn(Body):
    """作废编号."""

    reason: Note


class ReservedOut(Answer):
    """A number, and the matter that it became."""

    year: int
    number: int
    reserved_at: datetime
    matter_id: UUID | None
    is_void: bool


class ReservedListOut(Answer):
    numbers: list[ReservedOut]


class VoidedOut(Answer):
    year: int
    number: int


@router.post("/paper-numbers", status_code=201)
async def reserve(body: ReservationIn, run: Run) -> Response:
    async def work(tx: Transaction) -> ReservedListOut:
        return ReservedListOut(numbers=[_out(each) for each in await paper.reserve(tx, body.count)])

    return await run(work, status=201)


@router.get("/paper-numbers/{year}")
async def of_year(year: Year, read: Read) -> Response:
    async def work(tx: Transaction) -> ReservedListOut:
        return ReservedListOut(numbers=[_out(each) for each in await paper.of_year(tx, year)])

    return await read(work)


@router.post("/paper-numbers/{year}/{number}/voiding")
async def void(year: Year, number: Number, body: VoidingIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> VoidedOut:
        await paper.void(tx, year, number, body.reason, parts.vault)
        return VoidedOut(year=year, number=number)

    return await run(work)


def _out(reserved: Reserved) -> ReservedOut:
    return ReservedOut(**reserved._asdict())
