"""Events of referral: units, policies, orders, statements, notices, meetings and comparisons."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Event, MatterEvent, Moment, OrderEvent
from shared.contracts.codes import (
    AnswerResult,
    BasisLevel,
    CopyTo,
    ExtensionReason,
    MeetingKind,
    ObjectionReason,
    OrderState,
    Outcome,
    SuspendReason,
    UnitRole,
)


class PolicyRegistered(Event):
    """A public document was entered in the library of policies."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "policy.registered"

    policy_id: UUID
    org_code: str
    level: BasisLevel
    effective_on: date
    registered_by: str
    registered_at: Moment

    @property
    def subject(self) -> str:
        return str(self.policy_id)


class PolicyEnded(Event):
    """A document of the library holds no longer after a day; another may have taken its place."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "policy.ended"

    policy_id: UUID
    org_code: str
    ended_on: date
    superseded_by: UUID | None = None
    ended_by: str
    recorded_at: Moment

    @property
    def subject(self) -> str:
        return str(self.policy_id)


class UnitRegistered(Event):
    """A line of the unit directory, new or changed; principal and deputies as account ids."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "unit.registered"

    unit_id: str
    org_code: str
    name: str
    kind: str
    principal_id: str
    deputy_ids: list[str]
    valid_from: date
    valid_to: date | None = None
    successor_id: str | None = None
    parent_id: str | None = None
    supervision_office_id: str | None = None  # 联系该单位的监督检查室
    principal_since: date | None = None  # without it since the unit exists
    liaison_ids: list[str] = Field(default_factory=list)

    @property
    def subject(self) -> str:
        return self.unit_id


class OrderDrafted(OrderEvent):
    """An order was drafted from the approval (or from a rejected or reworked one) and waits for its signature."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.drafted"

    role: UnitRole
    rule: str
    predecessor_id: UUID | None = None
    drafted_at: Moment


class OrderIssued(OrderEvent):
    """Signed by the duty leader, numbered and delivered electronically at once."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.issued"

    order_no: str
    role: UnitRole
    rule: str
    signed_by: str
    delivered_at: Moment
    copies_to: list[CopyTo] = Field(default_factory=list)


class OrderAcked(OrderEvent):
    """The unit acknowledged (签收)."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.acked"

    acked_by: str
    acked_at: Moment


class OrderAnswered(OrderEvent):
    """The unit answered; results per beneficiary are counted, not named."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.answered"

    result: AnswerResult
    evidence_count: int
    beneficiaries_solved: int | None = None
    beneficiaries_total: int | None = None
    answered_by: str
    answered_at: Moment


class OrderReturned(OrderEvent):
    """The window returned the answer (T16)."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.returned"

    returned_by: str
    returned_at: Moment


class OrderAccepted(OrderEvent):
    """The window accepted the answer (审核通过) and struck the order off."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.accepted"

    result: AnswerResult
    reviewed_by: str
    accepted_at: Moment


class OrderObjected(OrderEvent):
    """退单异议: the unit says that the order is not its own, once (D08)."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.objected"

    reason: ObjectionReason
    suggested_unit_id: str | None = None
    objected_by: str
    objected_at: Moment


class OrderObjectionDecided(OrderEvent):
    """The duty leader decided on the objection, for good: the order is another's (REASSIGNED), or goes on as it was."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.objection_decided"

    upheld: bool
    state: OrderState
    decided_by: str
    decided_at: Moment


class OrderReassigned(OrderEvent):
    """改派: another unit is to have the order, by a new one; this one's number stays used."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.reassigned"

    successor_id: UUID
    successor_unit_id: str
    reassigned_by: str
    reassigned_at: Moment


class OrderDropped(OrderEvent):
    """The duty leader recorded that nothing follows a rejected or reassigned order: it holds its round no longer."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.dropped"

    dropped_by: str
    dropped_at: Moment


class OrderExtensionRequested(OrderEvent):
    """申请延期 before the due time; the third of an order is refused, and told."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.extension_requested"

    number: int
    limit: str
    reason: ExtensionReason
    requested_by: str
    requested_at: Moment


class OrderExtensionDecided(OrderEvent):
    """Granted, the clock runs `limit` beyond its due time; the first by the duty leader, the second one level up."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.extension_decided"

    number: int
    granted: bool
    limit: str | None = None
    state: OrderState
    decided_by: str
    decided_at: Moment


