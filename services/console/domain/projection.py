"""From events to columns. Each column has one publishing service, so the order across services does not matter.

Rows are made by whichever event comes first; a column that an event does not name stays as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console.domain.inbox import box_of
from services.console.domain.lines import told
from shared.contracts import MatterEvent, OrderEvent, deadlines, intake, referral, triage
from shared.contracts.codes import OrderState
from shared.contracts.deadlines import ClockEvent

# Column ← field of the event. Owned by intake:
_MATTER: Mapping[type[MatterEvent], Mapping[str, str]] = {
    intake.MatterReceived: {"channel": "channel", "received_at": "received_at", "historical": "historical"},
    intake.MatterRegistered: {
        "register_no": "register_no",
        "channel": "channel",
        "disclosure": "disclosure",
        "group_size": "group_size",
        "urgency": "urgency",
        "received_at": "received_at",
        "registered_at": "registered_at",
    },
    intake.MatterMoved: {"state": "to_state", "round": "round", "moved_at": "moved_at"},
    intake.MatterProposed: {"proposal": "kind"},
    intake.MatterAlarmRaised: {"alarm_raised_at": "raised_at"},
    intake.MatterAlarmAcknowledged: {"alarm_acked_at": "acked_at"},
    intake.MatterResolvedOnSpot: {"root_cause": "root_cause"},
    intake.MatterHandledOnSite: {"responsible_unit_id": "responsible_unit_id"},
    intake.MatterReviewed: {
        "outcome": "outcome",
        "root_cause": "root_cause",
        "responsible_unit_id": "responsible_unit_id",
    },
    intake.MatterClosed: {"outcome": "outcome", "root_cause": "root_cause", "closed_at": "closed_at"},
    # Owned by triage: its guess at the cause keeps a column of its own beside the one intake closes with.
    triage.MatterTriaged: {"kind": "kind", "policy": "policy", "assessed_cause": "root_cause"},
    triage.MatterReclassified: {"kind": "to_kind", "policy": "policy"},
    triage.MatterApproved: {
        "kind": "kind",
        "policy": "policy",
        "assessed_cause": "root_cause",
        "class_hint": "class_hint",
    },
}

# Owned by referral: the state an event of an order leaves it in (where it is always the same), and its columns.
_ORDER: Mapping[type[OrderEvent], tuple[OrderState | None, Mapping[str, str]]] = {
    referral.OrderDrafted: (
        OrderState.DRAFT,
        {"role": "role", "rule": "rule", "predecessor_id": "predecessor_id", "drafted_at": "drafted_at"},
    ),
    referral.OrderIssued: (
        OrderState.DELIVERED,
        {"order_no": "order_no", "role": "role", "rule": "rule", "delivered_at": "delivered_at"},
    ),
    referral.OrderAcked: (OrderState.WORKING, {"acked_at": "acked_at"}),
    referral.OrderAnswered: (OrderState.ANSWERED, {"result": "result", "answered_at": "answered_at"}),
    referral.OrderReturned: (OrderState.RETURNED, {}),
    referral.OrderAccepted: (OrderState.CLOSED, {"result": "result", "settled_at": "accepted_at"}),
    referral.OrderObjected: (OrderState.OBJECTED, {}),
    referral.OrderObjectionDecided: (None, {"state": "state"}),
    referral.OrderReassigned: (OrderState.REASSIGNED, {"settled_at": "reassigned_at"}),
    referral.OrderExtensionRequested: (OrderState.EXT_ASKED, {}),
    referral.OrderExtensionDecided: (None, {"state": "state"}),
    referral.OrderSuspended: (OrderState.SUSPENDED, {}),
    referral.OrderResumed: (None, {"state": "state"}),
    referral.OrderVoided: (OrderState.VOIDED, {"settled_at": "voided_at"}),
    referral.CannotDoFiled: (OrderState.CANNOT_FILED, {"answered_at": "filed_at"}),
    referral.CannotDoUpheld: (OrderState.CLOSED, {"settled_at": "decided_at"}),
    referral.CannotDoRejected: (OrderState.REJECTED, {"settled_at": "decided_at"}),
}

# Owned by deadlines.
_COUNTED = {"started_at": "started_at", "due_at": "due_at", "limit_code": "limit", "provisional": "provisional"}
_CLOCK: Mapping[type[ClockEvent], Mapping[str, str]] = {
    deadlines.DeadlineStarted: _COUNTED,
    deadlines.DeadlineMoved: _COUNTED,
    deadlines.DeadlinePaused: {"paused_at": "paused_at", "resumes_at": "resumes_at"},
    deadlines.DeadlineResumed: {"due_at": "due_at", "provisional": "provisional"},
    deadlines.DeadlineStopped: {"due_at": "due_at", "stopped_at": "stopped_at", "overdue": "overdue"},
    deadlines.SupervisionReached: {"due_at": "due_at"},
}

Columns = dict[str, Any]
LetterKey = tuple[UUID, str, datetime, int]  # clock, level, when that was reached, number of the addressee
NO_PROPOSAL = "NONE"  # an empty column would keep what it has


@dataclass(slots=True)
class Line:
    """One line of a timeline: an event as codes, from which its sentence is made when it is read."""

    matter_id: UUID
    source: str
    sequence: int
    event_id: str
    type: str
    at: datetime
    actor: str
    order_id: UUID | None
    unit_id: str | None
    facts: Mapping[str, Any]


@dataclass
class Changes:
    """What one batch writes: for every row the columns that its events set, the last one counting."""

    matters: dict[UUID, Columns] = field(default_factory=dict)
    orders: dict[UUID, Columns] = field(default_factory=dict)
    clocks: dict[UUID, Columns] = field(default_factory=dict)
    steps: dict[tuple[UUID, str], Columns] = field(default_factory=dict)
    letters: dict[LetterKey, Columns] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def project(
    changes: Changes, event: MatterEvent, source: str, sequence: int, event_id: str, actor: str, sent_at: datetime
) -> None:
    """Take one event in: the row of its matter, of its order or clock, and its line."""
    at, facts = told(event)
    matter = changes.matters.setdefault(event.matter_id, {})
    matter |= {"org_code": event.org_code, "window_id": event.window_id}
    matter |= _filled(event, _MATTER.get(type(event), {}))
    if isinstance(event, intake.MatterProposalDeclined):
        matter["proposal"] = NO_PROPOSAL
    matter["updated_at"] = max(matter.get("updated_at", sent_at), sent_at)
    if isinstance(event, OrderEvent) and type(event) in _ORDER:
        _take_order(changes, event)
    elif isinstance(event, ClockEvent):
        _take_clock(changes, event)
    changes.lines.append(
        Line(
            event.matter_id, source, sequence, event_id, event.TYPE, at or sent_at, actor,
            event.__dict__.get("order_id"), event.__dict__.get("unit_id"), facts,
        )
    )  # fmt: skip


def _take_order(changes: Changes, event: OrderEvent) -> None:
    state, columns = _ORDER[type(event)]
    row = changes.orders.setdefault(event.order_id, {})
    row |= {"matter_id": event.matter_id, "unit_id": event.unit_id, "round": event.round}
    row |= _filled(event, columns)
    if state is not None:
        row["state"] = state.value


def _take_clock(changes: Changes, event: ClockEvent) -> None:
    row = changes.clocks.setdefault(event.deadline_id, {})
    row |= {"matter_id": event.matter_id, "org_code": event.org_code, "window_id": event.window_id}
    row |= {"rule": event.rule, "round": event.round}
    row |= _filled(event, {"order_id": "order_id", "unit_id": "unit_id"} | dict(_CLOCK.get(type(event), {})))
    if isinstance(event, deadlines.DeadlineStarted | deadlines.DeadlineStopped):
        row["runs"] = isinstance(event, deadlines.DeadlineStarted)
    if isinstance(event, deadlines.DeadlineStarted):  # taken up again, where what stopped it was of another round
        row.pop("stopped_at", None)
    if isinstance(event, deadlines.DeadlinePaused | deadlines.DeadlineResumed):
        row["paused"] = isinstance(event, deadlines.DeadlinePaused)
    if isinstance(event, deadlines.SupervisionReached):
        changes.steps.setdefault((event.deadline_id, event.level.value), {}).update(
            matter_id=event.matter_id, reached_at=event.reached_at, sent_at=event.sent_at, withdrawn=False
        )
    elif isinstance(event, deadlines.SupervisionSent):
        changes.letters |= _letters(event)
    elif isinstance(event, deadlines.SupervisionWithdrawn):
        changes.steps.setdefault((event.deadline_id, event.level.value), {}).update(
            matter_id=event.matter_id, withdrawn=True
        )


def _letters(event: deadlines.SupervisionSent) -> dict[LetterKey, Columns]:
    """The paper once for each addressee; the supervision office, which opens no box, is kept for the record."""
    office, rows = event.supervision_office_id, [_letter(to) for to in event.addressees]
    if office is not None:
        rows.append({"box": "", "unit_id": office, "copy_only": True})
    sent = {"matter_id": event.matter_id, "sent_at": event.sent_at, "due_at": event.due_at}
    return {
        (event.deadline_id, event.level.value, event.reached_at, number): sent | row for number, row in enumerate(rows)
    }


def _letter(to: deadlines.Addressee) -> Columns:
    return {
        "box": box_of(to), "role": to.role.value, "account_id": to.account_id, "org_code": to.org_code,
        "unit_id": to.unit_id, "copy_only": to.copy_only,
    }  # fmt: skip


def _filled(event: MatterEvent, columns: Mapping[str, str]) -> Columns:
    fields = event.__dict__
    return {column: fields[name] for column, name in columns.items() if fields[name] is not None}
