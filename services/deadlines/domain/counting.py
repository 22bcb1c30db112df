"""Counting a clock's due time: from its start, and by what was added while it ran (handbook 5.3, 5.4)."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from services.deadlines.domain.versions import NOT_AMENDED, Versions
from shared.workdays import DEFAULT_HOURS, ZONE, Calendar, Due, Limit, OfficeHours, due, due_after_pause, next_opening


@dataclass(frozen=True, slots=True)
class Counting:
    """What dates are counted by: the calendar, the office hours of the window, and the versions of the rules."""

    calendar: Calendar
    hours: OfficeHours = DEFAULT_HOURS
    versions: Versions = NOT_AMENDED


@dataclass(frozen=True, slots=True)
class Recount:
    """A change of the calendar: counting before and after it, and the days, in order, that are others by it."""

    before: Counting
    after: Counting
    changed: Sequence[date]
    now: datetime

    def touches(self, first: datetime, last: datetime) -> bool:
        """Whether a count from one time to another passes over a day that has changed."""
        place = bisect_left(self.changed, first.date())
        return place < len(self.changed) and self.changed[place] <= last.date()


class Extension(NamedTuple):
    """延期: granted at a time, by a limit that counts from the due time before it."""

    at: datetime
    limit: str


class Pause(NamedTuple):
    """中止计时: from a time until another, `automatic` if that is the day it was given."""

    at: datetime
    until: datetime
    automatic: bool


class RedAtOnce(NamedTuple):
    """第三次申请延期, 第二次不满意: changes no date, and is red at once (handbook 5.2)."""

    red_at: datetime


Change = Extension | Pause | RedAtOnce


def counted(started_at: datetime, limit: Limit, changes: Iterable[Change], counting: Counting) -> Due:
    """When a limit ends that was extended and paused, one after the other."""
    calendar, hours = counting.calendar, counting.hours
    end = due(started_at, limit, calendar, hours).at
    for change in changes:
        if isinstance(change, Extension):
            end = due(end, Limit.parse(change.limit), calendar, hours).at
        elif isinstance(change, Pause):
            end = due_after_pause(end, change.at, change.until, calendar, hours)
    return Due(end, calendar.provisional_between(started_at.date(), end.date()))


def opening_on(day: date, counting: Counting) -> datetime:
    """When the window opens on a day, or next after it."""
    return next_opening(datetime.combine(day, time.min, ZONE), counting.calendar, counting.hours)
