"""Forms of what is done with an order; filled into referral's commands, with the user's own token."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.console import handlers
from services.console.desk.act import Act, Order
from services.console.desk.fields import Values, one
from services.console.desk.order_acts import ORDER_ACTS, unread
from services.console.desk.owners import Declined
from services.console.desk.window_acts import FINDINGS, checked_text
from services.console.http.desk import asks_for_units, entered, id_of, key_of
from services.console.http.orders import no_order, order_of
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from shared.contracts.codes import Disclosure
from shared.contracts.errors import NotFound

router = APIRouter()
Body = dict[str, Any]
WRITING = ("statement", "statement-signature")  # made beside the draft
# What units will read, and which text of it intake checks first where the reporter did not agree to be named.
CHECKED: Mapping[str, Callable[[Body], str]] = {
    "extract": checked_text, "contact-outcome": lambda body: str(body.get("outcome", "")),
}  # fmt: skip
CHOOSING = ("answer", "statement-signature")  # from the files of the order


@router.get("/orders/{order_id}/acts/{step}")
async def ask(order_id: UUID, step: str, who: Who) -> Response:
    wanted = _act(step, who)
    try:
        order = await _with_more(await order_of(order_id, who), step, who)
    except Declined as declined:
        return no_order(declined)
    if not wanted.is_offered(who.actor, order):
        raise NotFound("act.not_now", "该交办单目前不能办理这一步,可能已由他人办理,请回到交办单页面查看")
    return await show_act(step, order, who, wanted.values_for(order))


@router.post("/orders/{order_id}/acts/{step}")
async def do(order_id: UUID, step: str, request: Request, who: Who) -> Response:
    wanted, values = _act(step, who), await entered(request)
    order = unread(order_id, values)
    try:
        order = await _with_more(await order_of(order_id, who), step, who)
        body = await _body(wanted, step, order, who, values)
        path = wanted.path.format(contact_id=id_of(body.pop("contact_id", ""))) if "{" in wanted.path else wanted.path
        await who.extra.referral.command(
            f"/orders/{order_id}/{path}", body, who.headers, key_of(values), wanted.method
        )  # fmt: skip
    except Declined as declined:
        return await show_act(step, order, who, values, declined)
    # Saving shows what is still missing, so it leads back to the form.
    return RedirectResponse(f"/orders/{order_id}/acts/statement" if step == "statement" else f"/orders/{order_id}", 303)


def _act(name: str, who: Visitor) -> Act:
    found = ORDER_ACTS.get(name)
    if found is None or not found.form.is_for(who.actor):
        raise NotFound
    return found


async def _body(act: Act, name: str, order: Order, who: Visitor, values: Values) -> Body:
    body = act.form_for(order).filled(values)
    if name in CHECKED and order["disclosure"] is not Disclosure.AGREE:
        body["text_check_receipt"] = await _receipt(order, CHECKED[name](body), who)
    if name == "statement-signature":
        body["text_sha256"] = one(values, "text_sha256")
    return body


async def _receipt(order: Order, text: str, who: Visitor) -> str:
    """Intake's word that the text does not show who reported; what it found is said by kind only."""
    path = f"/matters/{order['matter_id']}/text-checks"
    checked = await who.extra.intake.query(path, {"text": text}, who.headers)
    if not checked["clean"]:
        found = "、".join(FINDINGS.get(kind, kind) for kind in checked["findings"])
        raise Declined(422, "text.shows_reporter", f"填写的内容中出现{found},反映人未同意公开身份,请删去后再提交")
    return str(checked["receipt"])


async def _with_more(order: Order, act: str, who: Visitor) -> Order:
    """What some forms show beside the order: the draft to sign, the comparisons to choose from."""
    more: dict[str, Any] = {"draft": None, "comparisons": [], "files": []}
    look = who.extra.referral.look
    if act in WRITING:
        try:
            more["draft"] = await look(f"/orders/{order['order_id']}/cannot-do-statement/draft", who.headers)
        except Declined as declined:
            if declined.status != 404:  # nothing written yet, or filed
                raise
    if act in CHOOSING:
        more["files"] = (await look(f"/orders/{order['order_id']}/files", who.headers))["files"]
    if act == "statement-decision":
        more["comparisons"] = (await look(f"/matters/{order['matter_id']}/comparisons", who.headers))["items"]
    return {**order, **more}


async def show_act(
    name: str, order: Order, who: Visitor, values: Values, declined: Declined | None = None
) -> Response:  # fmt: skip
    """The form of an act on an order with what was entered."""
    form = ORDER_ACTS[name].form_for(order)
    async with who.database.reading(who.actor) as tx:
        units = await handlers.all_units(tx) if asks_for_units(form) else {}
    return page(
        "order_form.html", declined.status if declined else 200, who=who, form=form, act=name, order=order,
        values=values, key=key_of(values), matter_id=None, declined=declined, similar=None, whom=None, sheet=None,
        units=units, back=f"/orders/{order['order_id']}", back_name=order["order_no"] or "交办单",
        may_send=_may_send(name, order),
    )  # fmt: skip


def _may_send(act: str, order: Order) -> bool:
    """Nobody signs a text that is not there or not whole."""
    return act != "statement-signature" or bool(order["draft"] and not order["draft"]["faults"])
