"""Events of intake: windows, duty roster, matters, feedback and call-backs."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Event, MatterEvent, Moment
from shared.contracts.codes import (
    AcceptMode,
    CallbackResult,
    Channel,
    Danger,
    Disclosure,
    ErasureGround,
    FeedbackWay,
    FileFormat,
    MatterState,
    NotAcceptedReason,
    Outcome,
    PaperForm,
    ProposalKind,
    RecusalGround,
    ReopenReason,
    ReporterKind,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    SubstitutionReason,
    TransferTo,
    UnsatisfiedReason,
    Urgency,
    WindowLevel,
)


class WindowOpened(Event):
    """A window was entered or changed in the registry of windows."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "window.opened"

    window_id: str
    org_code: str
    level: WindowLevel
    name: str
    morning: tuple[time, time]
    afternoon: tuple[time, time]

    @property
    def subject(self) -> str:
        return self.window_id


class DutyPeriodPublished(Event):
    """One fortnight of one window: its duty leader and fixed staff, as account ids."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "duty.period_published"

    window_id: str
    org_code: str
    period_id: str
    start_date: date
    end_date: date
    leader_id: str
    staff_ids: list[str]

    @property
    def subject(self) -> str:
        return self.window_id


class DutyHandoverSigned(Event):
    """Both leaders signed the handover from one period to the next."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "duty.handover_signed"

    window_id: str
    org_code: str
    period_id: str
    next_period_id: str
    from_leader_id: str
    to_leader_id: str
    open_matters: int
    signed_at: Moment
    due_day: date | None = None  # the last working day of the outgoing period
    late: bool = False  # signed after it

    @property
    def subject(self) -> str:
        return self.window_id


class DutySubstitutionProposed(Event):
    """The duty leader or 党风政风监督室 proposed that somebody stand in for somebody within a period (替班)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "duty.substitution_proposed"

    window_id: str
    org_code: str
    period_id: str
    substitution_id: UUID
    replaced_id: str
    substitute_id: str
    from_day: date
    to_day: date
    reason: SubstitutionReason
    proposed_by: str
    proposed_at: Moment

    @property
    def subject(self) -> str:
        return self.window_id


class DutySubstituted(Event):
    """Approved by another than who proposed it: from one day to another, somebody is on duty in somebody's place."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "duty.substituted"

    window_id: str
    org_code: str
    period_id: str
    substitution_id: UUID
    replaced_id: str
    substitute_id: str
    from_day: date
    to_day: date
    reason: SubstitutionReason
    proposed_by: str
    approved_by: str
    approved_at: Moment

    @property
    def subject(self) -> str:
        return self.window_id


class DutySubstitutionDeclined(Event):
    """党风政风监督室 did not approve of it: everybody stays on duty as published."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "duty.substitution_declined"

    window_id: str
    org_code: str
    period_id: str
    substitution_id: UUID
    declined_by: str
    declined_at: Moment

    @property
    def subject(self) -> str:
        return self.window_id


class RegisterNumbersReserved(Event):
    """Numbers of the register were set aside for pages of paper (补录)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "register.numbers_reserved"

    window_id: str
    org_code: str
    year: int
    first: int
    last: int
    reserved_by: str
    reserved_at: Moment

    @property
    def subject(self) -> str:
        return self.window_id


class RegisterNumberVoided(Event):
    """A number set aside will never be used: its page was spoiled or stayed empty."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "register.number_voided"

    window_id: str
    org_code: str
    year: int
    number: int
    voided_by: str
    voided_at: Moment

    @property
    def subject(self) -> str:
        return self.window_id


class MatterReceived(MatterEvent):
    """Something arrived and waits for registration (T01); historical: imported, no clocks and no alerts."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.received"

    channel: Channel
    received_at: Moment
    historical: bool = False


class MatterRegistered(MatterEvent):
    """The matter has its register number (T02)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.registered"

    register_no: str
    channel: Channel
    level: WindowLevel
    reporter_kind: ReporterKind
    disclosure: Disclosure
    group_size: int | None = None
    item_code: str | None = None
    urgency: Urgency
    blamed_unit_ids: list[str]
    first_receiver_id: str
    received_at: Moment
    registered_at: Moment
    written_at: Moment | None = None  # 补录: when it was written on a page of the paper register


class MatterAlarmRaised(MatterEvent):
    """Words of danger in a report: somebody's life or safety may be at stake (handbook 8, 44)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.alarm_raised"

    dangers: list[Danger]
    raised_at: Moment


