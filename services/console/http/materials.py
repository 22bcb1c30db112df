"""Pages of materials: handing one in, and the list, which is a look with a purpose, with downloads and returns."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.console import handlers
from services.console.access import opens_content
from services.console.desk.fields import Values, one
from services.console.desk.forms import ACTS
from services.console.desk.owners import Declined
from services.console.http.desk import entered, id_of, key_of, shown
from services.console.http.passing import passed_on, to_choose_again
from services.console.http.rendering import page
from services.console.http.visitor import Visitor, Who
from shared.contracts.errors import NotFound
from shared.web.uploads import CARRIES_FILES, few_at_once, upload_of

router = APIRouter()
FORM = ACTS["materials"]


@router.post("/matters/{matter_id}/acts/materials", dependencies=CARRIES_FILES)
async def add(matter_id: UUID, request: Request, who: Who) -> Response:
    upload = await upload_of(request)
    body = FORM.filled(upload.fields)
    try:
        await who.extra.intake.upload(
            f"/matters/{matter_id}/materials", body, (upload.name, upload.content), who.headers, key_of(upload.fields)
        )
    except Declined as declined:
        return await shown(FORM, who, upload.fields, matter_id=matter_id, declined=to_choose_again(declined))
    return RedirectResponse(f"/matters/{matter_id}", 303)


@router.get("/matters/{matter_id}/materials")
async def materials(matter_id: UUID, who: Who) -> Response:
    return await _listed(matter_id, who, {})


@router.post("/matters/{matter_id}/materials")
async def look(matter_id: UUID, request: Request, who: Who) -> Response:
    """The list for a purpose; with `returned`, one of them is given back first."""
    values = await entered(request)
    try:
        if returned := one(values, "returned"):
            path = f"/matters/{matter_id}/materials/{id_of(returned)}/return"
            await who.extra.intake.command(path, {}, who.headers, key_of(values))
        found = await who.extra.intake.look(
            f"/matters/{matter_id}/materials", who.headers, purpose=one(values, "purpose")
        )
    except Declined as declined:
        return await _listed(matter_id, who, values, declined=declined)
    return await _listed(matter_id, who, values, found=found["materials"])


@router.post("/matters/{matter_id}/materials/{material_id}/file", dependencies=[Depends(few_at_once)])
async def download(matter_id: UUID, material_id: UUID, request: Request, who: Who) -> Response:
    values = await entered(request)
    try:
        answer = await who.extra.intake.fetch(
            f"/matters/{matter_id}/materials/{material_id}/file", who.headers, purpose=one(values, "purpose")
        )
    except Declined as declined:
        return await _listed(matter_id, who, values, declined=declined)
    return passed_on(answer)


async def _listed(
    matter_id: UUID, who: Visitor, values: Values, *, found: list[dict[str, Any]] | None = None,
    declined: Declined | None = None,
) -> Response:  # fmt: skip
    if not opens_content(who.actor):
        raise NotFound
    async with who.database.reading(who.actor) as tx:
        await handlers.read_state(tx, who.sight, matter_id)
    return page(
        "materials.html", declined.status if declined else 200, who=who, matter_id=matter_id, declined=declined,
        found=found, purpose=one(values, "purpose"), new_key=lambda: key_of({}),
    )  # fmt: skip
