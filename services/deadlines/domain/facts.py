"""Facts: what events say that may start or stop a clock, in a form in which the order of arrival does not matter."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from shared.contracts import Event, intake, referral, triage
from shared.contracts.codes import AcceptMode, MatterState
from shared.workdays import ZONE


class Mark(StrEnum):
    """What a fact is: an event by its type, a transition by its number, or (last four) what follows from others."""

    RECEIVED = "matter.received"
    REGISTERED = "matter.registered"
    RESOLVED_ON_SPOT = "matter.resolved_on_spot"
    ACCEPTED = "matter.accepted"
    DEEMED_ACCEPTED = "matter.deemed_accepted"
    TRIAGED = "matter.triaged"
    TRIAGE_RETURNED = "matter.triage_returned"
    APPROVED = "matter.approved"
    REWORK_ORDERED = "matter.rework_ordered"
    FEEDBACK_GIVEN = "feedback.given"
    CALLBACK_ATTEMPTED = "callback.attempted"
    CALLBACK_COMPLETED = "callback.completed"
    ALL_ANSWERED = "T12/T13"
    HANDLED_ON_SITE = "T12b"
    CANNOT_CONFIRMED = "T14"
    REVIEW_PASSED = "T17"
    REOPENED = "T22/T26"
    ENDED = "matter.ended"
    DRAFTED = "order.drafted"
    ISSUED = "order.issued"
    ACKED = "order.acked"
    ACK_MISSED = "order.ack_missed"
    LAPSED = "deadline.lapsed"
    ANSWERED = "order.answered"
    RETURNED = "order.returned"
    ORDER_ACCEPTED = "order.accepted"
    VOIDED = "order.voided"
    OBJECTED = "order.objected"
    OBJECTION_DENIED = "order.objection_denied"
    REASSIGNED = "order.reassigned"
    EXTENDED = "order.extended"
    INSISTED = "order.insisted"
    SUSPENDED = "order.suspended"
    RESUMED = "order.resumed"
    CANNOT_FILED = "cannot_do.filed"
    UPHELD = "cannot_do.upheld"
    REJECTED = "cannot_do.rejected"
    ACKED_IN_TIME = "order.acked_in_time"
    TAKEN_AS_ACKED = "order.taken_as_acked"
    ORDERS_OUT = "orders.all_out"
    ROUND_ANSWERED = "orders.all_answered"


class Fact(NamedTuple):
    """One fact about a matter or one of its orders, at the business time of the act."""

    mark: Mark
    at: datetime
    source: str
    sequence: int
    round: int | None = None
    order_id: UUID | None = None
    unit_id: str | None = None
    # ISSUED: the rule; APPROVED: how many orders; DRAFTED: "first" if without predecessor; EXTENDED: by how much;
    # REWORK_ORDERED: how often dissatisfied; SUSPENDED: the day on which the clock runs again by itself
    value: str | None = None
    until: datetime | None = None  # ISSUED: the last moment to acknowledge; SUSPENDED: the opening on that day

    def is_before(self, other: "Fact") -> bool:
        """Whether this comes before the other: one publisher numbers its events, between two the time tells."""
        if self.source == other.source:
            return self.sequence < other.sequence
        return self.at <= other.at


FINAL = {
    MatterState.CLOSED,
    MatterState.NOT_ACCEPTED,
    MatterState.MERGED,
    MatterState.WITHDRAWN,
    MatterState.TRANSFERRED,
}
TRANSITIONS = {
    "T12": Mark.ALL_ANSWERED,
    "T13": Mark.ALL_ANSWERED,
    "T12b": Mark.HANDLED_ON_SITE,
    "T14": Mark.CANNOT_CONFIRMED,
    "T17": Mark.REVIEW_PASSED,
    "T22": Mark.REOPENED,
    "T26": Mark.REOPENED,
}

GRANTABLE = 2  # extensions of one order

Told = tuple[Mark, datetime] | tuple[Mark, datetime, str] | None


def _received(event: intake.MatterReceived) -> Told:
    return None if event.historical else (Mark.RECEIVED, event.received_at)


def _accepted(event: intake.MatterAccepted) -> Told:
    deemed = event.mode is AcceptMode.DEEMED
    return Mark.DEEMED_ACCEPTED if deemed else Mark.ACCEPTED, event.accepted_at


def _moved(event: intake.MatterMoved) -> Told:
    mark = Mark.ENDED if event.to_state in FINAL else TRANSITIONS.get(event.transition)
    return (mark, event.moved_at) if mark else None


def _drafted(event: referral.OrderDrafted) -> Told:
    return Mark.DRAFTED, event.drafted_at, "successor" if event.predecessor_id else "first"


def _objection_decided(event: referral.OrderObjectionDecided) -> Told:
    """One that is upheld ends the order by its reassignment, which is told for itself."""
    return None if event.upheld else (Mark.OBJECTION_DENIED, event.decided_at)


def _extension_requested(event: referral.OrderExtensionRequested) -> Told:
    """Only the third tells a clock something: two may be granted (handbook 5.3)."""
    return (Mark.INSISTED, event.requested_at) if event.number > GRANTABLE else None


def _extension_decided(event: referral.OrderExtensionDecided) -> Told:
    return (Mark.EXTENDED, event.decided_at, event.limit) if event.granted and event.limit else None


# What each event tells; the events of this table are those the service listens to.
TELLS: Mapping[type[Event], Callable[[Any], Told]] = {
    intake.MatterReceived: _received,
    intake.MatterRegistered: lambda e: (Mark.REGISTERED, e.registered_at),
    intake.MatterResolvedOnSpot: lambda e: (Mark.RESOLVED_ON_SPOT, e.resolved_at),
    intake.MatterAccepted: _accepted,
    intake.MatterMoved: _moved,
    intake.MatterReworkOrdered: lambda e: (Mark.REWORK_ORDERED, e.ordered_at, str(e.dissatisfied_times)),
    intake.FeedbackGiven: lambda e: (Mark.FEEDBACK_GIVEN, e.given_at),
    intake.CallbackAttempted: lambda e: (Mark.CALLBACK_ATTEMPTED, e.attempted_at),
    intake.CallbackCompleted: lambda e: (Mark.CALLBACK_COMPLETED, e.completed_at),
    triage.MatterTriaged: lambda e: (Mark.TRIAGED, e.proposed_at),
    triage.MatterTriageReturned: lambda e: (Mark.TRIAGE_RETURNED, e.returned_at),
    triage.MatterApproved: lambda e: (Mark.APPROVED, e.approved_at, str(len(e.orders))),
    referral.OrderDrafted: _drafted,
    referral.OrderIssued: lambda e: (Mark.ISSUED, e.delivered_at, e.rule),
    referral.OrderAcked: lambda e: (Mark.ACKED, e.acked_at),
    referral.OrderAnswered: lambda e: (Mark.ANSWERED, e.answered_at),
    referral.OrderReturned: lambda e: (Mark.RETURNED, e.returned_at),
    referral.OrderAccepted: lambda e: (Mark.ORDER_ACCEPTED, e.accepted_at),
    referral.OrderVoided: lambda e: (Mark.VOIDED, e.voided_at),
    referral.OrderObjected: lambda e: (Mark.OBJECTED, e.objected_at),
    referral.OrderObjectionDecided: _objection_decided,
    referral.OrderReassigned: lambda e: (Mark.REASSIGNED, e.reassigned_at),
    referral.OrderExtensionRequested: _extension_requested,
    referral.OrderExtensionDecided: _extension_decided,
    referral.OrderSuspended: lambda e: (Mark.SUSPENDED, e.suspended_at, e.resume_by.isoformat()),
    referral.OrderResumed: lambda e: (Mark.RESUMED, e.resumed_at),
    referral.CannotDoFiled: lambda e: (Mark.CANNOT_FILED, e.filed_at),
    referral.CannotDoUpheld: lambda e: (Mark.UPHELD, e.decided_at),
    referral.CannotDoRejected: lambda e: (Mark.REJECTED, e.decided_at),
}


def fact_of(event: Event, source: str, sequence: int) -> Fact | None:
    """The fact an event tells, if it tells one that a clock may care about."""
    told = TELLS[type(event)](event)
    if told is None:
        return None
    mark, at, *value = told
    fields = event.__dict__  # asking a model for a field that it lacks costs more than all the rest
    return Fact(
        mark, at.astimezone(ZONE), source, sequence,
        round=fields.get("round"),
        order_id=fields.get("order_id"),
        unit_id=fields.get("unit_id"),
        value=value[0] if value else None,
    )  # fmt: skip
