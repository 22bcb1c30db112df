"""Pages of orders: one order, and what waits; everything asked of referral for this reader."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.console import handlers
from services.console.access import sees_orders
from services.console.desk.act import ENDED, Order
from services.console.desk.fields import Values
from services.console.desk.order_acts import ORDER_ACTS, acts_on
from services.console.desk.order_lists import LIVE, OF_UNIT, OF_WINDOW, sorted_into
from services.console.desk.owners import Declined
from services.console.http.desk import entered, key_of
from services.console.http.rendering import page, refusal
from services.console.http.visitor import Visitor, Who
from services.console.view import Sent
from shared.contracts.codes import Disclosure, OrderState
from shared.contracts.errors import NotFound

router = APIRouter()
MOST = 200  # of one page of referral's
LATELY_ENDED = 30


@router.get("/desk/orders")
async def orders(who: Who) -> Response:
    return await _listed(who, {})


@router.post("/desk/orders")
async def sign_many(request: Request, who: Who) -> Response:
    """签发所选: each at the version that stood on the page."""
    if not ORDER_ACTS["signature"].form.is_for(who.actor):
        raise NotFound
    values = await entered(request)
    try:
        body = {"orders": [_opened(ticked) for ticked in values.get("chosen", ())]}
        if not body["orders"]:
            raise Declined(422, "orders.none_chosen", "请先勾选要签发的交办单")
        await who.extra.referral.command("/orders/signatures", body, who.headers, key_of(values))
    except Declined as declined:
        return await _listed(who, values, declined)
    return RedirectResponse("/desk/orders", 303)


@router.get("/orders/{order_id}")
async def order(order_id: UUID, who: Who) -> Response:
    try:
        found = await order_of(order_id, who)
        beside = (f"/orders/{order_id}/{part}" for part in ("files", "supervision"))
        files, reached = await asyncio.gather(*(who.extra.referral.look(path, who.headers) for path in beside))
    except Declined as declined:
        return no_order(declined)
    async with who.database.reading(who.actor) as tx:
        clocks = await handlers.order_clocks(tx, who.sight, [found])
        sent = await handlers.sent_for_order(tx, who.sight, UUID(found["matter_id"]), order_id)
        units = await handlers.all_units(tx) if found["objections"] else {}
    return page(
        "order.html", who=who, order=found, clocks=clocks.get(order_id, []), units=units, files=files["files"],
        steps=reached["items"], sent_for=partial(_sent_for, sent), acts=acts_on(who.actor, found),
    )  # fmt: skip


async def order_of(order_id: UUID, who: Visitor) -> dict[str, Any]:
    """An order as referral shows it to this reader, and whether a unit may speak to the reporter itself."""
    if not sees_orders(who.actor):
        raise NotFound
    found = await who.extra.referral.look(f"/orders/{order_id}", who.headers)
    async with who.database.reading(who.actor) as tx:
        disclosure = await handlers.disclosure(tx, who.sight, UUID(found["matter_id"]))
    return {**found, "disclosure": disclosure, "reporter_known": disclosure is Disclosure.AGREE}


def _sent_for(sent: list[Sent], step: dict[str, Any]) -> list[Sent]:
    """送达 of a step as referral told of it."""
    reached_at = datetime.fromisoformat(step["reached_at"])
    return [each for each in sent if (each.level, each.reached_at) == (step["level"], reached_at)]


def no_order(declined: Declined) -> Response:
    """The page of an order that cannot be shown."""
    return refusal("交办单暂时打不开", declined)


async def _listed(who: Visitor, values: Values, refused: Declined | None = None) -> Response:
    if not sees_orders(who.actor):
        raise NotFound
    try:
        found, more = await _waiting(who)
    except Declined as declined:
        return no_order(declined)
    async with who.database.reading(who.actor) as tx:
        clocks = await handlers.order_clocks(tx, who.sight, found)
    nearest = {order: each[0] for order, each in clocks.items()}
    found.sort(key=lambda order: _urgency(order, nearest))
    sections = sorted_into(OF_WINDOW if who.sight.internal else OF_UNIT, found)
    return page(
        "orders.html", refused.status if refused else 200, who=who, sections=sections, nearest=nearest, more=more,
        declined=refused, chosen=values.get("chosen", ()), key=key_of(values),
        may_do=lambda act, state: act in ORDER_ACTS and ORDER_ACTS[act].is_for(who.actor, OrderState(state)),
    )  # fmt: skip


async def _waiting(who: Visitor) -> tuple[list[dict[str, Any]], bool]:
    """Everything that is open, and for a unit what ended lately; whether there was more than fits."""
    look, headers = who.extra.referral.look, who.headers
    live = await look("/orders", headers, state=[state.value for state in LIVE], limit=str(MOST))
    found = {order["order_id"]: order for order in live["items"]}
    if who.sight.internal:
        waiting = await look("/orders", headers, unfollowed="true", limit=str(MOST))
        found |= {order["order_id"]: order | {"unfollowed": True} for order in waiting["items"]}
    else:
        ended = await look("/orders", headers, state=[state.value for state in ENDED], limit=str(LATELY_ENDED))
        found |= {order["order_id"]: order for order in ended["items"]}  # one may end between the two answers
    return list(found.values()), bool(live["next"])


def _urgency(order: Order, nearest: dict[UUID, Any]) -> tuple[bool, str]:
    clock = nearest.get(UUID(order["order_id"]))
    return (False, clock.due_at.isoformat()) if clock and clock.due_at else (True, "")


def _opened(ticked: str) -> dict[str, Any]:
    order_id, _, version = ticked.partition(":")
    return {"order_id": order_id, "version": int(version) if version.isdecimal() else 0}
