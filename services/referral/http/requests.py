"""Routes of what a unit asks for beside its work, and of the decisions on it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.referral.domain.extensions import Wish
from services.referral.handlers import contacts, requests
from services.referral.http.answers import OrderMoved
from services.referral.http.fields import Paragraph, Receipt, UnitId
from services.referral.http.forms import Nothing
from shared.contracts.codes import ExtensionReason, ObjectionReason, SuspendReason
from shared.store.unit_of_work import Transaction
from shared.web import Body, Parts, Run

router = APIRouter()


class ObjectionIn(Body):
    """退单异议; `basis` cites the duty list (三定规定、权责清单)."""

    reason: ObjectionReason
    basis: Paragraph = ""
    suggested_unit_id: UnitId | None = None


class ObjectionDecisionIn(Body):
    """Upheld, the unit named gets a draft at once; without one the leader orders it later, or nothing follows."""

    upheld: bool
    note: Paragraph = ""
    unit_id: UnitId | None = None


class ExtensionIn(Body):
    days: Annotated[int, Field(ge=-1000, le=1000)]
    reason: ExtensionReason
    evidence: Paragraph = ""
    plan: Paragraph = ""


class DecisionIn(Body):
    granted: bool
    note: Paragraph = ""


class SuspensionIn(Body):
    reason: SuspendReason
    basis: Paragraph = ""
    resume_by: date


class SuspensionDecisionIn(DecisionIn):
    """`resume_by` may only be earlier than what was asked for."""

    resume_by: date | None = None


class ContactIn(Body):
    what: Paragraph = ""


class OutcomeIn(Body):
    outcome: Paragraph = ""


class ContactOutcomeIn(OutcomeIn):
    """What the reporter said; under MASK and ANONYMOUS with intake's receipt for exactly this text."""

    text_check_receipt: Receipt | None = None


@router.post("/orders/{order_id}/objection")
async def object_to(order_id: UUID, body: ObjectionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        said = body.reason, body.basis, body.suggested_unit_id
        return OrderMoved.of(await requests.object_to(tx, order_id, *said, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/objection/decision")
async def decide_objection(order_id: UUID, body: ObjectionDecisionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        said = body.upheld, body.note, body.unit_id
        return OrderMoved.of(await requests.decide_objection(tx, order_id, *said, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/extension")
async def ask_extension(order_id: UUID, body: ExtensionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        wish = Wish(body.days, body.reason, body.evidence, body.plan)
        return OrderMoved.of(await requests.ask_extension(tx, order_id, wish, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/extension/decision")
async def decide_extension(order_id: UUID, body: DecisionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await requests.decide_extension(tx, order_id, body.granted, body.note, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/suspension")
async def ask_suspension(order_id: UUID, body: SuspensionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        said = body.reason, body.basis, body.resume_by
        return OrderMoved.of(await requests.ask_suspension(tx, order_id, *said, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/suspension/decision")
async def decide_suspension(order_id: UUID, body: SuspensionDecisionIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        said = body.granted, body.note, body.resume_by
        return OrderMoved.of(await requests.decide_suspension(tx, order_id, *said, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/resumption")
async def resume(order_id: UUID, body: Nothing, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await requests.resume(tx, order_id, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/contact-requests")
async def request_contact(order_id: UUID, body: ContactIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await contacts.request(tx, order_id, body.what, parts.vault))

    return await run(work, status=201)


@router.post("/orders/{order_id}/contact-requests/{contact_id}/outcome")
async def carry_out(order_id: UUID, contact_id: UUID, body: ContactOutcomeIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        said = contact_id, body.outcome, body.text_check_receipt
        return OrderMoved.of(await contacts.carry_out(tx, order_id, *said, parts.extra, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/contacts")
async def record_contact(order_id: UUID, body: OutcomeIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await contacts.record(tx, order_id, body.outcome, parts.vault))

    return await run(work, status=201)
