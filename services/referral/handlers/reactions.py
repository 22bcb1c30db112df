"""What referral does about other services' events.

Times and ids come from the event, not from the moment it is read: read once more, it makes the same orders.
"""

from typing import TypeVar
from uuid import UUID

from services.referral.batch import Batch
from services.referral.domain import limits, orders, suspensions
from services.referral.domain.matters import Matter
from services.referral.domain.settlement import without_successor
from shared.bus.envelope import Record
from shared.contracts import Event, MatterEvent
from shared.contracts.actor import SYSTEM
from shared.contracts.codes import OrderState
from shared.contracts.deadlines import (
    CalendarYearLoaded,
    DeadlineMoved,
    DeadlineResumed,
    DeadlineStarted,
    DeadlineStopped,
    OrderAckMissed,
    RuleAmended,
    SupervisionReached,
    SupervisionWithdrawn,
)
from shared.contracts.errors import NotYet, Superseded
from shared.contracts.intake import (
    MatterMaterialAdded,
    MatterRecusalDeclared,
    MatterRecusalLifted,
    MatterRegistered,
    MatterReopened,
    MatterReworkOrdered,
    ReporterErased,
    WindowOpened,
    ended_at,
)
from shared.contracts.triage import MatterApproved, MatterReclassified
from shared.ids import derived_id

E = TypeVar("E", bound=Event)


def on_registered(batch: Batch, record: Record) -> None:
    event = _body(record, MatterRegistered)
    batch.keep(Matter.registered(event))


def on_approved(batch: Batch, record: Record) -> list[Event]:
    event = _body(record, MatterApproved)
    matter = _open_matter(batch, event).in_round(event.round)
    if any(order.round == event.round for order in batch.orders_of(event.matter_id)):
        raise Superseded("approved once more: the orders of this round are here")  # triage restored
    drafts = orders.draft_approved(matter, event, record.id)
    batch.keep(matter)
    return batch.add(drafts)


def on_reclassified(batch: Batch, record: Record) -> list[Event]:
    """A rejected order gets its successor; a kind that only followed from an upheld statement orders nothing."""
    event = _body(record, MatterReclassified)
    if event.decided_by is None or event.matter_id not in batch.matters:
        return []
    _open_matter(batch, event)
    rule = event.rule or limits.RULE_OF_KIND[event.to_kind]
    open_ends = without_successor(batch.orders_of(event.matter_id))
    waiting = [order for order in open_ends if order.state is OrderState.REJECTED]
    return batch.add(
        orders.draft_successor(order, event.decided_at, rule, event.policy, id=_heir_id(record, order, place))
        for place, order in enumerate(waiting)
    )


def on_rework_ordered(batch: Batch, record: Record) -> list[Event]:
    event = _body(record, MatterReworkOrdered)
    before = _open_matter(batch, event)
    matter = before.in_round(event.round)
    done = [
        order
        for order in batch.orders_of(matter.id)
        if order.round == before.round and order.state is OrderState.CLOSED
    ]
    batch.keep(matter)
    return batch.add(
        orders.draft_successor(order, event.ordered_at, round=matter.round, id=_heir_id(record, order, place))
        for place, order in enumerate(done)
    )


def on_ended(batch: Batch, record: Record) -> list[Event]:
    """The end: what lost the race against it is undone on our side."""
    event = record.event
    assert isinstance(event, MatterEvent)
    if event.matter_id not in batch.matters:
        return []
    batch.keep(batch.matters[event.matter_id].ended())
    return batch.add(orders.void_open(batch.orders_of(event.matter_id), ended_at(event)))


def on_reopened(batch: Batch, record: Record) -> None:
    event = _body(record, MatterReopened)
    matter = batch.matters.get(event.matter_id)
    if matter is None:
        raise NotYet("the matter has not been registered here")
    batch.keep(matter.reopened(event.round))


def on_reporter_erased(batch: Batch, record: Record) -> None:
    event = _body(record, ReporterErased)
    if event.matter_id in batch.matters:
        batch.erased.add(event.matter_id)


def on_ack_missed(batch: Batch, record: Record) -> None:
    event = _body(record, OrderAckMissed)
    _open_matter(batch, event)
    if event.order_id not in batch.orders:
        raise NotYet("the order is not here")
    batch.orders[event.order_id] = orders.miss_acknowledgement(batch.orders[event.order_id], event.missed_at)


def on_recusal(batch: Batch, record: Record) -> None:
    event = record.event
    assert isinstance(event, MatterRecusalDeclared | MatterRecusalLifted)
    batch.recusals.append(event)


def on_window(batch: Batch, record: Record) -> None:
    event = _body(record, WindowOpened)
    batch.windows[event.window_id] = event


def on_calendar_year(batch: Batch, record: Record) -> None:
    event = _body(record, CalendarYearLoaded)
    batch.years[event.year] = event.model_dump(mode="json")


def on_rule(batch: Batch, record: Record) -> None:
    batch.amended.append(_body(record, RuleAmended))


def on_clock(batch: Batch, record: Record) -> None:
    event = record.event
    assert isinstance(event, DeadlineStarted | DeadlineMoved | DeadlineStopped | DeadlineResumed)
    if event.order_id is not None:
        batch.clocks.append(event)


def on_step(batch: Batch, record: Record) -> None:
    event = record.event
    assert isinstance(event, SupervisionReached | SupervisionWithdrawn)
    if event.order_id is not None:
        batch.steps.append(event)


def on_clock_resumed(batch: Batch, record: Record) -> list[Event]:
    """A pause that its day ended: the order goes on with its clock."""
    on_clock(batch, record)
    event = _body(record, DeadlineResumed)
    order = batch.orders.get(event.order_id) if event.order_id else None
    if order is None or order.state is not OrderState.SUSPENDED or not event.automatic:
        return []
    return batch.add([suspensions.resume(order, SYSTEM.id, event.resumed_at, automatic=True)])


def on_material(batch: Batch, record: Record) -> list[Event]:
    """What the reporter was waited for has come (S2)."""
    event = _body(record, MatterMaterialAdded)
    waiting = [order for order in batch.orders_of(event.matter_id) if suspensions.waits_for_material(order)]
    return batch.add(suspensions.resume(order, SYSTEM.id, event.added_at, automatic=True) for order in waiting)


def on_roster(batch: Batch, record: Record) -> None:
    assert record.event is not None
    batch.roster.take(record.event)


def _open_matter(
    batch: Batch, event: MatterApproved | MatterReclassified | MatterReworkOrdered | OrderAckMissed
) -> Matter:
    matter = batch.matters.get(event.matter_id)
    if matter is None:
        raise NotYet("the matter has not been registered here")
    matter.overtaken_by_closing(event)
    return matter


def _heir_id(record: Record, order: orders.Order, place: int) -> UUID:
    return derived_id(record.id, str(order.id), place=place)


def _body(record: Record, expected: type[E]) -> E:
    assert isinstance(record.event, expected)
    return record.event
