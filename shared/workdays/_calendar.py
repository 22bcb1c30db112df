"""The working-day calendar: the years loaded, and counting days by them (handbook 2.6)."""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from importlib import resources

from shared.workdays._year import FIRST_YEAR, LAST_YEAR, SATURDAY, Year, each_day, parse_year


@dataclass(frozen=True)
class Calendar:
    """工作日历: the years loaded; a year that is not loaded has weekends only and is never official."""

    years: Mapping[int, Year]
    _ordinals: dict[int, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def with_year(self, year: Year) -> "Calendar":
        return Calendar({**self.years, year.year: year})

    @cached_property
    def version(self) -> str:
        """A short hash of the content, stored with every date counted by it."""
        content = [self.years[year].to_json() for year in sorted(self.years)]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]

    def official(self, year: int) -> bool:
        """Whether the notice of that year is in (amended by a later notice is official too)."""
        loaded = self.years.get(year)
        return loaded is not None and loaded.firm

    def provisional_between(self, first: date, last: date) -> bool:
        """Whether a date counted from `first` that ends on `last` may still move when a notice comes."""
        return bool(self.awaited(first, last))

    def awaited(self, first: date, last: date) -> tuple[int, ...]:
        """The years whose notice may still move such a date; the one for the next year reaches back into December."""
        years = range(first.year, last.year + 1 + ((last.month, last.day) > (12, 15)))
        return tuple(year for year in years if not self.official(year))

    def is_working_day(self, day: date) -> bool:
        notice = self.notice_on(day)
        return day in notice.makeup_days if notice else day.weekday() < SATURDAY

    def notice_on(self, day: date) -> Year | None:
        """The year's notice that names this day, as a holiday or a make-up day; the later one decides."""
        for notice in (self.years.get(day.year + 1), self.years.get(day.year)):
            if notice and (day in notice.makeup_days or day in notice.holidays):
                return notice
        return None

    def on_or_after(self, day: date) -> date:
        """The day itself if it is a working day, else the next one (民法典 203)."""
        return day if self.is_working_day(day) else add_working_days(day, 1, self)

    def on_or_before(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before it."""
        return day if self.is_working_day(day) else add_working_days(day, -1, self)

    def holiday(self, day: date) -> str | None:
        """The holiday that a notice names this day by, weekends that belong to it included."""
        notice = self.notice_on(day)
        return notice.holidays.get(day) if notice else None

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first`, up to and including `last`."""
        whole_years = sum(len(self._working_ordinals(year)) for year in range(first.year, last.year))
        return (
            whole_years
            + bisect_right(self._working_ordinals(last.year), last.toordinal())
            - bisect_right(self._working_ordinals(first.year), first.toordinal())
        )

    def _working_ordinals(self, year: int) -> list[int]:
        if year not in self._ordinals:
            within_calendar(date(year, 1, 1))
            days = each_day(date(year, 1, 1), date(year, 12, 31))
            self._ordinals[year] = [day.toordinal() for day in days if self.is_working_day(day)]
        return self._ordinals[year]


def within_calendar(day: date) -> None:
    """Refuse what nobody can count: before the first year whose notice we have, and a far future."""
    if isinstance(day, datetime):
        raise ValueError(f"工作日按日期计算，请给出日期而不是时间{day.isoformat()}")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"日期{day}不在{FIRST_YEAR}年1月1日至{LAST_YEAR}年12月31日之间，无法计算工作日")


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The n-th working day after `day` (before it if n < 0), `day` itself not counted; n = 0 is `day` as it is.

    ValueError for a moment instead of a day, and where the way leads out of the years that are known.
    """
    within_calendar(day)
    if n == 0:
        return day
    year = day.year
    ordinals = calendar._working_ordinals(year)
    index = bisect_right(ordinals, day.toordinal()) + n - 1 if n > 0 else bisect_left(ordinals, day.toordinal()) + n
    while index >= len(ordinals):
        index -= len(ordinals)
        year += 1
        ordinals = calendar._working_ordinals(year)
    while index < 0:
        year -= 1
        ordinals = calendar._working_ordinals(year)
        index += len(ordinals)
    return date.fromordinal(ordinals[index])


@cache
def builtin_calendar() -> Calendar:
    """2012 to 2024 as they were, 2025 and 2026 by their notices; 2027 provisional: only the days that the law fixes."""
    files = (resources.files(__package__) / "calendars").iterdir()
    years = [parse_year(json.loads(file.read_text("utf-8"))) for file in files if file.name.endswith(".json")]
    return Calendar({year.year: year for year in sorted(years, key=lambda year: year.year)})
