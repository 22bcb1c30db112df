"""Changes within a period: substitutes, and the handover at its end."""

from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from services.intake import access
from services.intake.domain import handover as handing_over
from services.intake.domain import substitutions as rules
from services.intake.domain.form import NOTE
from services.intake.domain.handover import Handover, OpenMatters
from services.intake.domain.substitutions import Asked
from services.intake.domain.transitions import OPEN
from services.intake.store import desk, handovers, matters, substitutions
from services.intake.store.substitutions import Kept
from services.intake.store.tables import CALENDAR_YEAR, DUTY, HANDOVER, SUBSTITUTION, WINDOW
from shared.calendar_copy import calendar
from shared.contracts.actor import Actor
from shared.contracts.codes import Role
from shared.contracts.duty import DutyPeriod
from shared.contracts.errors import Conflict, Forbidden, NotFound
from shared.rights import oversees
from shared.roster import save_substitutions
from shared.store.secrecy import context_of
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault
from shared.wording import passage


class Sheet(NamedTuple):
    """The handover sheet: what is signed, the list as fixed or as it is now, and the notes for who takes part."""

    handover: Handover
    open_matters: OpenMatters
    notes: str | None


async def propose_substitution(tx: Transaction, asked: Asked, reason: str, vault: Vault) -> Asked:
    """提请替班, by the duty leader of the window or 党风政风监督室."""
    period = await _period(tx, asked.period_id)
    if not _may_propose(tx, period):
        raise Forbidden("substitution.not_leader", "只有本窗口的带班领导或党风政风监督室可以提请替班")
    said = passage(reason, "替班理由", *NOTE)
    asked, events = rules.propose(asked, period, await _elsewhere(tx, period))
    place = context_of(SUBSTITUTION.c.sealed_reason, substitution_id=asked.id)
    await substitutions.add(tx, Kept(asked, period.window_id, vault.seal_own(said.encode(), place)))
    tx.publish(*events)
    return asked


async def approve_substitution(tx: Transaction, substitution_id: UUID) -> Asked:
    """批准替班."""
    asked, period = await _to_decide(tx, substitution_id)
    asked, events = rules.approve(asked, period, await _elsewhere(tx, period), tx.actor.id, tx.now)
    await substitutions.decide(tx, asked)
    await save_substitutions(tx, period.period_id, [asked.substitution])
    tx.publish(*events)
    return asked


async def decline_substitution(tx: Transaction, substitution_id: UUID) -> Asked:
    """不批准替班."""
    asked, period = await _to_decide(tx, substitution_id)
    asked, events = rules.decline(asked, period, tx.actor.id, tx.now)
    await substitutions.decide(tx, asked)
    tx.publish(*events)
    return asked


def reason_of(kept: Kept, actor: Actor, vault: Vault) -> str | None:
    """Why, in words: for who proposes and who decides; it may be about somebody's health."""
    if not actor.has(Role.DUTY_LEADER, Role.SUPERVISION_DEPT):
        return None
    place = context_of(SUBSTITUTION.c.sealed_reason, substitution_id=kept.asked.id)
    return vault.open_own(kept.sealed_reason, place).decode()


async def sign_handover(
    tx: Transaction, period_id: str, next_period_id: str | None, notes: str | None, vault: Vault
) -> Handover:
    """交接签字, by the outgoing leader and then by the incoming one."""
    access.at_window(tx.actor)
    period, following = await _two_periods(tx, period_id, tx.actor.window_id)
    if next_period_id not in (None, following.period_id):
        raise Conflict("handover.not_next", "接班周期不是紧接的下一周期")
    due_day = handing_over.day_of(period, await calendar(tx, CALENDAR_YEAR))
    so_far = await handovers.locked(tx, period, following, due_day)
    listed = await matters.register_numbers(tx, period.window_id, OPEN)
    handover, events = handing_over.sign(so_far, tx.actor.id, listed, tx.now)
    place = context_of(HANDOVER.c.sealed_notes, period_id=period_id)
    said = passage(notes, "交接说明", *NOTE) if notes else None
    await handovers.save(tx, handover, vault.seal_own(said.encode(), place) if said else None)
    tx.publish(*events)
    return handover


async def handover_sheet(tx: Transaction, period_id: str, vault: Vault) -> Sheet:
    """What the two leaders sign; the notes are read by those who go and those who come."""
    period = await _period(tx, period_id)
    period, following = await _two_periods(tx, period_id, period.window_id)
    row = (await handovers.rows_of(tx, [period_id])).get(period_id)
    due_day = handing_over.day_of(period, await calendar(tx, CALENDAR_YEAR))
    handover = handovers.of_row(row, period, following, due_day)
    listed = handover.open_matters
    if listed is None:
        listed = await matters.register_numbers(tx, period.window_id, OPEN)
    notes = None
    if row is not None and row.sealed_notes and tx.actor.id in period.everybody | following.everybody:
        place = context_of(HANDOVER.c.sealed_notes, period_id=period_id)
        notes = vault.open_own(row.sealed_notes, place).decode()
    return Sheet(handover, listed, notes)


def _may_propose(tx: Transaction, period: DutyPeriod) -> bool:
    actor, today = tx.actor, tx.now.date()
    if actor.has(Role.SUPERVISION_DEPT) and actor.org_type == access.DISCIPLINE:
        return oversees(actor, period.org_code)
    leads = actor.id in (period.leader_id, period.leader_on(today))
    return leads and actor.has(Role.DUTY_LEADER) and actor.window_id == period.window_id


async def _to_decide(tx: Transaction, substitution_id: UUID) -> tuple[Asked, DutyPeriod]:
    await desk.lock_roster(tx)
    kept = await substitutions.locked(tx, substitution_id)
    if kept is None:
        raise NotFound
    period = await _period(tx, kept.asked.period_id)
    access.approving_substitution(tx.actor, period.org_code)
    return kept.asked, period


async def _period(tx: Transaction, period_id: str) -> DutyPeriod:
    """A period of a window that the caller may see."""
    found = await desk.periods(tx, DUTY.c.period_id == period_id)
    if not found or not await desk.windows(
        tx, access.visible_windows(tx.actor) & (WINDOW.c.window_id == found[0].window_id)
    ):
        raise NotFound
    return found[0]


async def _elsewhere(tx: Transaction, period: DutyPeriod) -> list[DutyPeriod]:
    """The periods of other windows that share a day with this one."""
    near = await desk.periods(tx, DUTY.c.start_date <= period.end_date, DUTY.c.end_date >= period.start_date)
    return [other for other in near if other.window_id != period.window_id]


async def _two_periods(tx: Transaction, period_id: str, window_id: str | None) -> tuple[DutyPeriod, DutyPeriod]:
    of_window = await desk.periods(tx, DUTY.c.window_id == window_id)
    for period, following in pairwise(of_window):
        if period.period_id == period_id:
            return period, following
    raise NotFound("not_found", "没有找到这个值班周期或其下一周期,请先发布下一周期的排班")
