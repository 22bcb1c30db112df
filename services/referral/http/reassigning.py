"""Routes by which the duty leader gives an order to another unit, again, or takes it back."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.referral.handlers import reassigning
from services.referral.http.answers import OrderMoved
from services.referral.http.fields import Paragraph, Rule, UnitId
from shared.store.unit_of_work import Transaction
from shared.web import Body, Parts, Run

router = APIRouter()


class SuccessorIn(Body):
    """Without a unit the same one gets it again."""

    unit_id: UnitId | None = None
    rule: Rule | None = None


class ReassignmentIn(Body):
    unit_id: UnitId
    reason: Paragraph = ""


class ReasonIn(Body):
    reason: Paragraph = ""


@router.post("/orders/{order_id}/successor")
async def order_again(order_id: UUID, body: SuccessorIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await reassigning.order_again(tx, order_id, body.unit_id, body.rule, parts.vault))

    return await run(work, status=201)


@router.post("/orders/{order_id}/reassignment")
async def reassign(order_id: UUID, body: ReassignmentIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await reassigning.reassign(tx, order_id, body.unit_id, body.reason, parts.vault))

    return await run(work, status=201)


@router.post("/orders/{order_id}/voiding")
async def void(order_id: UUID, body: ReasonIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await reassigning.void(tx, order_id, body.reason, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/dropping")
async def drop(order_id: UUID, body: ReasonIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await reassigning.drop(tx, order_id, body.reason, parts.vault))

    return await run(work)
