"""Where the QR codes of papers lead: whether a paper is genuine, for anybody who holds it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.console.desk.owners import Declined
from services.console.http.rendering import page
from shared.web import Parts

router = APIRouter()
Given = Annotated[str, Query(max_length=80, pattern=r"^[^\x00-\x1f]*$")]
CHECK_LENGTH = 16


@router.get("/check")
async def check(request: Request, parts: Parts, no: Given = "", h: Given = "") -> Response:
    """By number and check value; without both, a form that asks for them."""
    found, declined = None, None
    if no and h:
        asked_from = {"X-Forwarded-For": request.client.host if request.client else ""}
        value = "".join(h.lower().split())[:CHECK_LENGTH]
        try:
            found = await parts.extra.referral.look("/papers/check", asked_from, no=no.strip(), h=value)
        except Declined as refused:
            # A value that cannot be one is as wrong as one that does not fit.
            found, declined = ({"genuine": False}, None) if refused.status == 422 else (None, refused)
    return page("check.html", 200 if declined is None else declined.status, no=no, h=h, found=found, declined=declined)
