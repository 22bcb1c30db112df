"""What the console does: events into its projection, and queries into what pages and the API show."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.console import view
from services.console.access import Sight
from services.console.domain import Changes, When, boxes_of, days_of, project
from services.console.store import clocks, inbox, projection, views
from services.console.store.clocks import Asked, Place
from services.console.store.tables import CALENDAR_YEAR, DUTY, RECUSAL
from services.console.view import BoardView, ClockView, Letter, ListView, MatterLine, MatterView, OpenClock, Sent
from shared.bus.envelope import Record
from shared.calendar_copy import calendar, save_years
from shared.contracts import MatterEvent, deadlines, intake, referral
from shared.contracts.codes import Disclosure, MatterState
from shared.contracts.errors import NotFound
from shared.recusals import RecusalNews, save_recusals
from shared.roster import RosterNews
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.workdays import ZONE

LINES_OF_A_DAY = 200  # as many titles as intake gives in one call
ALARM_PASSES_ON = timedelta(minutes=5)  # handbook 8, 44: then the next leader sees it

Clocks = dict[UUID, list[ClockView]]


@dataclass
class Batch:
    """One batch of events in memory."""

    changes: Changes = field(default_factory=Changes)
    units: dict[str, str] = field(default_factory=dict)
    windows: dict[str, tuple[str, str]] = field(default_factory=dict)
    roster: RosterNews = field(default_factory=RosterNews)
    recusals: list[RecusalNews] = field(default_factory=list)
    years: dict[int, dict[str, Any]] = field(default_factory=dict)


def on_matter_event(batch: Batch, record: Record) -> None:
    event = record.event
    assert isinstance(event, MatterEvent)
    sent_at = datetime.fromisoformat(record.time)
    project(batch.changes, event, record.service, record.sequence, record.id, record.actor_id, sent_at)
    if isinstance(event, intake.MatterRecusalDeclared | intake.MatterRecusalLifted):
        batch.recusals.append(event)


def on_unit(batch: Batch, record: Record) -> None:
    assert isinstance(record.event, referral.UnitRegistered)
    batch.units[record.event.unit_id] = record.event.name


def on_window(batch: Batch, record: Record) -> None:
    assert isinstance(record.event, intake.WindowOpened)
    batch.windows[record.event.window_id] = record.event.org_code, record.event.name


def on_roster(batch: Batch, record: Record) -> None:
    assert record.event is not None
    batch.roster.take(record.event)


def on_calendar_year(batch: Batch, record: Record) -> None:
    assert isinstance(record.event, deadlines.CalendarYearLoaded)
    batch.years[record.event.year] = record.event.model_dump(mode="json")


async def save(tx: Transaction, batch: Batch) -> None:
    """Write the batch."""
    await projection.save_names(tx, batch.units, batch.windows)
    await batch.roster.save(tx, DUTY)
    save_recusals(tx, RECUSAL, batch.recusals)
    save_years(tx, CALENDAR_YEAR, batch.years)
    await projection.save(tx, batch.changes)


async def read_lines(
    tx: Transaction, sight: Sight, state: MatterState | None, window: str | None, after: UUID | None, limit: int
) -> tuple[list[MatterLine], bool]:
    """A page of matters and nothing beside it; whether there are more."""
    rows = await views.page(tx, sight, state, window, after, limit + 1)
    return view.lines_of(rows[:limit], await views.window_names(tx, sight)), len(rows) > limit


async def read_list(
    tx: Transaction, sight: Sight, state: MatterState | None, window: str | None, after: UUID | None, limit: int
) -> ListView:
    """A page of matters with the counts beside it."""
    revision = await views.newest_revision(tx)
    rows = await views.page(tx, sight, state, window, after, limit + 1)
    counts = await views.counts(tx, sight, window)
    windows = await views.window_names(tx, sight)
    return view.of_list(rows, limit, counts, windows, sight, revision)


async def read_day(tx: Transaction, sight: Sight, day: date) -> Sequence[Row]:
    """The day's lines of a window's register, as the leader looks at them in the evening."""
    if sight.window_id is None or sight.to_call_back:
        raise NotFound("day.no_window", "只有窗口值班人员和带班领导可以查看当日登记")
    begin = datetime.combine(day, time(), ZONE)
    return await views.registered_between(tx, sight, begin, begin + timedelta(days=1), LINES_OF_A_DAY)


async def read_alarms(tx: Transaction, sight: Sight) -> Sequence[Row]:
    """What waits for an answer: at once for the window's people, after five minutes for those above it."""
    if not sight.internal or sight.to_call_back:
        return []
    wait = timedelta() if sight.window_id is not None else ALARM_PASSES_ON
    return await views.alarms(tx, sight, tx.now - wait + timedelta(seconds=1))


async def read_state(tx: Transaction, sight: Sight, matter_id: UUID) -> MatterState | None:
    """The state of a matter that the reader sees; none while it is not known."""
    row = await views.matter(tx, sight, matter_id)
    if row is None:
        raise NotFound
    return MatterState(row.state) if row.state else None


