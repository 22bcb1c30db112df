"""Routes of the calendar and their answers."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.deadlines import loading
from services.deadlines.loading import Given, Loaded
from services.deadlines.store import years
from services.deadlines.store.years import StoredYear
from shared.contracts.deadlines import DeadlineMoved
from shared.contracts.errors import NotFound
from shared.store.unit_of_work import Transaction
from shared.web import Answer, Body, Read, Run
from shared.workdays import ZONE, Calendar

router = APIRouter()
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]


class YearOut(Answer):
    """One year of working days and the notice it follows; those gone by come with the release and were not loaded."""

    year: int
    status: str
    doc_no: str | None
    title: str | None
    issued: date | None
    sha256: str
    days: dict[str, Any]
    loaded_at: datetime | None
    reason: str | None


class CalendarOut(Answer):
    """The calendar that dates are counted by, now or when it had the version asked for."""

    calendar_version: str
    years: list[YearOut]


class LoadIn(Body):
    """A year as its file has it; `calendar_version` is that of the dry run which this load is to follow."""

    content: dict[str, Any]
    reason: str | None = Field(None, min_length=1, max_length=500)
    calendar_version: Version | None = None


class KnownOut(Answer):
    """The year that was there before."""

    status: str
    doc_no: str | None
    sha256: str


class MovedOut(Answer):
    """A clock counted anew: its due time before and after; where both are the same it has become firm."""

    deadline_id: UUID
    matter_id: UUID
    org_code: str
    window_id: str
    order_id: UUID | None
    unit_id: str | None
    rule: str
    limit: str
    started_at: datetime
    previous_due_at: datetime
    due_at: datetime
    provisional: bool


class LoadedOut(Answer):
    """What a load did, in a dry run what it would do: `changed` is False where this very year was there already.

    `deadlines` are the clocks that moved and those that were confirmed: firm from now on, at the date they had.
    """

    dry_run: bool
    changed: bool
    year: int
    status: str
    doc_no: str | None
    sha256: str
    replaced: KnownOut | None
    calendar_version: str
    new_calendar_version: str
    changed_days: list[date]
    moved: int
    confirmed: int
    deadlines: list[MovedOut]


@router.get("/calendar")
async def read_calendar(read: Read, version: Annotated[Version | None, Query()] = None) -> Response:
    async def work(tx: Transaction) -> CalendarOut:
        found = await (years.as_of(tx, version) if version else years.stored(tx))
        if found is None:
            raise NotFound("calendar.version_unknown", "没有这一版本的日历,请核对版本号")
        calendar = years.calendar_of(tuple(found))
        loaded = {each.year: each for each in found}
        listed = [_year(calendar, each, loaded.get(each)) for each in sorted(calendar.years)]
        return CalendarOut(calendar_version=version or calendar.version, years=listed)

    return await read(work)


@router.post("/calendar/years")
async def load_year(body: LoadIn, run: Run, read: Read, dry_run: bool = False) -> Response:
    async def work(tx: Transaction) -> LoadedOut:
        given = Given(body.content, body.reason, body.calendar_version)
        return _out(await (loading.try_year if dry_run else loading.load_year)(tx, given), dry_run)

    return await (read(work) if dry_run else run(work))


def _year(calendar: Calendar, number: int, stored: StoredYear | None) -> YearOut:
    year = calendar.years[number]
    return YearOut(
        **year.to_json(), sha256=year.sha256,
        title=stored.title if stored else year.title, issued=stored.issued if stored else year.issued,
        loaded_at=stored.loaded_at.astimezone(ZONE) if stored else None, reason=stored.reason if stored else None,
    )  # fmt: skip


def _out(loaded: Loaded, dry_run: bool) -> LoadedOut:
    year, known = loaded.year, loaded.known
    return LoadedOut(
        dry_run=dry_run, changed=loaded.news, year=year.year, status=year.status, doc_no=year.doc_no,
        sha256=year.sha256,
        replaced=known and KnownOut(status=known.status, doc_no=known.doc_no, sha256=known.sha256),
        calendar_version=loaded.before, new_calendar_version=loaded.after, changed_days=list(loaded.changed),
        moved=sum(event.due_at != event.previous_due_at for event in loaded.moved),
        confirmed=sum(event.due_at == event.previous_due_at for event in loaded.moved),
        deadlines=[_moved(event) for event in loaded.moved],
    )  # fmt: skip


def _moved(event: DeadlineMoved) -> MovedOut:
    return MovedOut(**{name: getattr(event, name) for name in MovedOut.model_fields})
