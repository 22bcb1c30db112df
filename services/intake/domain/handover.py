"""交接: two signatures under one list of open matters, on the outgoing period's last working day (handbook 6.10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.contracts.duty import DutyPeriod
from shared.contracts.errors import Conflict, Forbidden, Refused
from shared.contracts.intake import DutyHandoverSigned
from shared.workdays import Calendar

OpenMatters = Mapping[str, Sequence[str]]  # register numbers by state


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """From one period to the next; the outgoing leader's signature fixes the list that both sign."""

    period: DutyPeriod
    following: DutyPeriod
    due_day: date
    outgoing: Signature | None = None
    incoming: Signature | None = None
    open_matters: OpenMatters | None = None

    @property
    def late(self) -> bool:
        """Whether a signature came after the day."""
        return any(each.at.date() > self.due_day for each in (self.outgoing, self.incoming) if each)


def day_of(period: DutyPeriod, calendar: Calendar) -> date:
    """The last working day of the period: before a holiday that its end lies in."""
    return calendar.on_or_before(period.end_date)


def sign(
    handover: Handover, by: str, open_matters: OpenMatters, now: datetime
) -> tuple[Handover, list[DutyHandoverSigned]]:
    """交接签字, by the outgoing leader and then the incoming one, or who stands in for them; told when both have."""
    day, period, following = now.date(), handover.period, handover.following
    outgoing = {period.leader_id, period.leader_on(min(day, period.end_date))}
    incoming = {following.leader_id, following.leader_on(max(day, following.start_date))}
    if by not in outgoing | incoming:
        raise Forbidden("handover.not_leader", "只有交、接两个周期的带班领导可以签字交接")
    if handover.incoming:
        raise Conflict("handover.done", "交接已由双方签字")
    if handover.outgoing is None and by not in outgoing:
        raise Conflict("handover.outgoing_first", "请先由交班的带班领导签字")
    if day < handover.due_day:
        due = handover.due_day
        raise Refused("handover.too_early", f"请在{due}签字交接:这是交班周期的最后一个工作日", due_day=str(due))
    if handover.outgoing is None:
        return replace(handover, outgoing=Signature(by, now), open_matters=open_matters), []
    if by not in incoming:
        raise Conflict("handover.signed", "您已签字,等待接班的带班领导签字")
    listed = open_matters if handover.open_matters is None else handover.open_matters
    done = replace(handover, incoming=Signature(by, now), open_matters=listed)
    return done, [_signed(done, handover.outgoing.by, by, now)]


def _signed(done: Handover, from_leader: str, to_leader: str, now: datetime) -> DutyHandoverSigned:
    return DutyHandoverSigned(
        window_id=done.period.window_id, org_code=done.period.org_code, period_id=done.period.period_id,
        next_period_id=done.following.period_id, from_leader_id=from_leader, to_leader_id=to_leader,
        open_matters=sum(map(len, (done.open_matters or {}).values())), signed_at=now, due_day=done.due_day,
        late=done.late,
    )  # fmt: skip
