"""What the window does on a matter as a whole: comparisons with other cities, and meetings."""

from datetime import datetime
from uuid import UUID

from services.referral.domain import comparisons as comparison_rules
from services.referral.domain import meetings as meeting_rules
from services.referral.domain.comparisons import CityRule, Comparison
from services.referral.domain.meetings import Meeting, Task
from services.referral.handlers.desk import duty_of, matter_for_window, meeting_for_window, require_may_receive
from services.referral.handlers.policies import with_citations
from services.referral.office import Office
from services.referral.store import comparisons, meetings, orders
from shared.contracts.codes import MeetingKind
from shared.roster import require_leader, require_staff
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def compare(
    tx: Transaction, matter_id: UUID, needed: bool, reason: str, rows: tuple[CityRule, ...], vault: Vault
) -> Comparison:
    """登记横向对比."""
    kept = await matter_for_window(tx, vault, matter_id)
    require_staff(await duty_of(tx, kept.matter), tx.actor, doing="登记横向对比")
    rows = await with_citations(tx, rows)
    comparison, events = comparison_rules.record(kept.matter, needed, reason, rows, tx.actor.id, tx.now)
    await comparisons.add(tx, kept.words, comparison)
    tx.publish(*events)
    return comparison


async def schedule_meeting(
    tx: Transaction,
    matter_id: UUID,
    kind: MeetingKind,
    unit_ids: tuple[str, ...],
    agenda: str,
    at: datetime,
    vault: Vault,
) -> Meeting:
    """召集会议 (T09)."""
    kept = await matter_for_window(tx, vault, matter_id)
    require_leader(await duty_of(tx, kept.matter), tx.actor, doing="召集会议")
    for unit_id in unit_ids:
        await require_may_receive(tx, unit_id)
    open_one = await meetings.open_one(tx, matter_id)
    meeting, events = meeting_rules.schedule(kept.matter, open_one, kind, unit_ids, agenda, at, tx.now)
    await meetings.save(tx, kept.words, meeting)
    tx.publish(*events)
    return meeting


async def hold_session(
    tx: Transaction,
    meeting_id: UUID,
    present: tuple[str, ...],
    absent: tuple[str, ...],
    minutes: str,
    vault: Vault,
) -> Meeting:
    """记录会次."""
    kept, meeting = await meeting_for_window(tx, vault, meeting_id)
    require_staff(await duty_of(tx, kept.matter), tx.actor, doing="记录会次")
    meeting, events = meeting_rules.hold_session(meeting, present, absent, minutes, tx.now)
    await meetings.save(tx, kept.words, meeting)
    tx.publish(*events)
    return meeting


async def conclude_meeting(
    tx: Transaction, meeting_id: UUID, summary: str, dissent: str, tasks: tuple[Task, ...], receipt: str | None,
    office: Office, vault: Vault,
) -> Meeting:  # fmt: skip
    """形成会议结论 (T09); its tasks become requirements of the orders that the units have."""
    kept, meeting = await meeting_for_window(tx, vault, meeting_id)
    require_leader(await duty_of(tx, kept.matter), tx.actor, doing="形成会议结论")
    meeting_rules.require_checked(kept.matter, office.is_clean(kept.matter.id, meeting_rules.task_text(tasks), receipt))
    meeting, events = meeting_rules.conclude(meeting, summary, dissent, tasks, tx.now)
    await meetings.save(tx, kept.words, meeting)
    found = await orders.locked_of_matters(tx, {kept.matter.id: kept})
    given = meeting_rules.given_out(tasks, found.values(), kept.matter.round)
    await orders.save(tx, [(order, kept.words) for order in given])
    tx.publish(*events)
    return meeting
