"""Windows, duty periods and their handover."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sqlalchemy import select

from services.intake import access
from services.intake.domain import roster
from services.intake.domain.roster import Handover, Period, Window
from services.intake.domain.transitions import FINAL
from services.intake.store import desk, matters
from services.intake.store.tables import DUTY, HANDOVER, WINDOW
from shared.contracts.errors import Conflict, NotFound
from shared.rights import oversees
from shared.roster import period_of, save_periods
from shared.store.secrecy import context_of
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


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


async def publish_period(tx: Transaction, given: Period) -> Period:
    """Publish a duty period."""
    window = await desk.window(tx, given.window_id, lock=True)
    if window is None or not oversees(tx.actor, window.org_code):
        raise NotFound
    access.running_roster(tx.actor, window.org_code)
    given = replace(given, org_code=window.org_code)
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


async def sign_handover(
    tx: Transaction, period_id: str, next_period_id: str | None, notes: str | None, vault: Vault
) -> Handover:
    """交接签字, by the outgoing leader and then by the incoming one."""
    access.at_window(tx.actor)
    period, following = await _two_periods(tx, period_id, next_period_id)
    so_far = await desk.handover(tx, period, following)
    count = await matters.count_open(tx, period.window_id, FINAL)
    handover, events = roster.sign_handover(so_far, tx.actor.id, count, tx.now)
    place = context_of(HANDOVER.c.sealed_notes, period_id=period_id)
    sealed = vault.seal_own(notes.encode(), place) if notes else None
    await desk.save_handover(tx, handover, sealed)
    tx.publish(*events)
    return handover


async def windows(tx: Transaction) -> Sequence[Window]:
    """The windows a reader may see."""
    return await desk.windows(tx, access.visible_windows(tx.actor))


async def periods(tx: Transaction, window_id: str | None) -> Sequence[Period]:
    """The roster of the windows a reader may see."""
    seen = DUTY.c.window_id.in_(select(WINDOW.c.window_id).where(access.visible_windows(tx.actor)))
    return await desk.periods(tx, seen, *([DUTY.c.window_id == window_id] if window_id else []))


async def _two_periods(tx: Transaction, period_id: str, next_period_id: str | None) -> tuple[Period, Period]:
    own = DUTY.c.window_id == tx.actor.window_id
    of_window = await desk.periods(tx, own)
    for period, following in pairwise(of_window):
        if period.period_id == period_id:
            if next_period_id not in (None, following.period_id):
                raise Conflict("handover.not_next", "接班周期不是紧接的下一周期")
            return period, following
    raise NotFound("not_found", "没有找到这个值班周期或其下一周期,请先发布下一周期的排班")
