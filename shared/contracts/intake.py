"""Events of intake: windows, duty roster, matters, feedback and call-backs."""

from datetime import date, time
from typing import ClassVar

from shared.contracts.base import Event, MatterEvent, Moment
from shared.contracts.codes import (
    AcceptMode,
    CallbackResult,
    Channel,
    Disclosure,
    FeedbackWay,
    MatterState,
    Outcome,
    ReporterKind,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
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


class MatterAccepted(MatterEvent):
    """Accepted for handling (T05, 受理)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.accepted"

    mode: AcceptMode
    accepted_at: Moment
    accepted_by: str | None = None


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
    ordered_at: Moment


class MatterClosed(MatterEvent):
    """Closed and struck off (办结销号)."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "matter.closed"

    outcome: Outcome
    root_cause: RootCause
    closed_at: Moment


class SensitiveViewed(MatterEvent):
    """Somebody looked at identity, facts or files: one event per matter, user, purpose and ten minutes."""

    SOURCE: ClassVar[str] = "intake"
    TYPE: ClassVar[str] = "access.viewed_sensitive"

    viewer_id: str
    field_group: str
    purpose: str
    viewed_at: Moment


__all__ = [
    "CallbackAttempted",
    "CallbackCompleted",
    "DutyHandoverSigned",
    "DutyPeriodPublished",
    "FeedbackGiven",
    "MatterAccepted",
    "MatterClosed",
    "MatterHandledOnSite",
    "MatterMoved",
    "MatterReceived",
    "MatterRegistered",
    "MatterResolvedOnSpot",
    "MatterReviewed",
    "MatterReworkOrdered",
    "SensitiveViewed",
    "WindowOpened",
]
