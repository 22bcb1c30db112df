"""Route of recusals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.handlers import recusing
from services.intake.http.registering import Note
from shared.contracts.codes import RecusalGround
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Parts, Run

router = APIRouter()
Account = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,80}$")]


class RecusalIn(Body):
    """申报回避; the duty leader may say it of one of the window's people."""

    ground: RecusalGround
    account_id: Account | None = None
    note: Note | None = None


class LiftingIn(Body):
    """撤销误报的回避."""

    note: Note


class RecusalOut(Answer):
    """Whose declaration it is."""

    matter_id: UUID
    account_id: str


@router.post("/matters/{matter_id}/recusals", status_code=201)
async def declare(matter_id: UUID, body: RecusalIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> RecusalOut:
        declared = await recusing.declare(tx, matter_id, body.account_id, body.ground, body.note, parts.vault)
        return RecusalOut(matter_id=declared.matter_id, account_id=declared.account_id)

    return await run(work, status=201)


@router.post("/matters/{matter_id}/recusals/{account_id}/lifting")
async def lift(matter_id: UUID, account_id: Account, body: LiftingIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> RecusalOut:
        lifted = await recusing.lift(tx, matter_id, account_id, body.note, parts.vault)
        return RecusalOut(matter_id=lifted.matter_id, account_id=lifted.account_id)

    return await run(work)
