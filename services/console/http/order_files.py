"""Files and papers of an order, handed on to and from referral."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.console.access import sees_orders
from services.console.desk.fields import Values
from services.console.desk.order_acts import ORDER_ACTS, unread
from services.console.desk.owners import Declined
from services.console.http.desk import key_of
from services.console.http.order_acts import show_act
from services.console.http.orders import no_order
from services.console.http.passing import passed_on, to_choose_again
from services.console.http.visitor import Visitor, Who
from shared.contracts.codes import Escalation, Purpose
from shared.contracts.errors import NotFound
from shared.rights import WINDOW_ROLES
from shared.web.uploads import CARRIES_FILES, few_at_once, upload_of

router = APIRouter()


@router.post("/orders/{order_id}/acts/files", dependencies=CARRIES_FILES)
async def add(order_id: UUID, request: Request, who: Who) -> Response:
    """佐证材料 and 签字件, by the unit."""
    form = ORDER_ACTS["files"].form
    if not form.is_for(who.actor):
        raise NotFound
    upload = await upload_of(request)
    values: Values = upload.fields
    try:
        await who.extra.referral.upload(
            f"/orders/{order_id}/files", form.filled(values), (upload.name, upload.content), who.headers, key_of(values)
        )
    except Declined as declined:
        return await show_act("files", unread(order_id, values), who, values, to_choose_again(declined))
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.get("/orders/{order_id}/files/{file_id}", dependencies=[Depends(few_at_once)])
async def download(order_id: UUID, file_id: UUID, who: Who) -> Response:
    """A unit's own file, or for the window's side a look for what brings them here, which is told."""
    asked = {} if not who.sight.internal else {"purpose": _purpose(who)}
    return await _fetched(f"/orders/{order_id}/files/{file_id}", who, **asked)


@router.get("/orders/{order_id}/paper")
async def paper(order_id: UUID, who: Who) -> Response:
    """交办单 to print."""
    return await _fetched(f"/orders/{order_id}/paper", who)


@router.get("/orders/{order_id}/statement-paper")
async def statement_paper(order_id: UUID, who: Who) -> Response:
    """不能办情况说明 to print."""
    return await _fetched(f"/orders/{order_id}/cannot-do-statement/paper", who)


@router.get("/orders/{order_id}/supervision/{level}/paper")
async def supervision_paper(order_id: UUID, level: Escalation, who: Who) -> Response:
    """提醒单, 催办通知书 or 督办单 to print."""
    return await _fetched(f"/orders/{order_id}/supervision/{level.value}/paper", who)


def _purpose(who: Visitor) -> str:
    return Purpose.REVIEW if who.actor.has(*WINDOW_ROLES) else Purpose.INSPECTION


async def _fetched(path: str, who: Visitor, **params: str) -> Response:
    if not sees_orders(who.actor):
        raise NotFound
    try:
        answer = await who.extra.referral.fetch(path, who.headers, **params)
    except Declined as declined:
        return no_order(declined)
    return passed_on(answer)
