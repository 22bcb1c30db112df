"""Windows and the duty roster (handbook 6.10): fourteen days a period, without gap, nobody at two windows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

from services.intake.domain.register import checked_mark
from shared.contracts.codes import WindowLevel
from shared.contracts.duty import DutyPeriod
from shared.contracts.errors import Conflict, Refused
from shared.contracts.intake import DutyPeriodPublished, WindowOpened
from shared.wording import line
from shared.workdays import OfficeHours

PERIOD = timedelta(days=14)  # R01: 14天一个周期
LEAST_STAFF = 2
ONE_DAY = timedelta(days=1)
TWO_WINDOWS = "duty.two_windows"


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


def open_window(window: Window, present: Window | None) -> tuple[Window, list[WindowOpened]]:
    """Enter a window in the registry, or change it; unchanged it is not told again."""
    window = replace(
        window, name=line(window.name, "窗口名称", least=2), register_mark=checked_mark(window.register_mark)
    )
    if window.level is not level_of(window.org_code):
        raise Refused("window.level", "窗口层级与所属地区代码不符:市级代码以00结尾,县(区)为其余六位代码,功能区另加后缀")
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


def level_of(org_code: str) -> WindowLevel:
    """市、县(区)or 功能区, as its region code says (GB/T 2260; a zone has a suffix of its own)."""
    if len(org_code) > len("410200"):
        return WindowLevel.ZONE
    return WindowLevel.CITY if org_code.endswith("00") else WindowLevel.COUNTY


def publish_period(
    period: DutyPeriod, of_window: Sequence[DutyPeriod], elsewhere: Iterable[DutyPeriod]
) -> list[DutyPeriodPublished]:
    """Publish a duty period: `of_window` are the window's periods, `elsewhere` those of others at the same time."""
    if any(replace(other, substitutions=()) == period for other in of_window):
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
    if any(period.shares_somebody(other) for other in elsewhere):
        raise Conflict(TWO_WINDOWS, "有人同时被排在另一窗口,请调整人员")
    return [
        DutyPeriodPublished(
            window_id=period.window_id, org_code=period.org_code, period_id=period.period_id,
            start_date=period.start_date, end_date=period.end_date, leader_id=period.leader_id,
            staff_ids=list(period.staff_ids),
        )
    ]  # fmt: skip
