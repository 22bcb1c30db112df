"""What intake listens to, readable as a table."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from services.intake import batch
from services.intake.batch import Batch
from services.intake.domain import reactions
from services.intake.handlers.reactions import by, on_calendar_year, on_order_drafted, order_to
from shared.bus.deciding import Reaction
from shared.bus.envelope import Record
from shared.contracts import Event, deadlines, referral, triage
from shared.contracts.codes import OrderState
from shared.store.unit_of_work import Transaction

REACTIONS: Mapping[type[Event], Reaction[Batch]] = {
    triage.MatterTriaged: by(reactions.triaged),
    triage.MatterTriageReturned: by(reactions.triage_returned),
    triage.MatterApproved: by(reactions.approved),
    referral.OrderDrafted: on_order_drafted,
    referral.OrderIssued: order_to(OrderState.DELIVERED, "delivered_at", "signed_by"),
    referral.OrderAcked: order_to(OrderState.WORKING, "acked_at"),
    referral.OrderAnswered: order_to(OrderState.ANSWERED, "answered_at"),
    referral.OrderReturned: by(reactions.order_returned),
    referral.OrderAccepted: order_to(OrderState.ACCEPTED, "accepted_at", "reviewed_by"),
    referral.OrderVoided: order_to(OrderState.VOIDED, "voided_at"),
    referral.OrderObjected: order_to(OrderState.OBJECTED, "objected_at"),
    referral.OrderObjectionDecided: order_to(None, "decided_at", "decided_by"),
    referral.OrderReassigned: order_to(OrderState.REASSIGNED, "reassigned_at", "reassigned_by"),
    referral.OrderDropped: by(reactions.order_dropped),
    referral.OrderExtensionRequested: order_to(OrderState.EXT_ASKED, "requested_at"),
    referral.OrderExtensionDecided: order_to(None, "decided_at", "decided_by"),
    referral.OrderSuspended: order_to(OrderState.SUSPENDED, "suspended_at", "suspended_by"),
    referral.OrderResumed: order_to(None, "resumed_at", "resumed_by"),
    referral.CannotDoFiled: order_to(OrderState.CANNOT_FILED, "filed_at"),
    referral.CannotDoUpheld: order_to(OrderState.CLOSED, "decided_at", "decided_by"),
    referral.CannotDoRejected: by(reactions.statement_rejected),
    referral.CannotDoPolicyChanged: by(reactions.policy_changed),
    referral.OrdersAllSettled: by(reactions.all_settled),
    referral.MeetingScheduled: by(reactions.meeting_scheduled),
    referral.MeetingConcluded: by(reactions.meeting_concluded),
    deadlines.SupervisionReached: by(reactions.deemed_accepted),
    deadlines.CalendarYearLoaded: on_calendar_year,
}


class Reactor:
    """Intake's part in the bus."""

    topics: ClassVar[tuple[str, ...]] = ("triage", "referral", "deadlines")
    types: ClassVar[Mapping[type[Event], Reaction[Batch]]] = REACTIONS

    async def load(self, tx: Transaction, records: Sequence[Record]) -> Batch:
        return await batch.load(tx, records)

    async def save(self, tx: Transaction, state: Batch) -> None:
        await batch.save(tx, state)
