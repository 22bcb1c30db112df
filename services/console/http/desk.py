"""Pages of the desk: registering in two forms, and what is done with a matter; whole without JavaScript."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console import handlers
from services.console.access import sums_callbacks
from services.console.desk import forms, judging
from services.console.desk.fields import Values, one
from services.console.desk.form import Form
from services.console.desk.forms import ACTS
from services.console.desk.owners import Declined
from services.console.http.judging import sheet_of
from services.console.http.rendering import page, refusal
from services.console.http.visitor import Visitor, Who
from shared.contracts.codes import MatterState
from shared.contracts.errors import NotFound
from shared.ids import new_id

router = APIRouter()
NEW: Mapping[str, tuple[Form, str]] = {
    "on-the-spot": (forms.ON_THE_SPOT, "/matters/on-the-spot"),
    "register": (forms.REGISTER, "/matters"),
}
Number = Annotated[str, Query(pattern=r"^[\w〔〕]{1,60}$")]
Hints = Annotated[str, Query(pattern=r"^(N\d{1,2}(-N\d{1,2}){0,11})?$")]


@router.get("/desk/registered")
async def registered(who: Who, matter: UUID, no: Number, closed: bool = False, hints: Hints = "") -> Response:
    reasons = await _scope_reasons(who, hints.split("-")) if hints else []
    return page(
        "registered.html", who=who, matter_id=matter, register_no=no, closed=closed, dangers=[], reasons=reasons
    )  # fmt: skip


@router.get("/desk/day")
async def day(who: Who, day: date | None = None) -> Response:
    async with who.database.reading(who.actor) as tx:
        chosen = day or tx.now.date()
        lines = await handlers.read_day(tx, who.sight, chosen)
    titles = await who.extra.titles.of([line.matter_id for line in lines], who.token)
    return page("day.html", who=who, day=chosen, lines=lines, titles=titles, most=handlers.LINES_OF_A_DAY)


@router.get("/desk/callbacks")
async def callbacks(who: Who, first: date | None = None, last: date | None = None) -> Response:
    if not sums_callbacks(who.actor):
        raise NotFound
    async with who.database.reading(who.actor) as tx:
        today = tx.now.date()
    last = last or today
    first = first or last.replace(day=1)
    try:
        found = await who.extra.intake.look(
            "/callback-summary", who.headers, first=first.isoformat(), last=last.isoformat()
        )
    except Declined as declined:
        return page(
            "callbacks.html", declined.status, who=who, first=first, last=last, found=None, declined=declined
        )  # fmt: skip
    return page("callbacks.html", who=who, first=first, last=last, found=found, declined=None)


@router.post("/desk/search")
async def search(request: Request, who: Who) -> Response:
    """Words go in the body: an address is kept in places where a name must not be."""
    values = await entered(request)
    query, before = (one(values, name) for name in ("query", "before"))
    try:
        found = await who.extra.intake.query("/matters/search", {"query": query, "before": before or None}, who.headers)
    except Declined as declined:
        return page("search.html", declined.status, who=who, query=query, declined=declined, hits=[], before=None)
    hits = [
        hit | {"state": MatterState(hit["state"]), "registered_at": _moment(hit["registered_at"])}
        for hit in found["matters"]
    ]
    return page(
        "search.html", who=who, query=query, declined=None, hits=hits, before=found["before"], is_first=not before
    )


def _moment(given: str | None) -> datetime | None:
    return datetime.fromisoformat(given) if given else None


@router.get("/desk/{name}")
async def new(name: str, who: Who) -> Response:
    form, _ = _new(name, who)
    return await shown(form, who, {})


@router.post("/desk/{name}")
async def register(name: str, request: Request, who: Who) -> Response:
    form, path = _new(name, who)
    values = await entered(request)
    if "look_up" in values:
        return await _looked_up(form, who, values)
    try:
        made = await who.extra.intake.command(path, form.filled(values), who.headers, key_of(values))
    except Declined as declined:
        return await shown(form, who, values, declined=declined)
    if made.get("alarm"):  # said at once, on the page itself: it does not belong into an address
        return page(
            "registered.html", who=who, matter_id=made["matter_id"], register_no=made["register_no"],
            closed=made["state"] == "CLOSED", dangers=made["alarm"]["dangers"],
            reasons=await _scope_reasons(who, made.get("scope_hints", [])),
        )  # fmt: skip
    closed = "true" if made["state"] == "CLOSED" else "false"
    address = f"/desk/registered?matter={made['matter_id']}&no={made['register_no']}&closed={closed}"
    hints = "-".join(made.get("scope_hints", []))
    return RedirectResponse(f"{address}&hints={hints}" if hints else address, 303)


@router.get("/matters/{matter_id}/acts/{act}")
async def act(matter_id: UUID, act: str, who: Who) -> Response:
    form = await _act(matter_id, act, who)
    sheet = await sheet_of(matter_id, who) if form.on_sheet else None
    values = judging.from_sheet(sheet) if sheet and act == "approval" else {}
    return await shown(form, who, values, matter_id=matter_id, sheet=sheet)


@router.post("/matters/{matter_id}/acts/{act}")
async def done(matter_id: UUID, act: str, request: Request, who: Who) -> Response:
    form, values = ACTS.get(act), await entered(request)
    if form is None:
        raise NotFound
    try:
        if "look_up" in values:
            whom = await who.extra.intake.look(f"/matters/{matter_id}/identity", who.headers, purpose="CALLBACK")
            return await shown(form, who, values, matter_id=matter_id, whom=whom)
        path = f"/matters/{matter_id}/{form.address or act}"
        await who.owner(form.owner).command(path, form.filled(values), who.headers, key_of(values))
    except Declined as declined:
        sheet = await sheet_of(matter_id, who) if form.on_sheet else None
        return await shown(form, who, values, matter_id=matter_id, declined=declined, sheet=sheet)
    # Who declared an interest does not find the matter any more.
    return RedirectResponse("/" if act == "recusals" else f"/matters/{matter_id}", 303)


@router.post("/matters/{matter_id}/slip")
async def slip(matter_id: UUID, who: Who) -> Response:
    """回执 to print; each time with another query code, so by a button and never by an address."""
    try:
        printed = await who.extra.intake.printed(f"/matters/{matter_id}/slips", who.headers)
    except Declined as declined:
        return refusal("未能打印回执", declined)
    return Response(
        printed, media_type="application/pdf", headers={"Content-Disposition": 'inline; filename="slip.pdf"'}
    )


@router.post("/matters/{matter_id}/contact-sheet")
async def contact_sheet(matter_id: UUID, who: Who) -> Response:
    """A look, so it is asked for by a button and never by an address that somebody follows or fetches ahead."""
    try:
        sheet = await who.extra.intake.look(f"/matters/{matter_id}/contact-sheet", who.headers, purpose="HANDLING")
    except Declined as declined:
        return page("contact_sheet.html", declined.status, who=who, matter_id=matter_id, sheet=None, declined=declined)
    return page("contact_sheet.html", who=who, matter_id=matter_id, sheet=sheet, declined=None)


async def _scope_reasons(who: Visitor, hints: Sequence[str]) -> list[dict[str, Any]]:
    """What is told to a reporter who is not accepted for one of these reasons, and where they are sent."""
    if not hints:
        return []
    try:
        reasons = (await who.extra.intake.look("/scope-reasons", who.headers))["reasons"]
    except Declined:
        return []  # the matter is registered all the same
    return [each for each in reasons if each["code"] in hints]


async def _looked_up(form: Form, who: Visitor, values: Values) -> Response:
    body = form.filled(values)
    known = {
        "phone": body.get("phone") or body.get("reporter", {}).get("phone"),
        "item_code": body.get("item_code"),
        "title": body.get("title"),
    }
    try:
        found = await who.extra.intake.query("/matters/similar", known, who.headers)
    except Declined as declined:
        return await shown(form, who, values, declined=declined)
    return await shown(form, who, values, similar=found["matters"])


def _new(name: str, who: Visitor) -> tuple[Form, str]:
    form, path = NEW.get(name, (None, ""))
    if form is None or not form.is_for(who.actor):
        raise NotFound
    return form, path


async def _act(matter_id: UUID, act: str, who: Visitor) -> Form:
    form = ACTS.get(act)
    async with who.database.reading(who.actor) as tx:
        state = await handlers.read_state(tx, who.sight, matter_id)
    if form is None or not form.is_for(who.actor, state):
        raise NotFound("act.not_now", "该事项目前不能办理这一步,可能已由他人办理,请回到事项页面查看")
    return form


async def entered(request: Request) -> Values:
    """What was filled in."""
    sent = await request.form()
    return {name: [str(value) for value in sent.getlist(name)] for name in sent}


def key_of(values: Values) -> str:
    """The form's own key: sent twice, by a second click or after going back, it does what it does once."""
    return one(values, "key") or str(new_id())


def id_of(text: str) -> UUID:
    """An id that a form sent along."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


async def shown(
    form: Form, who: Visitor, values: Values, *, matter_id: UUID | None = None, declined: Declined | None = None,
    similar: list[dict[str, Any]] | None = None, whom: dict[str, Any] | None = None,
    sheet: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    """The form with what was entered; a fresh key once the old one has been used for a refusal that is final."""
    async with who.database.reading(who.actor) as tx:
        units = await handlers.all_units(tx) if form.on_sheet or asks_for_units(form) else {}
    status = 200 if declined is None else declined.status
    return page(
        "form.html", status, who=who, form=form, values=values, key=key_of(values), matter_id=matter_id,
        declined=declined, similar=similar, whom=whom, units=units, sheet=sheet,
    )  # fmt: skip


def asks_for_units(form: Form) -> bool:
    """Whether the directory of units is needed."""
    return any(field.shape in ("unit", "units") for group in form.groups for field in group.fields)
