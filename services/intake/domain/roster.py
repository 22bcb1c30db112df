"""Windows and the duty roster (handbook 6.10): fourteen days a period, without gap, handed over by two signatures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from services.intake.domain.register import checked_mark
from services.intake.domain.wording import line
from shared.contracts.codes import WindowLevel
from shared.contracts.errors import Conflict, Forbidden, Refused
from shared.contracts.intake import DutyHandoverSigned, DutyPeriodPublished, WindowOpened
from shared.workdays import OfficeHours

PERIOD = timedelta(days=14)  # R01: 14天一个周期
LEAST_STAFF = 2
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """监督窗口: `register_mark` (字) begins its register numbers and belongs to it alone."""

    window_id: str
    org_code: str
    level: WindowLevel
    name: str
    register_mark: str
    morning: tuple[time, time]
    afternoon: tuple[time, time]

    @property
    def hours(self) -> OfficeHours:
        """办公时间."""
        return OfficeHours(self.morning, self.afternoon)


@dataclass(frozen=True, slots=True)
class Period:
    """值班周期 as planned: leader and staff are account ids."""

    period_id: str
    window_id: str
    org_code: str
    start_date: date
    end_date: date
    leader_id: str
    staff_ids: tuple[str, ...]

    @property
    def everybody(self) -> frozenset[str]:
        """The leader and the staff."""
        return frozenset({self.leader_id, *self.staff_ids})

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share a day."""
        return self.start_date <= other.end_date and other.start_date <= self.end_date


@dataclass(frozen=True, slots=True)
class Handover:
    """交接: from one period to the next, signed first by the outgoing leader, then by the incoming one."""

    period: Period
    following: Period
    outgoing_signed_at: datetime | None = None
    incoming_signed_at: datetime | None = None


def open_window(window: Window, present: Window | None) -> tuple[Window, list[WindowOpened]]:
    """Enter a window in the registry, or change it; unchanged it is not told again."""
    window = replace(
        window, name=line(window.name, "窗口名称", least=2), register_mark=checked_mark(window.register_mark)
    )
    try:
        window.hours  # noqa: B018  OfficeHours itself refuses times out of order
    except ValueError as error:
        raise Refused("window.hours", str(error)) from error
    if window == present:
        return window, []
    if present and (present.register_mark, present.org_code) != (window.register_mark, window.org_code):
        raise Conflict("window.fixed", "窗口的登记编号“字”和所属地区确定后不能更改")
    opened = WindowOpened(
        window_id=window.window_id, org_code=window.org_code, level=window.level, name=window.name,
        morning=window.morning, afternoon=window.afternoon,
    )  # fmt: skip
    return window, [opened]


def publish_period(
    period: Period, of_window: Sequence[Period], elsewhere: Iterable[Period]
) -> list[DutyPeriodPublished]:
    """Publish a duty period: `of_window` are the window's periods, `elsewhere` those of others at the same time."""
    if period in of_window:
        return []
    elsewhere = list(elsewhere)
    if any(period.period_id == other.period_id for other in (*of_window, *elsewhere)):
        raise Conflict("duty.period_exists", "这个值班周期编号已经发布过,内容不同;已发布的周期不能更改")
    if period.end_date - period.start_date + ONE_DAY != PERIOD:
        raise Refused("duty.not_fourteen_days", "值班周期须为14天:结束日期是开始日期后第13天")
    if len(set(period.staff_ids)) < LEAST_STAFF or period.leader_id in period.staff_ids:
        raise Refused("duty.staff", f"每个周期须有带班领导1名,另有值班人员至少{LEAST_STAFF}名")
    if any(period.overlaps(other) for other in of_window):
        raise Conflict("duty.overlap", "与本窗口已发布的值班周期重叠")
    joins = {other.end_date + ONE_DAY for other in of_window} | {other.start_date - PERIOD for other in of_window}
    if joins and period.start_date not in joins:
        raise Refused("duty.gap", f"值班周期须首尾相接,下一周期从{max(joins)}开始", starts=str(max(joins)))
    if any(period.everybody & other.everybody for other in elsewhere if period.overlaps(other)):
        raise Conflict("duty.two_windows", "有人同时被排在另一窗口,请调整人员")
    return [
        DutyPeriodPublished(
            window_id=period.window_id, org_code=period.org_code, period_id=period.period_id,
            start_date=period.start_date, end_date=period.end_date, leader_id=period.leader_id,
            staff_ids=list(period.staff_ids),
        )
    ]  # fmt: skip


def sign_handover(
    handover: Handover, by: str, open_matters: int, now: datetime
) -> tuple[Handover, list[DutyHandoverSigned]]:
    """交接签字; told when both have signed."""
    period, following = handover.period, handover.following
    if by not in (period.leader_id, following.leader_id):
        raise Forbidden("handover.not_leader", "只有交、接两个周期的带班领导可以签字交接")
    if handover.incoming_signed_at:
        raise Conflict("handover.done", "交接已由双方签字")
    if handover.outgoing_signed_at is None:
        if by != period.leader_id:
            raise Conflict("handover.outgoing_first", "请先由交班的带班领导签字")
        return replace(handover, outgoing_signed_at=now), []
    if by != following.leader_id:
        raise Conflict("handover.signed", "您已签字,等待接班的带班领导签字")
    signed = DutyHandoverSigned(
        window_id=period.window_id, org_code=period.org_code, period_id=period.period_id,
        next_period_id=following.period_id, from_leader_id=period.leader_id, to_leader_id=following.leader_id,
        open_matters=open_matters, signed_at=now,
    )  # fmt: skip
    return replace(handover, incoming_signed_at=now), [signed]
