"""Routes of lasting interests."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.domain.interests import Interest
from services.intake.handlers import interests
from services.intake.http.recusing import Account
from services.intake.http.registering import UnitId
from shared.contracts.codes import RecusalGround
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Read, Run

router = APIRouter()
MOST = 500


class InterestIn(Body):
    """申报与单位的利害关系; without an account one's own."""

    unit_id: UnitId
    ground: RecusalGround
    account_id: Account | None = None


class EndIn(Body):
    """No more than the act itself."""


class InterestOut(Answer):
    interest_id: UUID
    account_id: str
    unit_id: str
    ground: RecusalGround
    declared_by: str
    declared_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, interest: Interest) -> "InterestOut":
        return cls(
            interest_id=interest.id, account_id=interest.account_id, unit_id=interest.unit_id, ground=interest.ground,
            declared_by=interest.declared_by, declared_at=interest.declared_at, ended_at=interest.ended_at,
        )  # fmt: skip


class InterestsOut(Answer):
    items: Annotated[list[InterestOut], Field(max_length=MOST)]


@router.post("/interests", status_code=201)
async def declare(body: InterestIn, run: Run) -> Response:
    async def work(tx: Transaction) -> InterestOut:
        return InterestOut.of(await interests.declare(tx, body.account_id, body.unit_id, body.ground))

    return await run(work, status=201)


@router.get("/interests")
async def read(read: Read) -> Response:
    async def work(tx: Transaction) -> InterestsOut:
        return InterestsOut(items=[InterestOut.of(each) for each in await interests.listed(tx, MOST)])

    return await read(work)


@router.post("/interests/{interest_id}/end")
async def end(interest_id: UUID, body: EndIn, run: Run) -> Response:
    async def work(tx: Transaction) -> InterestOut:
        return InterestOut.of(await interests.end(tx, interest_id))

    return await run(work)
