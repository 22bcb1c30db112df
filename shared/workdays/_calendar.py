"""The working-day calendar: the State Council's yearly notices, and counting days by them (handbook 2.6)."""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal, get_args

CalendarStatus = Literal["official", "provisional", "amended"]
ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Year:
    """年度放假安排: one year's notice, with its holidays by name and its make-up working days (补班)."""

    year: int
    status: CalendarStatus
    doc_no: str | None
    holidays: Mapping[date, str]
    makeup_days: frozenset[date]

    def __post_init__(self) -> None:
        if self.status not in get_args(CalendarStatus):
            raise ValueError(f"{self.year}年日历的状态“{self.status}”无效，应为 official、provisional 或 amended")
        if self.status != "provisional" and not self.doc_no:
            raise ValueError(f"{self.year}年日历不是暂定日历，须注明通知文号")
        # The notice for 2019 moved 2018-12-29 and 12-31: a notice may reach back into December.
        earliest, latest = date(self.year - 1, 12, 1), date(self.year, 12, 31)
        for day in (*self.holidays, *self.makeup_days):
            if not earliest <= day <= latest:
                raise ValueError(f"{self.year}年日历中的{day}不在本年度内")
        for day in self.makeup_days:
            if day.weekday() < SATURDAY:
                raise ValueError(f"补班日{day}不是周六或周日")
            if day in self.holidays:
                raise ValueError(f"{day}既列为放假日又列为补班日")

    def to_json(self) -> dict[str, Any]:
        """The form that `parse_year` reads and the event `calendar.year_loaded` carries."""
        return {
            "year": self.year,
            "status": self.status,
            "doc_no": self.doc_no,
            "days": {
                "holidays": [[name, str(first), str(last)] for name, first, last in _spans(self.holidays)],
                "makeup_days": [str(day) for day in sorted(self.makeup_days)],
            },
        }


def parse_year(obj: Mapping[str, Any]) -> Year:
    """Read one year from a calendar file or the fields of `calendar.year_loaded`; ValueError says what is wrong."""
    try:
        year, status, doc_no, days = int(obj["year"]), obj["status"], obj["doc_no"], obj["days"]
        spans = [(str(n), date.fromisoformat(a), date.fromisoformat(b)) for n, a, b in days["holidays"]]
        makeup_days = frozenset(date.fromisoformat(day) for day in days["makeup_days"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"年度日历缺少内容或格式不对：{error}") from error
    holidays: dict[date, str] = {}
    for name, first, last in spans:
        if last < first:
            raise ValueError(f"“{name}”的结束日期{last}早于开始日期{first}")
        for day in _each_day(first, last):
            if day in holidays:
                raise ValueError(f"{day}在“{holidays[day]}”和“{name}”中重复")
            holidays[day] = name
    return Year(year, status, doc_no, holidays, makeup_days)


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
        return loaded is not None and loaded.status != "provisional"

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
            days = _each_day(date(year, 1, 1), date(year, 12, 31))
            self._ordinals[year] = [day.toordinal() for day in days if self.is_working_day(day)]
        return self._ordinals[year]


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The n-th working day after `day` (before it if n < 0), `day` itself not counted; n = 0 is `day` as it is."""
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
    """2025 and 2026 by their official notices; 2027 provisional: only the days that the law itself fixes."""
    files = (resources.files(__package__) / "calendars").iterdir()
    years = [parse_year(json.loads(file.read_text("utf-8"))) for file in files if file.name.endswith(".json")]
    return Calendar({year.year: year for year in sorted(years, key=lambda year: year.year)})


def _each_day(first: date, last: date) -> Iterable[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _spans(holidays: Mapping[date, str]) -> list[tuple[str, date, date]]:
    spans: list[tuple[str, date, date]] = []
    for day in sorted(holidays):
        name = holidays[day]
        if spans and spans[-1][0] == name and spans[-1][2] + ONE_DAY == day:
            spans[-1] = (name, spans[-1][1], day)
        else:
            spans.append((name, day, day))
    return spans