class MatterAlarmAcknowledged(MatterEvent):
    """A leader has seen to it."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.alarm_acknowledged"

    acked_by: str
    acked_at: Moment


class MatterAccepted(MatterEvent):
    """Accepted for handling (T05, 受理)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.accepted"

    mode: AcceptMode
    accepted_at: Moment
    accepted_by: str | None = None
    blamed_unit_ids: list[str] = Field(default_factory=list)


class MatterResolvedOnSpot(MatterEvent):
    """Settled at the counter (T03, 当场办结)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.resolved_on_spot"

    root_cause: RootCause
    minutes_spent: int
    resolved_at: Moment


class MatterHandledOnSite(MatterEvent):
    """The duty leader's on-site record (T12b, 现场督办记录): handled without any order."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.handled_on_site"

    responsible_unit_id: str
    sub_reasons: list[SubReason]
    recorded_at: Moment


class MatterReviewed(MatterEvent):
    """The window's review of a matter handled without orders: its result stands."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.reviewed"

    outcome: Outcome
    root_cause: RootCause
    responsible_unit_id: str | None = None
    reviewed_at: Moment


class MatterMaterialAdded(MatterEvent):
    """A paper that the reporter handed in was put to the matter (登记材料)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.material_added"

    material_id: UUID
    format: FileFormat
    form: PaperForm
    pages: int
    size: int
    added_by: str
    added_at: Moment


class MatterMaterialReturned(MatterEvent):
    """The paper itself was given back to the reporter (退还材料); its file stays."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.material_returned"

    material_id: UUID
    returned_by: str
    returned_at: Moment


class MatterMoved(MatterEvent):
    """Every transition of a matter, T01–T26 by its number."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.moved"

    from_state: MatterState | None
    to_state: MatterState
    transition: str
    round: int
    moved_at: Moment


class FeedbackGiven(MatterEvent):
    """The reporter was told the result (T18)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "feedback.given"

    way: FeedbackWay
    counselling: bool
    given_at: Moment


class CallbacksDrawn(Event):
    """Which of a day's matters settled on the spot are called back: anybody can repeat the draw from the seed."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "callback.drawn"

    window_id: str
    org_code: str
    day: date
    seed: UUID
    population: int
    matter_ids: list[UUID]
    drawn_by: str
    drawn_at: Moment

    @property
    def subject(self) -> str:
        return self.window_id


class CallbackAttempted(MatterEvent):
    """One attempt to call the reporter back."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "callback.attempted"

    attempt_no: int
    result: CallbackResult
    attempted_at: Moment


class CallbackCompleted(MatterEvent):
    """The call-back is over: an answer, or three proper attempts without one."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "callback.completed"

    attempts: int
    reached: bool
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    unsatisfied_reason: UnsatisfiedReason | None = None
    completed_at: Moment


class MatterReworkOrdered(MatterEvent):
    """Unsatisfied with reason (T20): a new round; referral drafts from the orders of the old one."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.rework_ordered"

    round: int
    reason: UnsatisfiedReason
    dissatisfied_times: int = 1  # this one included; at the second the supervision goes up
    ordered_at: Moment


class MatterClosed(MatterEvent):
    """Closed and struck off (办结销号)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.closed"

    outcome: Outcome
    root_cause: RootCause
    closed_at: Moment


class MatterProposed(MatterEvent):
    """The duty leader is asked to decide (T04, T20, T23): the matter goes on until that."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.proposed"

    kind: ProposalKind
    reason: NotAcceptedReason | None = None
    into_id: UUID | None = None
    proposed_by: str
    proposed_at: Moment


class MatterProposalDeclined(MatterEvent):
    """The duty leader said no to what staff proposed."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.proposal_declined"

    kind: ProposalKind
    declined_by: str
    declined_at: Moment


class MatterNotAccepted(MatterEvent):
    """Out of scope (T04, 不予受理): the reporter was told why and where to go."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.not_accepted"

    reason: NotAcceptedReason
    proposed_by: str
    approved_by: str
    decided_at: Moment


class MatterMerged(MatterEvent):
    """Joined to another matter (T23, 并件), which goes on for both."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.merged"

    into_id: UUID
    proposed_by: str
    approved_by: str
    merged_at: Moment


class MatterWithdrawn(MatterEvent):
    """The reporter took it back (T24, 撤回)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.withdrawn"

    recorded_by: str
    withdrawn_at: Moment


class MatterTransferred(MatterEvent):
    """Another channel took it over (T25, 转其他渠道) and gave a receipt."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.transferred"

    receiver: TransferTo
    transferred_by: str
    transferred_at: Moment


