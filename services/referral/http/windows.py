"""Route of what a window's order numbers begin with."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from services.referral.handlers import windows
from services.referral.http.fields import UnitId
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Parts, Run

router = APIRouter()


class PrefixIn(Body):
    prefix: Annotated[str, Field(max_length=40)]


class PrefixOut(Answer):
    window_id: str
    prefix: str


@router.put("/windows/{window_id}/order-prefix")
async def set_prefix(window_id: UnitId, body: PrefixIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> PrefixOut:
        prefix = await windows.set_prefix(tx, window_id, body.prefix, parts.extra)
        return PrefixOut(window_id=window_id, prefix=prefix)

    return await run(work)
