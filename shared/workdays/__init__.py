"""Working days, office hours and time limits (handbook 2.6 and 5): pure arithmetic with the calendar as an argument.

Every datetime given must be aware and every one returned is in +08:00; a naive one raises ValueError.
"""

from shared.workdays._calendar import Calendar, add_working_days, builtin_calendar
from shared.workdays._explain import Explanation, Extended, Line, LineKind, Paused, explain
from shared.workdays._hours import (
    DEFAULT_HOURS,
    ZONE,
    OfficeHours,
    acted_on,
    half_day,
    next_opening,
    opening_before,
    put_off,
    working_hours_before,
    working_minutes_between,
)
from shared.workdays._limits import Due, Limit, Unit, due, due_after_pause, half_time
from shared.workdays._year import CalendarStatus, Year, parse_year

__all__ = [
    "DEFAULT_HOURS",
    "ZONE",
    "Calendar",
    "CalendarStatus",
    "Due",
    "Explanation",
    "Extended",
    "Limit",
    "Line",
    "LineKind",
    "OfficeHours",
    "Paused",
    "Unit",
    "Year",
    "acted_on",
    "add_working_days",
    "builtin_calendar",
    "due",
    "due_after_pause",
    "explain",
    "half_day",
    "half_time",
    "next_opening",
    "opening_before",
    "parse_year",
    "put_off",
    "working_hours_before",
    "working_minutes_between",
]