class MatterReopened(MatterEvent):
    """Taken up again after its end (T22, 复开; T26 by a changed policy): the next round begins with a new judgement."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.reopened"

    round: int
    reason: ReopenReason
    reopened_by: str
    reopened_at: Moment


# Every way a matter ends, with the field that says when.
ENDINGS: Mapping[type[MatterEvent], str] = {
    MatterClosed: "closed_at",
    MatterNotAccepted: "decided_at",
    MatterMerged: "merged_at",
    MatterWithdrawn: "withdrawn_at",
    MatterTransferred: "transferred_at",
}


def ended_at(event: MatterEvent) -> datetime:
    """When an event of ENDINGS ended its matter."""
    moment: datetime = getattr(event, ENDINGS[type(event)])
    return moment


class SlipPrinted(MatterEvent):
    """A slip with a new query code was given to the reporter; the code before opens nothing any more."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.slip_printed"

    printed_by: str
    printed_at: Moment


class MatterArchived(MatterEvent):
    """The file is complete and nothing more will happen to it (T21)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.archived"

    archived_by: str
    archived_at: Moment


class ReporterErased(MatterEvent):
    """The key of a matter's words was destroyed: everybody who keeps words of it destroys theirs."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "reporter.erased"

    ground: ErasureGround
    erased_by: str
    erased_at: Moment


class SensitiveViewed(MatterEvent):
    """Somebody looked at identity, facts or files: one event per matter, user, purpose and ten minutes."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "access.viewed_sensitive"

    viewer_id: str
    field_group: str
    purpose: str
    viewed_at: Moment


class MatterRecusalDeclared(MatterEvent):
    """Somebody has an interest in the matter (回避) and opens it no more, in no service."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.recusal_declared"

    account_id: str
    ground: RecusalGround
    declared_by: str
    declared_at: Moment


class MatterRecusalLifted(MatterEvent):
    """A declaration of interest that was made by mistake is taken back, by 党风政风监督室."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.recusal_lifted"

    account_id: str
    lifted_by: str
    lifted_at: Moment


class InterestDeclared(Event):
    """An account has a lasting interest in a unit, and is kept out of every matter about it (信访工作条例 28)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "interest.declared"

    interest_id: UUID
    org_code: str
    account_id: str
    unit_id: str
    ground: RecusalGround
    declared_by: str
    declared_at: Moment

    @property
    def subject(self) -> str:
        return str(self.interest_id)


class InterestEnded(Event):
    """The interest is no more; matters it kept somebody out of stay closed to them until lifted one by one."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "interest.ended"

    interest_id: UUID
    org_code: str
    account_id: str
    unit_id: str
    ended_by: str
    ended_at: Moment

    @property
    def subject(self) -> str:
        return str(self.interest_id)


class AccessDenied(Event):
    """A look at identity, facts or files was refused: one event per account, matter, group and ten minutes.

    Without a matter where there is none of that id; the subject is then the account.
    """

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "access.denied"

    matter_id: UUID | None = None
    org_code: str
    window_id: str | None = None
    viewer_id: str
    field_group: str
    purpose: str
    reason_code: str
    denied_at: Moment

    @property
    def subject(self) -> str:
        return str(self.matter_id or self.viewer_id)


__all__ = [
    "ENDINGS",
    "AccessDenied",
    "CallbackAttempted",
    "CallbackCompleted",
    "CallbacksDrawn",
    "DutyHandoverSigned",
    "DutyPeriodPublished",
    "DutySubstituted",
    "DutySubstitutionDeclined",
    "DutySubstitutionProposed",
    "FeedbackGiven",
    "MatterAccepted",
    "MatterAlarmAcknowledged",
    "MatterAlarmRaised",
    "MatterArchived",
    "MatterClosed",
    "MatterHandledOnSite",
    "MatterMaterialAdded",
    "MatterMaterialReturned",
    "MatterMerged",
    "MatterMoved",
    "MatterNotAccepted",
    "MatterProposalDeclined",
    "MatterProposed",
    "MatterReceived",
    "MatterRecusalDeclared",
    "MatterRegistered",
    "MatterReopened",
    "MatterResolvedOnSpot",
    "MatterReviewed",
    "MatterReworkOrdered",
    "MatterTransferred",
    "MatterWithdrawn",
    "RegisterNumberVoided",
    "RegisterNumbersReserved",
    "ReporterErased",
    "SensitiveViewed",
    "SlipPrinted",
    "WindowOpened",
    "ended_at",
]
