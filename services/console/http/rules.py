"""Pages of the rules of time limits: those in force, and an amendment, tried before it is made."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from services.console.access import amends_rules
from services.console.desk.fields import Values
from services.console.desk.form import Form
from services.console.desk.owners import Declined
from services.console.desk.rule_forms import amendment_form
from services.console.http.desk import entered, key_of
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from shared.contracts.errors import NotFound
from shared.ids import new_id

router = APIRouter()
Rule = Annotated[str, Path(pattern=r"^D\d{2}$")]
HERE = "/desk/rules"


@router.get(HERE)
async def rules(who: Who) -> Response:
    _require(who)
    try:
        items, declined = await _rules(who), None
    except Declined as away:
        items, declined = [], away
    return page("rules.html", declined.status if declined else 200, who=who, items=items, declined=declined)


@router.get("/desk/rules/{rule}")
async def amendment(rule: Rule, who: Who) -> Response:
    _require(who)
    return await _shown(who, rule, {})


@router.post("/desk/rules/{rule}")
async def amend(rule: Rule, request: Request, who: Who) -> Response:
    """The first time it is only tried; what was tried is sent again to confirm it."""
    _require(who)
    values = await entered(request)
    try:
        form, path = await _form(who, rule), f"/rules/{rule}/versions"
        if "confirm" in values:
            await who.extra.deadlines.command(path, form.filled(values), who.headers, key_of(values))
            return RedirectResponse(HERE, 303)
        trying = f"{path}?dry_run=true"
        report = await who.extra.deadlines.command(trying, form.filled(values), who.headers, str(new_id()))
    except Declined as declined:
        return await _shown(who, rule, values, declined=declined)
    return await _shown(who, rule, values, report)


async def _shown(
    who: Visitor, rule: str, values: Values, report: dict[str, Any] | None = None, declined: Declined | None = None
) -> Response:
    try:
        form = await _form(who, rule)
    except Declined as away:
        return page("rules.html", away.status, who=who, items=[], declined=declined or away)
    sent = [(name, value) for name, given in values.items() if name != "key" for value in given]
    return page(
        "rule_form.html", declined.status if declined else 200, who=who, form=form, values=values, key=str(new_id()),
        matter_id=None, declined=declined, similar=None, whom=None, sheet=None, units={}, report=report, sent=sent,
        back=HERE, back_name="期限规则",
    )  # fmt: skip


async def _form(who: Visitor, rule: str) -> Form:
    found = next((item for item in await _rules(who) if item["rule"] == rule), None)
    if found is None:
        raise NotFound
    async with who.database.reading(who.actor) as tx:
        today: date = tx.now.date()
    return amendment_form(found, today.isoformat())


async def _rules(who: Visitor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await who.extra.deadlines.look("/rules", who.headers))["items"]
    return found


def _require(who: Visitor) -> None:
    if not amends_rules(who.actor):
        raise NotFound
