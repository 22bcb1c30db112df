"""Routes of the monthly review (handbook 7): who looked at personal data how often, and who was refused it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.audit import handlers
from services.audit.http.log import index_of
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Cursor, Page, Parts, Read

router = APIRouter(prefix="/access-reviews")
Month = Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Account = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class ReviewLine(Answer):
    """Looks of one account at one group of fields for one purpose in a month; `denied` ones were refused."""

    viewer_id: str
    field_group: str
    purpose: str
    denied: bool
    looks: int
    matters: int


class ReviewOut(Answer):
    """查看留痕月度清单."""

    month: str
    lines: list[ReviewLine]


class LookOut(Answer):
    """One look, by its entry in the log."""

    index: int
    at: datetime
    subject: str
    field_group: str
    purpose: str
    denied: bool
    reason: str | None


@router.get("/{month}")
async def review(month: Month, read: Read, parts: Parts) -> Response:
    async def work(tx: Transaction) -> ReviewOut:
        rows = await handlers.review(tx, parts.settings.region, month)
        return ReviewOut(month=month, lines=[ReviewLine(**row) for row in rows])

    return await read(work)


@router.get("/{month}/looks")
async def looks(month: Month, viewer: Account, read: Read, parts: Parts, wanted: Cursor) -> Response:
    after = wanted.position(index_of)

    async def work(tx: Transaction) -> Page[LookOut]:
        start = after[0] if after else -1
        rows = await handlers.looks_of(tx, parts.settings.region, month, viewer, start, wanted.limit + 1)
        return Page.of([LookOut(**row) for row in rows], wanted.limit, lambda line: [line.index])

    return await read(work)
