"""Pages of the duty roster: how a window's stands, substitutes, the next period, and the handover."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console.access import sees_roster
from services.console.desk.duty_forms import period_form, substitution_form
from services.console.desk.fields import Values, one
from services.console.desk.form import Form
from services.console.desk.owners import Declined
from services.console.http.desk import entered, key_of
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from services.console.store import views
from shared.contracts.errors import NotFound

router = APIRouter()
# Goes into an address of intake: nothing that would lead elsewhere.
Id = Annotated[str, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-.@]{0,59}$")]
Roster = dict[str, Any]


@router.get("/desk/roster")
async def roster(who: Who, window: Id | None = None) -> Response:
    return await _shown(who, window)


@router.get("/desk/roster/substitution")
async def substitution(who: Who, window: Id, period: Id) -> Response:
    try:
        form = _substitution_form(who, await _roster(who, window), period)
    except Declined as declined:
        return await _shown(who, window, declined)
    return _form_page(who, window, form, {})


@router.post("/desk/roster/substitution")
async def propose_substitution(request: Request, who: Who, window: Id, period: Id) -> Response:
    values = await entered(request)
    asked = _for(who, substitution_form(values.get("replaced_id", ()), ""))
    try:
        body, path = asked.filled(values), f"/duty-periods/{period}/substitutions"
        await who.extra.intake.command(path, body, who.headers, key_of(values))
    except Declined as declined:
        with suppress(Declined):  # intake away: the form offers whom it was entered for
            asked = _substitution_form(who, await _roster(who, window), period)
        return _form_page(who, window, asked, values, declined)
    return RedirectResponse(f"/desk/roster?window={window}", 303)


@router.get("/desk/roster/period")
async def period(who: Who, window: Id) -> Response:
    try:
        found = await _roster(who, window)
    except Declined as declined:
        return await _shown(who, window, declined)
    ends = [date.fromisoformat(each["end_date"]) for each in found["periods"]]
    first = str(max(ends) + timedelta(days=1)) if ends else found["today"]
    return _form_page(who, window, _for(who, period_form(window, first)), {})


@router.post("/desk/roster/period")
async def publish_period(request: Request, who: Who, window: Id) -> Response:
    form, values = _for(who, period_form(window, "")), await entered(request)
    try:
        await who.extra.intake.command("/duty-periods", form.filled(values), who.headers, key_of(values))
    except Declined as declined:
        return _form_page(who, window, form, values, declined)
    return RedirectResponse(f"/desk/roster?window={window}", 303)


@router.post("/desk/roster/substitutions/{substitution_id}/{decision}")
async def decide_substitution(
    substitution_id: UUID, decision: Literal["approval", "declination"], request: Request, who: Who, window: Id
) -> Response:
    values = await entered(request)
    try:
        path = f"/substitutions/{substitution_id}/{decision}"
        await who.extra.intake.command(path, {}, who.headers, key_of(values))
    except Declined as declined:
        return await _shown(who, window, declined)
    return RedirectResponse(f"/desk/roster?window={window}", 303)


@router.get("/desk/roster/handover")
async def handover(who: Who, window: Id, period: Id) -> Response:
    return await _sheet(who, window, period, {}, None)


@router.post("/desk/roster/handover")
async def sign_handover(request: Request, who: Who, window: Id, period: Id) -> Response:
    values = await entered(request)
    notes = one(values, "notes").strip()
    body = {"notes": notes} if notes else {}
    try:
        await who.extra.intake.command(f"/duty-periods/{period}/handover", body, who.headers, key_of(values))
    except Declined as declined:
        return await _sheet(who, window, period, values, declined)
    return RedirectResponse(f"/desk/roster?window={window}", 303)


async def _shown(who: Visitor, window: str | None, refused: Declined | None = None) -> Response:
    """The roster of the chosen window, by default the reader's own or the first in sight."""
    if not sees_roster(who.actor):
        raise NotFound
    async with who.database.reading(who.actor) as tx:
        windows = await views.window_names(tx, who.sight)
    chosen = window or who.actor.window_id or next(iter(windows), None)
    if chosen is None:
        raise NotFound("roster.no_window", "还没有设立监督窗口")
    declined, found = refused, None
    try:
        found = await _roster(who, chosen)
    except Declined as away:
        declined = declined or away
    status = declined.status if declined else 200
    return page(
        "roster.html", status, who=who, window=chosen, windows=windows, found=found, declined=declined,
        new_key=lambda: key_of({}),
    )  # fmt: skip


async def _sheet(who: Visitor, window: str, period: str, values: Values, refused: Declined | None) -> Response:
    if not sees_roster(who.actor):
        raise NotFound
    declined, found = refused, None
    try:
        found = await who.extra.intake.look(f"/duty-periods/{period}/handover", who.headers)
    except Declined as away:
        declined = declined or away
    status = declined.status if declined else 200
    notes = one(values, "notes")
    return page(
        "handover.html", status, who=who, window=window, found=found, declined=declined, notes=notes,
        key=key_of(values),
    )  # fmt: skip


async def _roster(who: Visitor, window: str) -> Roster:
    found: Roster = await who.extra.intake.look(f"/windows/{window}/roster", who.headers)
    return found


def _substitution_form(who: Visitor, found: Roster, period: str) -> Form:
    chosen = next((each for each in found["periods"] if each["period_id"] == period), None)
    if chosen is None:
        raise NotFound
    people = [chosen["leader_id"], *chosen["staff_ids"]]
    return _for(who, substitution_form(people, max(chosen["start_date"], found["today"])))


def _for(who: Visitor, form: Form) -> Form:
    if not form.is_for(who.actor):
        raise NotFound
    return form


def _form_page(who: Visitor, window: str, form: Form, values: Values, declined: Declined | None = None) -> Response:
    return page(
        "form.html", declined.status if declined else 200, who=who, form=form, values=values, key=key_of(values),
        matter_id=None, declined=declined, similar=None, whom=None, sheet=None, units={},
        back=f"/desk/roster?window={window}",
    )  # fmt: skip
