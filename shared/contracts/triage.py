"""Events of triage: the judgement (研判), its history and the duty leader's approval (批转)."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.contracts.base import MatterEvent, Moment
from shared.contracts.codes import Complexity, HandlingPolicy, Kind, RootCause, SubReason, UnitRole


class ProposedUnit(BaseModel):
    """A unit that the judgement names, with its part."""

    model_config = ConfigDict(frozen=True)

    unit_id: str
    role: UnitRole


class OrderDraft(ProposedUnit):
    """What the approval asks referral to draft: one order for one unit under one rule (D11–D18)."""

    rule: str
    requirement_codes: list[str] = []


class MatterTriaged(MatterEvent):
    """A judgement was proposed and waits for the duty leader (T06)."""

    SOURCE: ClassVar[str] = "triage"
    TYPE: ClassVar[str] = "matter.triaged"

    kind: Kind
    sub_reasons: list[SubReason]
    policy: HandlingPolicy
    root_cause: RootCause
    complexity: Complexity
    proposed_units: list[ProposedUnit]
    rule: str | None = None
    proposed_by: str
    proposed_at: Moment


class MatterTriageReturned(MatterEvent):
    """The duty leader sent the judgement back (T08)."""

    SOURCE: ClassVar[str] = "triage"
    TYPE: ClassVar[str] = "matter.triage_returned"

    returned_by: str
    returned_at: Moment


class MatterReclassified(MatterEvent):
    """The judgement changed, with a recorded reason; statistics use the last confirmed kind.

    `policy` and `rule` are what an order that follows from it goes by; `decided_by` is empty when the kind followed
    from an upheld statement, `confirmed_by` says who agreed that it is no longer 不给办.
    """

    SOURCE: ClassVar[str] = "triage"
    TYPE: ClassVar[str] = "matter.reclassified"

    from_kind: Kind
    to_kind: Kind
    sub_reasons: list[SubReason]
    policy: HandlingPolicy | None = None
    rule: str | None = None
    round: int | None = None
    decided_by: str | None = None
    confirmed_by: str | None = None
    decided_at: Moment


class MatterLoweringAsked(MatterEvent):
    """The kind is to be lowered from 不给办; until somebody else agrees it stays what it is."""

    SOURCE: ClassVar[str] = "triage"
    TYPE: ClassVar[str] = "matter.lowering_asked"

    to_kind: Kind
    asked_by: str
    asked_at: Moment


class MatterLoweringDeclined(MatterEvent):
    """The second approver did not agree: the kind stays 不给办."""

    SOURCE: ClassVar[str] = "triage"
    TYPE: ClassVar[str] = "matter.lowering_declined"

    to_kind: Kind
    asked_by: str
    declined_by: str
    declined_at: Moment


class MatterApproved(MatterEvent):
    """批转: the duty leader approved; an order is drafted for each unit (none: the window handles it itself)."""

    SOURCE: ClassVar[str] = "triage"
    TYPE: ClassVar[str] = "matter.approved"

    round: int
    kind: Kind
    sub_reasons: list[SubReason]
    policy: HandlingPolicy
    root_cause: RootCause
    complexity: Complexity
    orders: list[OrderDraft]
    class_hint: bool = False
    proposed_by: str
    leader_id: str
    approved_at: Moment


__all__ = [
    "MatterApproved",
    "MatterLoweringAsked",
    "MatterLoweringDeclined",
    "MatterReclassified",
    "MatterTriageReturned",
    "MatterTriaged",
    "OrderDraft",
    "ProposedUnit",
]
