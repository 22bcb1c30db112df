"""Time limits (期限): reading them, and counting from a start to the due time (handbook 5, 民法典 201–203)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from shared.workdays._calendar import Calendar, add_working_days, within_calendar
from shared.workdays._hours import (
    DEFAULT_HOURS,
    OfficeHours,
    acted_on,
    after,
    at,
    local,
    put_off,
    working_time_between,
)

LIMIT = re.compile(r"(?P<n>[1-9]\d{0,2})(?P<unit>WD|WH|ND)|P(?P<months>[1-9]\d{0,2})M|SAME_DAY", re.ASCII)


class Unit(StrEnum):
    """期限单位: what a limit is counted in."""

    WORKING_DAYS = "WD"
    WORKING_HOURS = "WH"
    SAME_DAY = "SAME_DAY"
    NATURAL_DAYS = "ND"
    MONTHS = "M"


_IN_WORDS = {
    Unit.WORKING_DAYS: "{}个工作日",
    Unit.WORKING_HOURS: "{}个工作小时",
    Unit.SAME_DAY: "当日",
    Unit.NATURAL_DAYS: "{}日",
    Unit.MONTHS: "{}个月",
}


@dataclass(frozen=True)
class Limit:
    """期限: an amount from 1 to 999 of a unit; SAME_DAY has the amount 1."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= (1 if self.unit is Unit.SAME_DAY else 999):
            raise ValueError(f"期限数值{self.amount}无效，应为1至999的整数（当日为1）")

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read 3WD, 4WH, SAME_DAY, 15ND or P1M; ValueError for anything else."""
        found = LIMIT.fullmatch(text)
        if not found:
            raise ValueError(f"看不懂期限“{text}”，请写成 3WD、4WH、SAME_DAY、15ND 或 P1M")
        if found["months"]:
            return cls(int(found["months"]), Unit.MONTHS)
        if found["n"]:
            return cls(int(found["n"]), Unit(found["unit"]))
        return cls(1, Unit.SAME_DAY)

    def __str__(self) -> str:
        if self.unit is Unit.SAME_DAY:
            return "SAME_DAY"
        return f"P{self.amount}M" if self.unit is Unit.MONTHS else f"{self.amount}{self.unit}"

    @property
    def in_words(self) -> str:
        """As a person reads it: 3个工作日."""
        return _IN_WORDS[self.unit].format(self.amount)


@dataclass(frozen=True)
class Due:
    """到期时间: until when, and whether a notice still to come may move it."""

    at: datetime
    provisional: bool


def due(start: datetime, limit: Limit, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS) -> Due:
    """When a limit that starts at `start` ends; the first day is not counted, the last ends at closing time."""
    start = local(start)
    within_calendar(start.date())
    if limit.unit is Unit.WORKING_HOURS:
        end = after(start, timedelta(hours=limit.amount), calendar, hours)
    else:
        end = at(_last_day(acted_on(start, hours), limit, calendar), hours.closing)
    return Due(end, calendar.provisional_between(start.date(), end.date()))


def due_after_pause(
    due_at: datetime, paused_at: datetime, resumed_at: datetime, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS
) -> datetime:
    """When a limit ends that stood still (handbook 5.4): at the closing of the day on which what was left is used up.

    A pause in which nobody would have worked moves nothing, and so does one that begins when nothing is left.
    """
    due_at = local(due_at)
    if local(paused_at) >= due_at:
        return due_at
    end = put_off(due_at, paused_at, resumed_at, calendar, hours)
    return due_at if end == due_at else at(end.date(), hours.closing)


def half_time(start: datetime, limit: Limit, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS) -> datetime:
    """When half of the working time counted has gone (handbook 5.2, reminder)."""
    start, end = local(start), due(start, limit, calendar, hours).at
    if limit.unit not in (Unit.WORKING_HOURS, Unit.SAME_DAY):
        start = at(add_working_days(acted_on(start, hours), 1, calendar), hours.opening)
    return after(start, working_time_between(start, end, calendar, hours) / 2, calendar, hours)


def _last_day(day: date, limit: Limit, calendar: Calendar) -> date:
    match limit.unit:
        case Unit.WORKING_DAYS:
            return add_working_days(day, limit.amount, calendar)
        case Unit.NATURAL_DAYS:
            day += timedelta(days=limit.amount)
        case Unit.MONTHS:
            day = add_months(day, limit.amount)
    return calendar.on_or_after(day)  # 民法典 203: a last day that is a rest day moves to the next working day


def add_months(day: date, months: int) -> date:
    """The day that ends so many months."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    # 民法典 202: the same day of the month, or its last day where it has no such day
    return date(year, month, min(day.day, monthrange(year, month)[1]))
