"""What triage is sent."""

from typing import Annotated

from pydantic import Field

from services.triage.domain import Correction, Judgement
from shared.contracts.codes import Complexity, DuplicateCheck, HandlingPolicy, Kind, RootCause, SubReason, UnitRole
from shared.contracts.triage import OrderDraft, ProposedUnit
from shared.web import Body

Text = Annotated[str, Field(max_length=20_000)]
UnitId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
Rule = Annotated[str, Field(pattern=r"^D\d\d$")]
RequirementCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,39}$")]
SubReasons = Annotated[tuple[SubReason, ...], Field(max_length=len(SubReason))]


class ProposedUnitIn(Body):
    unit_id: UnitId
    role: UnitRole


class ProposalIn(Body):
    """研判意见 with its verification note; a reason when the kind differs from the last one."""

    kind: Kind
    sub_reasons: SubReasons = ()
    policy: HandlingPolicy
    root_cause_main: RootCause
    root_cause_other: Annotated[tuple[RootCause, ...], Field(max_length=len(RootCause))] = ()
    complexity: Complexity
    proposed_units: Annotated[tuple[ProposedUnitIn, ...], Field(max_length=20)] = ()
    rule: Rule | None = None
    duplicate_check: DuplicateCheck
    verification_note: Text = ""
    reason: Text | None = None

    def judgement(self) -> Judgement:
        return Judgement(
            kind=self.kind,
            sub_reasons=tuple(dict.fromkeys(self.sub_reasons)),
            policy=self.policy,
            root_cause=self.root_cause_main,
            other_causes=tuple(dict.fromkeys(self.root_cause_other)),
            complexity=self.complexity,
            units=tuple(ProposedUnit(unit_id=unit.unit_id, role=unit.role) for unit in self.proposed_units),
            rule=self.rule,
            duplicate_check=self.duplicate_check,
        )


class ReturnIn(Body):
    reason: Text = ""


class ConfirmationIn(Body):
    """复核同意: nothing to say."""


class ReclassificationIn(Body):
    to_kind: Kind
    sub_reasons: SubReasons = ()
    policy: HandlingPolicy | None = None
    rule: Rule | None = None
    reason: Text = ""

    def correction(self) -> Correction:
        return Correction(self.to_kind, tuple(dict.fromkeys(self.sub_reasons)), self.policy, self.rule)


class OrderIn(ProposedUnitIn):
    rule: Rule
    requirement_codes: Annotated[tuple[RequirementCode, ...], Field(max_length=20)] = ()


class ApprovalIn(Body):
    """批转意见 and the orders to draft; no order where the window handles the matter itself."""

    opinion: Text | None = None
    orders: Annotated[tuple[OrderIn, ...], Field(max_length=20)] = ()
    class_hint: bool = False

    def drafts(self) -> list[OrderDraft]:
        return [OrderDraft(**order.model_dump()) for order in self.orders]
