"""Pages of the working-day calendar: its years, what a new one would move, and loading exactly what was shown."""

from collections import Counter
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.console import handlers
from services.console.access import loads_calendar, sees_calendar
from services.console.desk.fields import one
from services.console.desk.owners import LONG, Declined
from services.console.http.desk import entered, key_of
from services.console.http.passing import to_choose_again
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from shared.contracts.errors import NotFound
from shared.web.uploads import CARRIES_FILES, upload_of

router = APIRouter()
MOST_BYTES = 64 * 1024  # a year has two
LISTED = 200
Number = Annotated[int | None, Query(ge=0)]
Content = dict[str, Any]


@router.get("/desk/calendar")
async def calendar(who: Who, loaded: Number = None, moved: Number = None, confirmed: Number = None) -> Response:
    return await _shown(who, done=(loaded, moved, confirmed) if loaded else None)


@router.post("/desk/calendar/trial", dependencies=CARRIES_FILES)
async def trial(request: Request, who: Who) -> Response:
    _require_loader(who)
    upload = await upload_of(request)
    reason = one(upload.fields, "reason").strip()
    try:
        content = _read(upload.content)
        would = await who.extra.deadlines.command(
            "/calendar/years?dry_run=true", _body(content, reason), who.headers, key_of({}), within=LONG
        )
    except Declined as declined:
        return await _shown(who, to_choose_again(declined), reason=reason)
    async with who.database.reading(who.actor) as tx:
        units = await handlers.all_units(tx)
    days = Counter((each["previous_due_at"][:10], each["due_at"][:10]) for each in would["deadlines"])
    listed = sorted(would["deadlines"], key=lambda each: (each["due_at"], each["deadline_id"]))[:LISTED]
    exact = orjson.dumps(content | {"sha256": would["sha256"]}).decode()
    return page(
        "calendar_trial.html", who=who, would=would, days=sorted(days.items()), listed=listed, content=exact,
        holidays=content["days"]["holidays"], makeup_days=content["days"]["makeup_days"], reason=reason,
        units=units, key=key_of({}),
    )  # fmt: skip


@router.post("/desk/calendar/load")
async def load(request: Request, who: Who) -> Response:
    """The hash in the content and the version of the calendar see to it that nothing but what was shown is loaded."""
    _require_loader(who)
    values = await entered(request)
    try:
        body = _body(_read(one(values, "content").encode()), one(values, "reason"))
        body |= {"calendar_version": one(values, "calendar_version")}
        done = await who.extra.deadlines.command(
            "/calendar/years", body, who.headers, key_of(values), within=LONG
        )  # fmt: skip
    except Declined as declined:
        return await _shown(who, to_choose_again(declined), reason=one(values, "reason"))
    address = f"/desk/calendar?loaded={done['year']}&moved={done['moved']}&confirmed={done['confirmed']}"
    return RedirectResponse(address, 303)


def _require_loader(who: Visitor) -> None:
    if not loads_calendar(who.actor):
        raise NotFound


def _read(given: bytes) -> Content:
    if len(given) > MOST_BYTES:
        raise Declined(422, "calendar.too_large", "文件过大,一个年度的日历不超过64KB,请核对所选文件")
    try:
        content = orjson.loads(given)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Declined(422, "calendar.malformed", "文件无法读取,请选择一个年度的JSON日历文件(UTF-8编码)")
    return content


def _body(content: Content, reason: str) -> Content:
    return {"content": content} | ({"reason": reason} if reason else {})


async def _shown(
    who: Visitor, refused: Declined | None = None, *, done: tuple[int | None, ...] | None = None, reason: str = ""
) -> Response:
    if not sees_calendar(who.actor):
        raise NotFound
    declined, found = refused, None
    try:
        found = await who.extra.deadlines.look("/calendar", who.headers)
    except Declined as away:
        declined = declined or away
    return page(
        "calendar.html", declined.status if declined else 200, who=who, found=found, declined=declined, done=done,
        reason=reason,
    )  # fmt: skip
