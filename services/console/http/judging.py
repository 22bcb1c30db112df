"""Pages of the judgement: the sheet of a matter, and what waits to be judged, approved or agreed to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.console import handlers
from services.console.access import opens_content
from services.console.desk.owners import Declined
from services.console.http.rendering import page, refusal
from services.console.http.visitor import Visitor, Who
from shared.contracts.codes import AssessmentState, Role
from shared.contracts.errors import NotFound
from shared.rights import WINDOW_ROLES
from shared.workdays import ZONE

router = APIRouter()
SHOWN = "100"
WAITING = {"待批转": AssessmentState.PROPOSED, "退回重研": AssessmentState.RETURNED, "待研判": AssessmentState.OPEN}
MOMENTS = ("at", "asked_at", "approved_at", "proposed_at", "opened_at")


@router.get("/desk/assessments")
async def assessments(who: Who) -> Response:
    """By state; the department finds what waits for its second approval."""
    wanted = _wanted(who)
    if not wanted:
        raise NotFound
    found: dict[str, list[dict[str, Any]]] = {}
    try:
        for title, asked in wanted.items():
            answer = await who.extra.triage.look("/assessments", who.headers, limit=SHOWN, **asked)
            found[title] = _readable(answer["items"])
    except Declined as declined:
        return refusal("研判单暂时读不到", declined)
    ids = [UUID(line["matter_id"]) for listed in found.values() for line in listed]
    async with who.database.reading(who.actor) as tx:
        numbers = await handlers.register_numbers(tx, who.sight, ids)
    titles = await who.extra.titles.of(ids, who.token)
    return page("assessments.html", who=who, found=found, numbers=numbers, titles=titles)


@router.get("/matters/{matter_id}/assessment")
async def assessment(matter_id: UUID, who: Who) -> Response:
    if not opens_content(who.actor):
        raise NotFound
    async with who.database.reading(who.actor) as tx:
        await handlers.read_state(tx, who.sight, matter_id)
        units = await handlers.all_units(tx)
    try:
        sheet = _readable(await who.extra.triage.look(f"/matters/{matter_id}/assessment", who.headers))
    except Declined as declined:
        return refusal("没有研判单", declined)
    return page("assessment.html", who=who, matter_id=matter_id, sheet=sheet, units=units)


async def sheet_of(matter_id: UUID, who: Visitor) -> dict[str, Any] | None:
    """The assessment as this person may see it, for a form that is filled in beside it."""
    try:
        sheet = await who.extra.triage.look(f"/matters/{matter_id}/assessment", who.headers)
    except Declined:
        return None  # the form stays; what is sent is decided by triage
    return dict(_readable(sheet))


def _wanted(who: Visitor) -> dict[str, dict[str, str]]:
    """The sections of this person's list: title → what triage is asked for."""
    if who.actor.has(*WINDOW_ROLES):
        return {title: {"state": state.value} for title, state in WAITING.items()}
    return {"改判待复核": {"lowering": "true"}} if who.actor.has(Role.SUPERVISION_DEPT) else {}


def _readable(found: Any) -> Any:
    """Moments as the hall's clock shows them, wherever they stand."""
    if isinstance(found, list):
        return [_readable(each) for each in found]
    if isinstance(found, dict):
        return {name: _moment(value) if name in MOMENTS else _readable(value) for name, value in found.items()}
    return found


def _moment(text: str | None) -> str:
    return f"{datetime.fromisoformat(text).astimezone(ZONE):%m-%d %H:%M}" if text else ""