class OrderSuspensionRequested(OrderEvent):
    """申请中止计时 for one reason of the closed list."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.suspension_requested"

    reason: SuspendReason
    requested_by: str
    requested_at: Moment


class OrderSuspensionDeclined(OrderEvent):
    """The duty leader did not agree: the clock runs on, as it has."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.suspension_declined"

    declined_by: str
    declined_at: Moment


class OrderSuspended(OrderEvent):
    """中止计时 from `suspended_at`; at the opening of `resume_by` the clock runs again by itself."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.suspended"

    reason: SuspendReason
    resume_by: date
    suspended_by: str
    suspended_at: Moment


class OrderResumed(OrderEvent):
    """恢复计时, by the duty leader or, `automatic`, by its day."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.resumed"

    automatic: bool
    state: OrderState
    resumed_by: str
    resumed_at: Moment


class OrderContactRequested(OrderEvent):
    """请窗口联系: the unit asks the window to ask the reporter, whom it does not know."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.contact_requested"

    contact_id: UUID
    requested_by: str
    requested_at: Moment


class OrderContacted(OrderEvent):
    """The reporter was spoken to: by the window at the unit's request, or by the unit itself (D07)."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.contacted"

    contact_id: UUID
    by_unit: bool
    contacted_by: str
    contacted_at: Moment


class OrderVoided(OrderEvent):
    """The order was voided; its number stays used."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.voided"

    voided_at: Moment


class OrdersAllSettled(MatterEvent):
    """Every order of the round is settled; the outcome they amount to."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "order.all_settled"

    round: int
    outcome: Outcome
    settled_at: Moment


class CannotDoFiled(OrderEvent):
    """A complete cannot-do statement (不能办情况说明), signed by the unit's principal."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "cannot_do.filed"

    statement_id: UUID
    basis_count: int
    signer_id: str
    filed_at: Moment


class CannotDoUpheld(OrderEvent):
    """The duty leader found the statement valid, the comparison at hand (T14)."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "cannot_do.upheld"

    statement_id: UUID
    comparison_id: UUID
    watched_policy_ids: list[UUID] = Field(default_factory=list)  # the matter comes back when one of them changes
    decided_by: str
    decided_at: Moment


class CannotDoRejected(OrderEvent):
    """The statement does not stand (T15); its order ends as REJECTED and a new one follows in the same round."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "cannot_do.rejected"

    statement_id: UUID
    decided_by: str
    decided_at: Moment


class NoticeIssued(OrderEvent):
    """A one-time notice (一次性告知) with the list of materials; `added_count` of them no earlier version asked for."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "notice.issued"

    notice_id: UUID
    version: int
    material_count: int
    added_count: int = 0
    given_at: Moment


class NoticeBreachDetected(OrderEvent):
    """告知不到位: materials were asked for that the first one-time notice did not name."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "notice.breach_detected"

    notice_id: UUID
    version: int
    added_count: int
    detected_at: Moment


class CannotDoPolicyChanged(OrderEvent):
    """A policy on the watch-list of an upheld statement changed: the matter is taken up again (T26)."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "cannot_do.policy_changed"

    statement_id: UUID
    policy_id: UUID
    superseded_by: UUID | None = None
    changed_at: Moment


class FileViewed(MatterEvent):
    """Somebody of the window's side opened a file of an order or minutes, which may show the reporter."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "access.file_viewed"

    file_id: UUID
    viewer_id: str
    field_group: str
    purpose: str
    viewed_at: Moment


class MeetingScheduled(MatterEvent):
    """A meeting on the matter was called at `scheduled_at` (T09), to come together at `meets_at`; clocks run on."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "meeting.scheduled"

    meeting_id: UUID
    kind: MeetingKind
    unit_ids: list[str]
    scheduled_at: Moment
    meets_at: Moment | None = None


class MeetingSessionHeld(MatterEvent):
    """One session of a meeting was held."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "meeting.session_held"

    meeting_id: UUID
    session_no: int
    present_unit_ids: list[str]
    absent_unit_ids: list[str]
    held_at: Moment


class MeetingConcluded(MatterEvent):
    """The meeting is over; its agreed tasks by unit."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "meeting.concluded"

    meeting_id: UUID
    sessions: int
    task_unit_ids: list[str]
    concluded_at: Moment


class ComparisonRecorded(MatterEvent):
    """A comparison with other cities (横向对比) was recorded, or found not needed with a reason."""

    SOURCE: ClassVar[str] = "referral"
    TYPE: ClassVar[str] = "comparison.recorded"

    comparison_id: UUID
    needed: bool
    cities: int
    looser: int
    recorded_by: str
    recorded_at: Moment
