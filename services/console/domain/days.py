"""When open clocks are due, as a leader asks in the morning: overdue, today, tomorrow, later (handbook 5)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from shared.workdays import ZONE, Calendar, add_working_days


class When(StrEnum):
    """How an open clock stands; PAUSED while it stands still with its due time still to come."""

    OVERDUE = "overdue"
    TODAY = "today"
    TOMORROW = "tomorrow"
    LATER = "later"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a board. Tomorrow is the next working day, with the days of rest before it."""

    now: datetime
    tomorrow: date

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    @property
    def end_of_today(self) -> datetime:
        """From here on is tomorrow."""
        return _midnight_after(self.today)

    @property
    def end_of_tomorrow(self) -> datetime:
        """From here on is later."""
        return _midnight_after(self.tomorrow)

    def span(self, when: When) -> tuple[datetime | None, datetime | None]:
        """The due times of clocks that run: from the first moment to before the second, open where none."""
        return {
            When.OVERDUE: (None, self.now),
            When.TODAY: (self.now, self.end_of_today),
            When.TOMORROW: (self.end_of_today, self.end_of_tomorrow),
            When.LATER: (self.end_of_tomorrow, None),
            When.PAUSED: (None, None),
        }[when]


def days_of(now: datetime, calendar: Calendar) -> Days:
    """Today and the next working day."""
    return Days(now, add_working_days(now.astimezone(ZONE).date(), 1, calendar))


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZONE)
