"""Routes of the calendar and their answers."""

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Response

from services.deadlines.store import calendar
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Read
from shared.workdays import ZONE

router = APIRouter()


class YearOut(Answer):
    """One year of working days and the notice it follows."""

    year: int
    status: str
    doc_no: str | None
    days: dict[str, Any]
    loaded_at: datetime


class CalendarOut(Answer):
    """The calendar that dates are counted by now."""

    calendar_version: str
    years: list[YearOut]


@router.get("/calendar")
async def read_calendar(read: Read) -> Response:
    async def work(tx: Transaction) -> CalendarOut:
        years = [
            YearOut(**year._asdict() | {"days": orjson.loads(year.days), "loaded_at": year.loaded_at.astimezone(ZONE)})
            for year in await calendar.years(tx)
        ]
        return CalendarOut(calendar_version=(await calendar.current(tx)).version, years=years)

    return await read(work)
