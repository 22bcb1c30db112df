"""The timeline: which fields of each event are kept for its line, and which lines a handling unit may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts import MatterEvent, deadlines, intake, referral, triage


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One kind of line: the field with the time of the act, the facts its sentence needs, whether a unit reads it."""

    at: str
    facts: tuple[str, ...] = ()
    for_unit: bool = False


_CLOCK = ("rule", "order_id", "unit_id")

LINES: Mapping[type[MatterEvent], LineSpec] = {
    intake.MatterReceived: LineSpec("received_at", ("channel", "historical")),
    intake.MatterRegistered: LineSpec(
        "registered_at", ("register_no", "channel", "disclosure", "group_size", "written_at")
    ),
    intake.MatterAlarmRaised: LineSpec("raised_at", ("dangers",)),
    intake.MatterAlarmAcknowledged: LineSpec("acked_at"),
    intake.MatterAccepted: LineSpec("accepted_at", ("mode",)),
    intake.MatterResolvedOnSpot: LineSpec("resolved_at", ("root_cause", "minutes_spent")),
    intake.MatterHandledOnSite: LineSpec("recorded_at", ("responsible_unit_id", "sub_reasons")),
    intake.MatterReviewed: LineSpec("reviewed_at", ("outcome", "root_cause", "responsible_unit_id")),
    intake.MatterMaterialAdded: LineSpec("added_at", ("format", "form", "pages")),
    intake.MatterMaterialReturned: LineSpec("returned_at"),
    intake.MatterMoved: LineSpec("moved_at", ("from_state", "to_state", "transition", "round")),
    intake.FeedbackGiven: LineSpec("given_at", ("way", "counselling")),
    intake.CallbackAttempted: LineSpec("attempted_at", ("attempt_no", "result")),
    intake.CallbackCompleted: LineSpec("completed_at", ("attempts", "reached", "solved", "satisfaction")),
    intake.MatterReworkOrdered: LineSpec("ordered_at", ("round", "reason")),
    intake.MatterClosed: LineSpec("closed_at", ("outcome", "root_cause")),
    intake.MatterProposed: LineSpec("proposed_at", ("kind", "reason")),
    intake.MatterProposalDeclined: LineSpec("declined_at", ("kind",)),
    intake.MatterNotAccepted: LineSpec("decided_at", ("reason",)),
    intake.MatterMerged: LineSpec("merged_at"),
    intake.MatterWithdrawn: LineSpec("withdrawn_at"),
    intake.MatterTransferred: LineSpec("transferred_at", ("receiver",)),
    intake.SlipPrinted: LineSpec("printed_at"),
    intake.MatterRecusalDeclared: LineSpec("declared_at", ("ground",)),
    intake.MatterRecusalLifted: LineSpec("lifted_at"),
    intake.MatterArchived: LineSpec("archived_at", ()),
    intake.ReporterErased: LineSpec("erased_at", ("ground",)),
    intake.MatterReopened: LineSpec("reopened_at", ("round", "reason")),
    triage.MatterTriaged: LineSpec("proposed_at", ("kind", "policy", "root_cause", "sub_reasons", "rule")),
    triage.MatterTriageReturned: LineSpec("returned_at"),
    triage.MatterReclassified: LineSpec("decided_at", ("from_kind", "to_kind", "policy", "sub_reasons", "rule")),
    triage.MatterLoweringAsked: LineSpec("asked_at", ("to_kind",)),
    triage.MatterLoweringDeclined: LineSpec("declined_at", ("to_kind",)),
    triage.MatterApproved: LineSpec("approved_at", ("kind", "policy", "orders", "class_hint", "round")),
    referral.OrderDrafted: LineSpec("drafted_at", ("unit_id", "role", "rule", "round")),
    referral.OrderIssued: LineSpec("delivered_at", ("unit_id", "role", "rule", "order_no"), for_unit=True),
    referral.OrderAcked: LineSpec("acked_at", ("unit_id",), for_unit=True),
    referral.OrderAnswered: LineSpec(
        "answered_at", ("unit_id", "result", "evidence_count", "beneficiaries_solved", "beneficiaries_total"), True
    ),
    referral.OrderReturned: LineSpec("returned_at", ("unit_id",), for_unit=True),
    referral.OrderAccepted: LineSpec("accepted_at", ("unit_id", "result"), for_unit=True),
    referral.OrderObjected: LineSpec("objected_at", ("unit_id", "reason", "suggested_unit_id"), for_unit=True),
    referral.OrderObjectionDecided: LineSpec("decided_at", ("unit_id", "upheld"), for_unit=True),
    referral.OrderReassigned: LineSpec("reassigned_at", ("unit_id", "successor_unit_id")),
    referral.OrderDropped: LineSpec("dropped_at", ("unit_id",)),
    referral.OrderExtensionRequested: LineSpec("requested_at", ("unit_id", "number", "limit", "reason"), for_unit=True),
    referral.OrderExtensionDecided: LineSpec("decided_at", ("unit_id", "number", "granted", "limit"), for_unit=True),
    referral.OrderSuspensionRequested: LineSpec("requested_at", ("unit_id", "reason"), for_unit=True),
    referral.OrderSuspensionDeclined: LineSpec("declined_at", ("unit_id",), for_unit=True),
    referral.OrderSuspended: LineSpec("suspended_at", ("unit_id", "reason", "resume_by"), for_unit=True),
    referral.OrderResumed: LineSpec("resumed_at", ("unit_id", "automatic"), for_unit=True),
    referral.OrderContactRequested: LineSpec("requested_at", ("unit_id",), for_unit=True),
    referral.OrderContacted: LineSpec("contacted_at", ("unit_id", "by_unit"), for_unit=True),
    referral.OrderVoided: LineSpec("voided_at", ("unit_id",), for_unit=True),
    referral.OrdersAllSettled: LineSpec("settled_at", ("round", "outcome")),
    referral.CannotDoFiled: LineSpec("filed_at", ("unit_id", "basis_count"), for_unit=True),
    referral.CannotDoUpheld: LineSpec("decided_at", ("unit_id",), for_unit=True),
    referral.CannotDoRejected: LineSpec("decided_at", ("unit_id",), for_unit=True),
    referral.CannotDoPolicyChanged: LineSpec("changed_at", ("unit_id",)),
    referral.NoticeBreachDetected: LineSpec("detected_at", ("unit_id", "version", "added_count"), for_unit=True),
    referral.NoticeIssued: LineSpec("given_at", ("unit_id", "version", "material_count", "added_count"), for_unit=True),
    referral.MeetingScheduled: LineSpec("scheduled_at", ("kind", "unit_ids")),
    referral.MeetingSessionHeld: LineSpec("held_at", ("session_no", "present_unit_ids", "absent_unit_ids")),
    referral.MeetingConcluded: LineSpec("concluded_at", ("sessions", "task_unit_ids")),
    referral.ComparisonRecorded: LineSpec("recorded_at", ("needed", "cities", "looser")),
    deadlines.DeadlineStarted: LineSpec("started_at", (*_CLOCK, "due_at", "limit", "provisional"), for_unit=True),
    deadlines.DeadlineMoved: LineSpec(
        "started_at", (*_CLOCK, "due_at", "previous_due_at", "limit", "provisional"), for_unit=True
    ),
    deadlines.DeadlinePaused: LineSpec("paused_at", (*_CLOCK, "resumes_at"), for_unit=True),
    deadlines.DeadlineResumed: LineSpec(
        "resumed_at", (*_CLOCK, "automatic", "due_at", "previous_due_at", "provisional"), for_unit=True
    ),
    deadlines.DeadlineStopped: LineSpec("stopped_at", (*_CLOCK, "due_at", "overdue"), for_unit=True),
    deadlines.SupervisionReached: LineSpec("reached_at", (*_CLOCK, "level", "sent_at", "due_at"), for_unit=True),
    deadlines.SupervisionSent: LineSpec("sent_at", (*_CLOCK, "level", "due_at"), for_unit=True),
    deadlines.SupervisionWithdrawn: LineSpec("withdrawn_at", (*_CLOCK, "level"), for_unit=True),
    deadlines.OrderAckMissed: LineSpec("missed_at", ("unit_id",), for_unit=True),
}


def told(event: MatterEvent) -> tuple[datetime | None, dict[str, Any]]:
    """When the act was, and the codes its sentence needs; an event without a line of its own keeps only its type."""
    spec = LINES.get(type(event))
    if spec is None:
        return None, {}
    facts = event.model_dump(mode="json", include=set(spec.facts), exclude_none=True)
    return getattr(event, spec.at), facts
