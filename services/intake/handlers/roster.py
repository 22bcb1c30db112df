"""Windows and duty periods, and how a window's roster stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select

from services.intake import access
from services.intake.domain import handover as handing_over
from services.intake.domain import roster
from services.intake.domain.handover import Handover
from services.intake.domain.roster import Window
from services.intake.store import desk, handovers, substitutions
from services.intake.store.substitutions import Kept
from services.intake.store.tables import CALENDAR_YEAR, DUTY, SUBSTITUTION, WINDOW
from shared.calendar_copy import calendar
from shared.contracts.duty import DutyPeriod, OnDuty
from shared.contracts.errors import Conflict, NotFound
from shared.rights import oversees
from shared.roster import period_of, save_periods
from shared.store.unit_of_work import Transaction

LOOKING_BACK = timedelta(days=28)


class Standing(NamedTuple):
    """A window's roster: the last fortnights and all to come, with substitutions and handovers."""

    window: Window
    duty: OnDuty | None
    periods: Sequence[DutyPeriod]
    substitutions: Sequence[Kept]
    handovers: Sequence[Handover]


async def open_window(tx: Transaction, given: Window) -> Window:
    """Enter or change a window."""
    access.running_roster(tx.actor, given.org_code)
    present = await desk.window(tx, given.window_id, lock=True)
    window, events = roster.open_window(given, present)
    if await desk.mark_taken(tx, window.register_mark, window.window_id):
        raise Conflict("window.mark_taken", "这个“字”已是另一窗口的登记编号,请另选")
    if events:
        await desk.save_window(tx, window)
    tx.publish(*events)
    return window


async def publish_period(tx: Transaction, given: DutyPeriod) -> DutyPeriod:
    """Publish a duty period."""
    window = await desk.window(tx, given.window_id, lock=True)
    if window is None or not oversees(tx.actor, window.org_code):
        raise NotFound
    access.running_roster(tx.actor, window.org_code)
    given = replace(given, org_code=window.org_code)
    await desk.lock_roster(tx)
    near = await desk.periods(
        tx, (DUTY.c.end_date >= given.start_date - roster.PERIOD) | (DUTY.c.period_id == given.period_id)
    )
    of_window = [period for period in near if period.window_id == given.window_id]
    if not of_window:
        of_window = list(await desk.periods(tx, DUTY.c.window_id == given.window_id))
    elsewhere = [period for period in near if period.window_id != given.window_id]
    events = roster.publish_period(given, of_window, elsewhere)
    await save_periods(tx, DUTY, map(period_of, events))
    tx.publish(*events)
    return given


async def windows(tx: Transaction) -> Sequence[Window]:
    """The windows a reader may see."""
    return await desk.windows(tx, access.visible_windows(tx.actor))


async def periods(tx: Transaction, window_id: str | None) -> Sequence[DutyPeriod]:
    """The roster of the windows a reader may see."""
    seen = DUTY.c.window_id.in_(select(WINDOW.c.window_id).where(access.visible_windows(tx.actor)))
    return await desk.periods(tx, seen, *([DUTY.c.window_id == window_id] if window_id else []))


async def standing(tx: Transaction, window_id: str) -> Standing:
    """How the roster of one window stands today."""
    found = await desk.windows(tx, access.visible_windows(tx.actor) & (WINDOW.c.window_id == window_id))
    if not found:
        raise NotFound
    today = tx.now.date()
    shown = await desk.periods(tx, DUTY.c.window_id == window_id, DUTY.c.start_date >= today - 2 * LOOKING_BACK)
    shown = [period for period in shown if period.end_date >= today - LOOKING_BACK]
    duty = next((OnDuty(period, today) for period in shown if period.covers(today)), None)
    asked = await substitutions.of_window(tx, SUBSTITUTION.c.window_id == window_id, today - LOOKING_BACK)
    return Standing(found[0], duty, shown, asked, await _handovers(tx, shown))


async def _handovers(tx: Transaction, shown: Sequence[DutyPeriod]) -> list[Handover]:
    """Between the periods that have begun and those after them."""
    begun = [pair for pair in pairwise(shown) if pair[0].start_date <= tx.now.date()]
    rows = await handovers.rows_of(tx, [period.period_id for period, _ in begun])
    days = await calendar(tx, CALENDAR_YEAR)
    return [
        handovers.of_row(rows.get(period.period_id), period, following, handing_over.day_of(period, days))
        for period, following in begun
    ]
