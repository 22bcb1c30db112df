"""Routes of orders."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.referral import access
from services.referral.handlers import orders, reading
from services.referral.http.answers import (
    NoticeOut,
    OrderLine,
    OrderMoved,
    SignedOut,
    UnitOrderLine,
    UnitOrderOut,
    unit_line,
    whole,
    window_line,
)
from services.referral.http.fields import UnitId
from services.referral.http.forms import AnswerIn, ExtractIn, Nothing, NoticeIn, ReviewIn, SignatureIn, SignaturesIn
from services.referral.store.orders import Shown
from shared.contracts.actor import Actor
from shared.contracts.codes import OrderState
from shared.store.unit_of_work import Transaction
from shared.web import Cursor, Page, Parts, Read, Run

router = APIRouter()
Lines = Page[OrderLine] | Page[UnitOrderLine]


@router.put("/orders/{order_id}/extract")
async def write_extract(order_id: UUID, body: ExtractIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await orders.write_extract(tx, order_id, body.extract(), parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/signature")
async def sign(order_id: UUID, body: SignatureIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        extract = body.extract.extract() if body.extract else None
        return OrderMoved.of(await orders.sign(tx, order_id, extract, parts.extra, parts.vault))

    return await run(work)


@router.post("/orders/signatures")
async def sign_many(body: SignaturesIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> SignedOut:
        opened = [(one.order_id, one.version) for one in body.orders]
        signed = await orders.sign_many(tx, opened, parts.extra, parts.vault)
        return SignedOut(orders=[OrderMoved.of(order) for order in signed])

    return await run(work)


@router.post("/orders/{order_id}/acknowledgement")
async def acknowledge(order_id: UUID, body: Nothing, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await orders.acknowledge(tx, order_id, parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/answer")
async def answer(order_id: UUID, body: AnswerIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await orders.answer(tx, order_id, body.answer(tx), parts.vault))

    return await run(work)


@router.post("/orders/{order_id}/notices")
async def give_notice(order_id: UUID, body: NoticeIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> NoticeOut:
        return NoticeOut.of(await orders.give_notice(tx, order_id, body.list(), body.procedure(), parts.vault))

    return await run(work, status=201)


@router.post("/orders/{order_id}/review")
async def review(order_id: UUID, body: ReviewIn, run: Run, parts: Parts) -> Response:
    async def work(tx: Transaction) -> OrderMoved:
        return OrderMoved.of(await orders.review(tx, order_id, body.decision, body.note, parts.vault))

    return await run(work)


@router.get("/orders/{order_id}")
async def read_one(order_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> UnitOrderOut:
        return whole(await reading.order(tx, order_id, parts.vault), access.is_unit(tx.actor))

    return await read(work)


@router.get("/orders")
async def read_many(
    read: Read,
    parts: Parts,
    wanted: Cursor,
    state: Annotated[list[OrderState] | None, Query()] = None,
    unit: UnitId | None = None,
    window: UnitId | None = None,
    unfollowed: bool = False,
) -> Response:
    """`unfollowed`: only orders without a result that nothing has followed, so that their round waits."""
    after = wanted.position(UUID)

    async def work(tx: Transaction) -> Lines:
        found = await reading.order_page(
            tx, state or (), unit, window, unfollowed, after[0] if after else None, wanted.limit + 1, parts.vault
        )
        return _page(found, wanted.limit, tx.actor)

    return await read(work)


@router.get("/matters/{matter_id}/orders")
async def read_of_matter(matter_id: UUID, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> Lines:
        found = await reading.orders_of_matter(tx, matter_id, parts.vault)
        return _page(found, len(found), tx.actor)

    return await read(work)


def _page(found: Sequence[Shown], limit: int, reader: Actor) -> Lines:
    # The page's type decides which fields leave the house.
    if access.is_unit(reader):
        return Page[UnitOrderLine].of([unit_line(one) for one in found], limit, lambda one: [one.order_id])
    return Page[OrderLine].of([window_line(one) for one in found], limit, lambda one: [one.order_id])
