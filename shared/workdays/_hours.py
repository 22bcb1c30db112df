"""Office hours: when the window is open, and counting working time by them (handbook 5)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cached_property
from typing import Literal

from shared.workdays._calendar import Calendar, add_working_days

# A fixed offset, not ZoneInfo: the mainland has had no summer time since 1991, and no zone data need be installed.
ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
NOTHING = timedelta(0)
MINUTE = timedelta(minutes=1)
HalfDay = tuple[date, Literal["AM", "PM"]]


@dataclass(frozen=True)
class OfficeHours:
    """办公时间: the two half-days of a working day; opening is inside, lunch and closing are not."""

    morning: tuple[time, time] = (time(9), time(12))
    afternoon: tuple[time, time] = (time(13), time(17))

    def __post_init__(self) -> None:
        if not self.morning[0] < self.morning[1] <= self.afternoon[0] < self.afternoon[1]:
            raise ValueError("办公时间须依次为上午开门、上午关门、下午开门、下午关门")

    @property
    def opening(self) -> time:
        return self.morning[0]

    @property
    def closing(self) -> time:
        return self.afternoon[1]

    @cached_property
    def a_morning(self) -> timedelta:
        """The working time of a morning."""
        return _since_midnight(self.morning[1]) - self._opening

    @cached_property
    def a_day(self) -> timedelta:
        """The working time of a day."""
        return self.a_morning + _since_midnight(self.closing) - self._afternoon

    def worked_by(self, clock: time) -> timedelta:
        """The working time gone since opening on a working day, when the clock shows this."""
        if clock < self.afternoon[0]:
            return min(max(_since_midnight(clock) - self._opening, NOTHING), self.a_morning)
        return min(self.a_morning + _since_midnight(clock) - self._afternoon, self.a_day)

    def first_moment(self, day: date, worked: timedelta) -> datetime:
        """When that much of the day has been worked; a full morning ends at 12:00, not at 13:00."""
        return self._moment(day, worked, in_morning=worked <= self.a_morning)

    def last_moment(self, day: date, worked: timedelta) -> datetime:
        """Until when no more than that has been worked; a full morning lasts until 13:00."""
        return self._moment(day, worked, in_morning=worked < self.a_morning)

    @cached_property
    def _opening(self) -> timedelta:
        return _since_midnight(self.opening)

    @cached_property
    def _afternoon(self) -> timedelta:
        return _since_midnight(self.afternoon[0])

    def _moment(self, day: date, worked: timedelta, *, in_morning: bool) -> datetime:
        if in_morning:
            return at(day, self.opening) + worked
        return at(day, self.afternoon[0]) + (worked - self.a_morning)


DEFAULT_HOURS = OfficeHours()


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE)


def local(moment: datetime) -> datetime:
    """The moment in +08:00; a naive one is refused, because nobody can say when it was."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"时间{moment.isoformat()}没有时区，请注明，例如 +08:00")
    return moment.astimezone(ZONE)


def acted_on(moment: datetime, hours: OfficeHours = DEFAULT_HOURS) -> date:
    """The day on which an act counts as done: after closing it is the next calendar day, at 17:00 itself still this."""
    moment = local(moment)
    return moment.date() + timedelta(days=moment.time() > hours.closing)


def next_opening(moment: datetime, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS) -> datetime:
    """The moment itself within office hours, else the next opening, be it after lunch or on the next working day."""
    moment = local(moment)
    day, clock = moment.date(), moment.time()
    if clock >= hours.closing or not calendar.is_working_day(day):
        return at(add_working_days(day, 1, calendar), hours.opening)
    if clock < hours.opening:
        return at(day, hours.opening)
    if hours.morning[1] <= clock < hours.afternoon[0]:
        return at(day, hours.afternoon[0])
    return moment


def opening_before(due_at: datetime, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS) -> datetime:
    """Opening time of the working day before the due day (handbook 5.2, blue)."""
    return at(add_working_days(local(due_at).date(), -1, calendar), hours.opening)


def half_day(moment: datetime, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS) -> HalfDay:
    """The half-day to which an act belongs (D21: call-backs in different ones); outside hours it is the next one."""
    moment = local(moment)
    day, clock = moment.date(), moment.time()
    if clock > hours.closing or not calendar.is_working_day(day):
        return add_working_days(day, 1, calendar), "AM"
    return day, "AM" if clock <= hours.morning[1] else "PM"


def place(moment: datetime, calendar: Calendar, hours: OfficeHours) -> tuple[date, timedelta]:
    """A moment as a working day and the time worked on it; a rest day is the start of the next working day."""
    day = moment.date()
    if calendar.is_working_day(day):
        return day, hours.worked_by(moment.time())
    return add_working_days(day, 1, calendar), NOTHING


def after(moment: datetime, working_time: timedelta, calendar: Calendar, hours: OfficeHours) -> datetime:
    """The first moment at which that much working time has gone since `moment`."""
    day, worked = place(moment, calendar, hours)
    days, rest = divmod(worked + working_time, hours.a_day)
    if days and not rest:
        days, rest = days - 1, hours.a_day
    return hours.first_moment(add_working_days(day, days, calendar), rest)


def put_off(
    moment: datetime, paused_at: datetime, resumed_at: datetime, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS
) -> datetime:
    """A moment still to come when the clock stands still from one time to another: later by that working time."""
    moment, stood = local(moment), working_time_between(local(paused_at), local(resumed_at), calendar, hours)
    return after(moment, stood, calendar, hours) if stood > NOTHING else moment


def working_hours_before(
    moment: datetime, n_hours: int, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS
) -> datetime:
    """The last moment from which n working hours are left until `moment`: two before 15:00 is 13:00, not 12:00."""
    day, worked = place(local(moment), calendar, hours)
    days, rest = divmod(worked - timedelta(hours=n_hours), hours.a_day)
    return hours.last_moment(add_working_days(day, days, calendar), rest)


def working_time_between(a: datetime, b: datetime, calendar: Calendar, hours: OfficeHours) -> timedelta:
    (day_a, worked_a), (day_b, worked_b) = place(a, calendar, hours), place(b, calendar, hours)
    return calendar.working_days_between(day_a, day_b) * hours.a_day + worked_b - worked_a


def working_minutes_between(a: datetime, b: datetime, calendar: Calendar, hours: OfficeHours = DEFAULT_HOURS) -> int:
    """Whole working minutes from a to b, negative if b comes first."""
    a, b = local(a), local(b)
    if b < a:
        return -working_minutes_between(b, a, calendar, hours)
    return working_time_between(a, b, calendar, hours) // MINUTE


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
