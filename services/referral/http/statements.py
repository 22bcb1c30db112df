"""Routes of cannot-do statements."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.referral.domain.statements import Fault, text_hash
from services.referral.handlers import statements
from services.referral.http.answers import OrderMoved, StatementOut
from services.referral.http.forms import DecisionIn, StatementIn, StatementTextIn
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Parts, Read, Run

router = APIRouter()


class PreviewOut(Answer):
    """What the principal would sign; it may be filed when `faults` is empty."""

    text: str
    text_sha256: str
    faults: list[Fault]


class FiledOut(Answer):
    order: OrderMoved
    statement: StatementOut


@router.post("/orders/{order_id}/cannot-do-statement/preview")
async def preview(order_id: UUID, body: StatementTextIn, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> PreviewOut:
        text, faults = await statements.preview(tx, order_id, body.text(), parts.vault)
        return PreviewOut(text=text, text_sha256=text_hash(text), faults=faults)

    return await read(work)


@router.post("/orders/{order_id}/cannot-do-statement")
async def file(order_id: UUID, body: StatementIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> FiledOut:
        order, statement = await statements.file(tx, order_id, body.text(), body.text_sha256, parts.vault)
        return FiledOut(order=OrderMoved.of(order), statement=StatementOut.of(statement))

    return await run(work, status=201)


@router.post("/orders/{order_id}/cannot-do-statement/decision")
async def decide(order_id: UUID, body: DecisionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        chosen = body.decision, body.comparison_id, body.note
        return OrderMoved.of(await statements.decide(tx, order_id, *chosen, parts.vault))

    return await run(work)
