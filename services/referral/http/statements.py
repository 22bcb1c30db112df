"""Routes of cannot-do statements."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response

from services.referral.domain.orders import Order
from services.referral.domain.statements import Draft, Fault, StatementText, canonical, faults, text_hash
from services.referral.handlers import statements
from services.referral.http.answers import OrderMoved, StatementOut
from services.referral.http.forms import DecisionIn, SigningIn, StatementIn, StatementTextIn
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Parts, Read, Run

router = APIRouter()


class PreviewOut(Answer):
    """What the principal would sign; it may be filed when `faults` is empty."""

    text: str
    text_sha256: str
    faults: list[Fault]


class DraftOut(PreviewOut):
    """The draft, part by part and as the text to sign."""

    parts: StatementText
    written_by: str
    written_at: datetime


class FiledOut(Answer):
    order: OrderMoved
    statement: StatementOut


@router.post("/orders/{order_id}/cannot-do-statement/preview")
async def preview(order_id: UUID, body: StatementTextIn, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> PreviewOut:
        text, missing = await statements.preview(tx, order_id, body.text(), parts.vault)
        return PreviewOut(text=text, text_sha256=text_hash(text), faults=missing)

    return await read(work)


@router.put("/orders/{order_id}/cannot-do-statement/draft")
async def draft(order_id: UUID, body: StatementTextIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> DraftOut:
        return _draft(*await statements.draft(tx, order_id, body.text(), parts.vault), tx.now.date())

    return await run(work)


@router.get("/orders/{order_id}/cannot-do-statement/draft")
async def read_draft(order_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> DraftOut:
        return _draft(*await statements.read_draft(tx, order_id, parts.vault), tx.now.date())

    return await read(work)


@router.post("/orders/{order_id}/cannot-do-statement/signature")
async def sign(order_id: UUID, body: SigningIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> FiledOut:
        signed = body.text_sha256, body.signed_at, body.signature_file_id
        order, statement = await statements.sign_draft(tx, order_id, *signed, parts.vault)
        return FiledOut(order=OrderMoved.of(order), statement=StatementOut.of(statement))

    return await run(work, status=201)


@router.post("/orders/{order_id}/cannot-do-statement")
async def file(order_id: UUID, body: StatementIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> FiledOut:
        signed = body.text_sha256, body.signature_file_id
        order, statement = await statements.file(tx, order_id, body.text(), *signed, parts.vault)
        return FiledOut(order=OrderMoved.of(order), statement=StatementOut.of(statement))

    return await run(work, status=201)


@router.post("/orders/{order_id}/cannot-do-statement/decision")
async def decide(order_id: UUID, body: DecisionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        chosen = body.decision, body.comparison_id, body.note, body.watch
        return OrderMoved.of(await statements.decide(tx, order_id, *chosen, parts.vault))

    return await run(work)


def _draft(order: Order, written: Draft, today: date) -> DraftOut:
    return DraftOut(
        text=canonical(order, written.text), text_sha256=written.text_sha256, faults=faults(written.text, today),
        parts=written.text, written_by=written.written_by, written_at=written.written_at,
    )  # fmt: skip
