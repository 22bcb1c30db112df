"""The assessment (研判单) and what it is made of: judgement, proposal, returns, approval, history of the kind."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from shared.contracts import Event
from shared.contracts.codes import (
    AssessmentState,
    Complexity,
    DuplicateCheck,
    HandlingPolicy,
    Kind,
    RootCause,
    SubReason,
)
from shared.contracts.errors import IllegalTransition, Refused
from shared.contracts.triage import MatterReclassified, OrderDraft, ProposedUnit

OPEN, PROPOSED, RETURNED, APPROVED, CLOSED = AssessmentState
REASON_LENGTH: Final = 2


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote, sealed under the matter's key; the rules see only how much it is."""

    sealed: bytes
    length: int


def written(words: Words | None, at_least: int, code: str, message: str) -> Words:
    """What had to be written; raises Refused where it is missing or shorter than so many characters."""
    if words is None or words.length < at_least:
        raise Refused(code, message)
    return words


def reason_of(words: Words | None, message: str) -> Words:
    """The reason of an act; raises Refused where there is none."""
    return written(words, REASON_LENGTH, "triage.reason_missing", message)


@dataclass(frozen=True, slots=True)
class Judgement:
    """研判意见: kind (三类事), policy (四策), causes (四因), complexity, proposed units and limit rule."""

    kind: Kind
    sub_reasons: tuple[SubReason, ...]
    policy: HandlingPolicy
    root_cause: RootCause
    other_causes: tuple[RootCause, ...]
    complexity: Complexity
    units: tuple[ProposedUnit, ...] = ()
    rule: str | None = None
    duplicate_check: DuplicateCheck | None = None

    @property
    def window_may_handle(self) -> bool:
        """Whether the window may settle it itself, as in C1: what is done at once, and what it pushes along."""
        return self.policy is HandlingPolicy.AT_ONCE or (self.kind, self.policy) == (Kind.HARD, HandlingPolicy.PUSH)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a reclassification sets; policy and rule stay as they are unless given."""

    kind: Kind
    sub_reasons: tuple[SubReason, ...]
    policy: HandlingPolicy | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A judgement put forward on a verification note (核查情况)."""

    judgement: Judgement
    note: Words
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Return:
    """The duty leader sent the judgement back (退回重研)."""

    by: str
    at: datetime
    reason: Words


@dataclass(frozen=True, slots=True)
class Approval:
    """批转: the duty leader's decision, with the orders to be drafted (none: the window handles it itself)."""

    by: str
    at: datetime
    orders: tuple[OrderDraft, ...]
    class_hint: bool
    opinion: Words | None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the kind's history; `statement_id` where it followed from an upheld statement, not from a person."""

    from_kind: Kind | None
    to_kind: Kind
    at: datetime
    by: str | None = None
    reason: Words | None = None
    statement_id: UUID | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Lowering:
    """改判: from 不给办 to another kind, which takes somebody who does not look after the unit (handbook 0.4, R05)."""

    to: Correction
    reason: Words
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """研判单 of one matter; `key` is the wrapped key of its words."""

    matter_id: UUID
    org_code: str
    window_id: str
    key: bytes
    opened_at: datetime
    state: AssessmentState = OPEN
    round: int = 1
    version: int = 1
    proposal: Proposal | None = None
    returns: tuple[Return, ...] = ()
    approval: Approval | None = None
    history: tuple[Change, ...] = ()
    lowering: Lowering | None = None
    blamed_unit_ids: tuple[str, ...] = ()

    @property
    def confirmed_kind(self) -> Kind | None:
        """The kind that counts: the one that stood at the approval or was set after it."""
        return self.proposal.judgement.kind if self.approval and self.proposal else None

    @property
    def unit_ids(self) -> set[str]:
        """The units that were blamed, those of the proposal, and those of the orders approved."""
        proposed = self.proposal.judgement.units if self.proposal else ()
        ordered = self.approval.orders if self.approval else ()
        return {*self.blamed_unit_ids, *(unit.unit_id for unit in (*proposed, *ordered))}

    def require(self, *needed: AssessmentState, doing: str) -> None:
        """Refuse what the state does not allow."""
        if self.state not in needed:
            raise IllegalTransition(self.state, needed, doing)

    def standing(self, *needed: AssessmentState, doing: str) -> Proposal:
        """The proposal that stands, in one of the states that have one."""
        if self.state not in needed or self.proposal is None:
            raise IllegalTransition(self.state, needed, doing)
        return self.proposal

    def moved(self, state: AssessmentState, **changes: Any) -> "Assessment":
        """The next version, in a state."""
        return replace(self, state=state, version=self.version + 1, **changes)


Outcome = tuple[Assessment, list[Event]]


def matter_of(sheet: Assessment) -> dict[str, Any]:
    """The fields by which every event of an assessment names its matter."""
    return {"matter_id": sheet.matter_id, "org_code": sheet.org_code, "window_id": sheet.window_id}


def reclassified(
    sheet: Assessment, before: Kind, after: Judgement, by: str | None, now: datetime, confirmed_by: str | None = None
) -> Event:
    """The event of a change of judgement."""
    return MatterReclassified(
        **matter_of(sheet),
        from_kind=before,
        to_kind=after.kind,
        sub_reasons=list(after.sub_reasons),
        policy=after.policy,
        rule=after.rule,
        round=sheet.round,
        decided_by=by,
        confirmed_by=confirmed_by,
        decided_at=now,
    )