async def register_numbers(tx: Transaction, sight: Sight, matter_ids: Collection[UUID]) -> dict[str, str]:
    """The register numbers of those matters that the reader sees, by their ids as text."""
    return {str(row.matter_id): row.register_no for row in await views.register_numbers(tx, sight, matter_ids)}


async def order_clocks(tx: Transaction, sight: Sight, orders: Collection[Mapping[str, Any]]) -> Clocks:
    """What runs on these orders, as referral listed them, by order."""
    ids = ({UUID(order[name]) for order in orders} for name in ("matter_id", "order_id"))
    return view.clocks_of(await clocks.of_orders(tx, sight, *ids), tx.now)


async def disclosure(tx: Transaction, sight: Sight, matter_id: UUID) -> Disclosure | None:
    """Whether the reporter of a matter in sight agreed to be named; none while it is not known."""
    row = await views.matter(tx, sight, matter_id)
    return Disclosure(row.disclosure) if row is not None and row.disclosure else None


async def register_no(tx: Transaction, sight: Sight, matter_id: UUID) -> str | None:
    """The number of a matter in sight; NotFound if it is not."""
    row = await views.matter(tx, sight, matter_id)
    if row is None:
        raise NotFound
    return row.register_no  # type: ignore[no-any-return]


async def all_units(tx: Transaction) -> dict[str, str]:
    """Every unit of the directory by its name, to choose from."""
    return await views.all_units(tx)


async def read_matter(tx: Transaction, sight: Sight, matter_id: UUID) -> MatterView:
    """Everything the page of one matter shows this reader."""
    row = await views.matter(tx, sight, matter_id)
    if row is None:
        raise NotFound
    orders = await views.orders(tx, sight, matter_id)
    running = await clocks.of_matter(tx, sight, matter_id)
    steps = await views.steps(tx, sight, matter_id)
    sent = await inbox.sent_about(tx, sight, matter_id)
    lines = await views.lines(tx, sight, matter_id)
    units = await views.unit_names(tx, view.units_named(row, orders, running, lines))
    windows = await views.window_names(tx, sight)
    duty = await views.duty(tx, row.window_id, tx.now.date()) if sight.internal else None
    return view.of_matter(row, orders, running, steps, sent, lines, units, windows, duty, sight, tx.now)


async def read_board(tx: Transaction, sight: Sight, asked: Asked) -> BoardView:
    """期限看板: how many open clocks are due when, for each unit and each window."""
    days = days_of(tx.now, await calendar(tx, CALENDAR_YEAR))
    rows = await clocks.counts(tx, sight, asked, days)
    units = await views.unit_names(tx, {row.unit_id for row in rows if row.unit_id})
    return view.board_of(rows, units, await views.window_names(tx, sight), days)


async def read_open_clocks(
    tx: Transaction, sight: Sight, asked: Asked, when: When, after: Place | None, limit: int
) -> tuple[list[OpenClock], bool]:
    """A page of the clocks behind a number of the board; whether there are more."""
    days = days_of(tx.now, await calendar(tx, CALENDAR_YEAR))
    rows = await clocks.page(tx, sight, asked, when, days, after, limit + 1)
    units = await views.unit_names(tx, {row.unit_id for row in rows if row.unit_id})
    windows = await views.window_names(tx, sight)
    return view.open_clocks_of(rows[:limit], units, windows, days.now), len(rows) > limit


async def names_of(tx: Transaction, sight: Sight, asked: Asked) -> str:
    """The unit and window that were asked for, by their names as far as this reader knows them."""
    mine = asked.unit and (sight.internal or asked.unit == sight.unit_id)
    units = await views.unit_names(tx, {asked.unit} if mine and asked.unit else ())
    windows = await views.window_names(tx, sight) if asked.window else {}
    named = (units.get(asked.unit or "", asked.unit), windows.get(asked.window or "", asked.window))
    return " · ".join(name for name in named if name)


async def waiting_papers(tx: Transaction, sight: Sight) -> int:
    """How many papers of supervision sent to the reader are open."""
    return await inbox.waiting(tx, sight, boxes_of(tx.actor))


async def read_inbox(
    tx: Transaction, sight: Sight, after: tuple[bool, datetime, UUID, str] | None, limit: int
) -> tuple[list[Letter], bool]:
    """A page of what was sent to the reader, open papers first; whether there are more."""
    boxes, is_past = boxes_of(tx.actor), after is not None and not after[0]
    place = after[1:] if after else None
    open_ones = [] if is_past else await inbox.page(tx, sight, boxes, True, place, limit + 1)
    rest = limit + 1 - len(open_ones)
    past = await inbox.page(tx, sight, boxes, False, place if is_past else None, rest) if rest else []
    units = await views.unit_names(tx, {row.unit_id for row in (*open_ones, *past) if row.unit_id})
    found = [*view.letters_of(open_ones, units, True), *view.letters_of(past, units, False)]
    return found[:limit], len(found) > limit


async def sent_for_order(tx: Transaction, sight: Sight, matter_id: UUID, order_id: UUID) -> list[Sent]:
    """送达 of the papers about one order of a matter."""
    rows = await inbox.sent_about(tx, sight, matter_id)
    return view.sent_of([row for row in rows if row.order_id == order_id], sight.internal)
