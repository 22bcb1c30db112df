"""What triage answers about an assessment; its texts only for who has a pen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.triage.domain import Approval, Lowering
from services.triage.store.assessments import Shown
from services.triage.words import Pen
from shared.contracts.codes import (
    AssessmentState,
    Complexity,
    DuplicateCheck,
    HandlingPolicy,
    Kind,
    RootCause,
    SubReason,
)
from shared.contracts.triage import OrderDraft, ProposedUnit
from shared.web import Answer


class ReturnOut(Answer):
    by: str
    at: datetime
    reason: str | None


class ApprovalOut(Answer):
    leader_id: str
    approved_at: datetime
    orders: list[OrderDraft]
    class_hint: bool
    opinion: str | None


class ChangeOut(Answer):
    """A line of the kind's history; `by` is empty where it followed from the upheld statement named."""

    from_kind: Kind | None
    to_kind: Kind
    by: str | None
    at: datetime
    reason: str | None
    statement_id: UUID | None
    confirmed_by: str | None


class LoweringOut(Answer):
    """改判 that waits for the second approval."""

    to_kind: Kind
    asked_by: str
    asked_at: datetime
    reason: str | None


class AssessmentLine(Answer):
    """One line of the list; nothing that anybody wrote."""

    matter_id: UUID
    org_code: str
    window_id: str
    window_name: str | None
    state: AssessmentState
    round: int
    version: int
    opened_at: datetime
    compared: bool
    kind: Kind | None
    policy: HandlingPolicy | None
    complexity: Complexity | None
    rule: str | None
    proposed_by: str | None
    proposed_at: datetime | None
    confirmed_kind: Kind | None
    waits_for_confirmation: bool


class AssessmentOut(AssessmentLine):
    """The whole sheet; texts only where it is read, by the people of its window."""

    sub_reasons: list[SubReason]
    root_cause_main: RootCause | None
    root_cause_other: list[RootCause]
    proposed_units: list[ProposedUnit]
    duplicate_check: DuplicateCheck | None
    verification_note: str | None
    lowering: LoweringOut | None
    returns: list[ReturnOut]
    approval: ApprovalOut | None
    kind_history: list[ChangeOut]


def line_of(shown: Shown) -> AssessmentLine:
    return AssessmentLine(**_head(shown))


def sheet_of(shown: Shown, pen: Pen | None = None) -> AssessmentOut:
    """The sheet, with its texts only for who has a pen.

    A command answers without: what it answers is kept for a repeat, and not under the matter's key.
    """
    sheet = shown.sheet
    judgement = sheet.proposal.judgement if sheet.proposal else None
    return AssessmentOut(
        **_head(shown),
        sub_reasons=list(judgement.sub_reasons) if judgement else [],
        root_cause_main=judgement.root_cause if judgement else None,
        root_cause_other=list(judgement.other_causes) if judgement else [],
        proposed_units=list(judgement.units) if judgement else [],
        duplicate_check=judgement.duplicate_check if judgement else None,
        lowering=_lowering(sheet.lowering, pen) if sheet.lowering else None,
        verification_note=pen.open("note", sheet.proposal.note) if pen and sheet.proposal else None,
        returns=[
            ReturnOut(by=line.by, at=line.at, reason=pen.open("reason", line.reason) if pen else None)
            for line in sheet.returns
        ],
        approval=_approval(sheet.approval, pen) if sheet.approval else None,
        kind_history=[
            ChangeOut(
                from_kind=line.from_kind,
                to_kind=line.to_kind,
                by=line.by,
                at=line.at,
                reason=pen.open("reason", line.reason) if pen else None,
                statement_id=line.statement_id,
                confirmed_by=line.confirmed_by,
            )
            for line in sheet.history
        ],
    )


def _head(shown: Shown) -> dict[str, Any]:
    sheet, proposal = shown.sheet, shown.sheet.proposal
    judgement = proposal.judgement if proposal else None
    return {
        "matter_id": sheet.matter_id,
        "org_code": sheet.org_code,
        "window_id": sheet.window_id,
        "window_name": shown.window_name,
        "state": sheet.state,
        "round": sheet.round,
        "version": sheet.version,
        "opened_at": sheet.opened_at,
        "compared": shown.compared,
        "kind": judgement.kind if judgement else None,
        "policy": judgement.policy if judgement else None,
        "complexity": judgement.complexity if judgement else None,
        "rule": judgement.rule if judgement else None,
        "proposed_by": proposal.by if proposal else None,
        "proposed_at": proposal.at if proposal else None,
        "confirmed_kind": sheet.confirmed_kind,
        "waits_for_confirmation": sheet.lowering is not None,
    }


def _lowering(asked: Lowering, pen: Pen | None) -> LoweringOut:
    return LoweringOut(
        to_kind=asked.to.kind,
        asked_by=asked.by,
        asked_at=asked.at,
        reason=pen.open("reason", asked.reason) if pen else None,
    )


def _approval(approval: Approval, pen: Pen | None) -> ApprovalOut:
    return ApprovalOut(
        leader_id=approval.by,
        approved_at=approval.at,
        orders=list(approval.orders),
        class_hint=approval.class_hint,
        opinion=pen.open("opinion", approval.opinion) if pen else None,
    )
