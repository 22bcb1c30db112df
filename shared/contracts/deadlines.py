"""Events of deadlines: the calendar, clocks and the ladder of supervision (督办)."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.base import Event, MatterEvent, Moment
from shared.contracts.codes import Escalation, Role


class CalendarYearLoaded(Event):
    """One year of working days, as `shared.workdays` reads it."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "calendar.year_loaded"

    year: int
    status: str
    doc_no: str | None
    days: dict[str, Any]
    sha256: str | None = None

    @property
    def subject(self) -> str:
        return f"calendar-{self.year}"


class RuleAmended(Event):
    """修订期限规则: a version of a rule, for what begins `since` then in its scope (`shared.contracts.rules`)."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "rule.amended"

    rule: str
    version: int
    org_code: str | None  # nowhere named: everywhere
    window_id: str | None
    valid_from: date
    since: Moment
    limit: str
    extendable: bool
    suspendable: bool
    red_at_once: bool
    listed: bool
    applies_to_running: bool
    amended_by: str
    amended_at: Moment

    @property
    def subject(self) -> str:
        return f"rule-{self.rule}"


class ClockEvent(MatterEvent):
    """An event about one clock: a rule (D01–D27) running on a matter or on one of its orders."""

    deadline_id: UUID
    rule: str
    order_id: UUID | None = None
    unit_id: str | None = None
    round: int


class DeadlineStarted(ClockEvent):
    """A clock runs: counted from `started_at`, due at `due_at`."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "deadline.started"

    started_at: Moment
    due_at: Moment
    limit: str
    calendar_version: str
    provisional: bool
    rule_version: int = 1


class DeadlineMoved(ClockEvent):
    """A clock is counted anew: extended, from another start (a sign-for that came late), by another rule or other days.

    After a change of the calendar the due time may be the one it was, and is firm from now on.
    """

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "deadline.moved"

    started_at: Moment
    due_at: Moment
    previous_due_at: Moment
    limit: str
    calendar_version: str
    provisional: bool
    rule_version: int = 1


class DeadlinePaused(ClockEvent):
    """中止: the clock stands still; what is left of it is kept until `resumes_at` at the latest."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "deadline.paused"

    paused_at: Moment
    resumes_at: Moment


class DeadlineResumed(ClockEvent):
    """恢复: the clock runs on with what was left; `automatic` when its day had come."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "deadline.resumed"

    resumed_at: Moment
    automatic: bool
    due_at: Moment
    previous_due_at: Moment
    provisional: bool


class DeadlineStopped(ClockEvent):
    """The act came; `overdue` by the business time of the act."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "deadline.stopped"

    stopped_at: Moment
    due_at: Moment
    overdue: bool


class SupervisionReached(ClockEvent):
    """A step of the ladder: the exact moment it was reached, and when its paper goes out."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "supervision.reached"

    level: Escalation
    reached_at: Moment
    sent_at: Moment
    due_at: Moment


class Addressee(BaseModel):
    """Who is told: one account, or without one whoever has the role at a body (a committee's, an office's)."""

    model_config = ConfigDict(frozen=True)

    role: Role
    account_id: str | None = None
    org_code: str | None = None
    unit_id: str | None = None
    copy_only: bool = False  # 抄送


class SupervisionSent(ClockEvent):
    """The step's paper went out, at the next opening: the record of who was told. A withdrawn step never is."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "supervision.sent"

    level: Escalation
    reached_at: Moment
    sent_at: Moment
    due_at: Moment
    addressees: list[Addressee]
    supervision_office_id: str | None = None  # 抄送联系监督检查室, which has no account of its own yet


class SupervisionWithdrawn(ClockEvent):
    """The step does not count any more: an act dated before it arrived late, or the due time has moved."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "supervision.withdrawn"

    level: Escalation
    withdrawn_at: Moment


class OrderAckMissed(MatterEvent):
    """The order was not acknowledged within one working day; its limit counts from delivery."""

    SOURCE: ClassVar[str] = "deadlines"
    TYPE: ClassVar[str] = "order.ack_missed"

    order_id: UUID
    unit_id: str
    delivered_at: Moment
    missed_at: Moment
