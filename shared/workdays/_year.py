"""One year of the calendar: the State Council's notice, read from a file or an event and checked (handbook 2.6)."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal, get_args

CalendarStatus = Literal["official", "provisional", "amended", "historical"]
FIRST_YEAR, LAST_YEAR = 2012, 2099
NEED_NOTICE = ("official", "amended")
LONGEST = 300  # characters of a name, a number or a title
ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Year:
    """年度放假安排: one year's notice, with its holidays by name and its make-up working days (补班).

    Title and date of issue describe the notice; they are no part of what two years are compared by.
    """

    year: int
    status: CalendarStatus
    doc_no: str | None
    holidays: Mapping[date, str]
    makeup_days: frozenset[date]
    title: str | None = field(default=None, compare=False)
    issued: date | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"只收{FIRST_YEAR}年至{LAST_YEAR}年的日历，不收{self.year}年的")
        if self.status not in get_args(CalendarStatus):
            allowed = "、".join(get_args(CalendarStatus))
            raise ValueError(f"{self.year}年日历的状态“{self.status}”无效，应为 {allowed} 之一")
        if self.status in NEED_NOTICE and not self.doc_no:
            raise ValueError(f"{self.year}年日历是正式日历，须注明通知文号（doc_no）")
        # The notice for 2019 moved 2018-12-29 and 12-31: a notice may reach back into December.
        earliest, latest = date(self.year - 1, 12, 1), date(self.year, 12, 31)
        for day in (*self.holidays, *self.makeup_days):
            if not earliest <= day <= latest:
                raise ValueError(f"{self.year}年日历中的{day}不在本年度内")
        for day in sorted(self.makeup_days):
            if day.weekday() < SATURDAY:
                raise ValueError(f"补班日{day}不是周六或周日，请核对通知")
            if day in self.holidays:
                raise ValueError(f"{day}既列为放假日又列为补班日，请核对通知")

    @property
    def firm(self) -> bool:
        """Whether no notice is still to come that could change the year unannounced."""
        return self.status != "provisional"

    @cached_property
    def sha256(self) -> str:
        """The hash of the content, title and date of issue aside: by it two versions of a year are told apart."""
        return hashlib.sha256(json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True).encode()).hexdigest()

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
    days = _part(obj, "days", dict)
    spans = [_span(row) for row in _part(days, "holidays", list)]
    year = Year(
        _part(obj, "year", int),
        _part(obj, "status", str),
        _text(obj, "doc_no"),
        _named(spans),
        frozenset(_days(_part(days, "makeup_days", list))),
        _text(obj, "title"),
        _date(issued) if (issued := obj.get("issued")) else None,
    )
    if obj.get("sha256") and obj["sha256"] != year.sha256:
        raise ValueError(f"{year.year}年日历的内容与所附校验值（sha256）不符，文件可能被改动过，请重新取得")
    return year


def each_day(first: date, last: date) -> Iterable[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _part(obj: Mapping[str, Any], name: str, kind: type) -> Any:
    found = obj.get(name)
    if found is None:
        raise ValueError(f"年度日历缺少内容：{name}")
    if not isinstance(found, kind) or isinstance(found, bool):
        raise ValueError(f"年度日历中的{name}格式不对")
    return found


def _text(obj: Mapping[str, Any], name: str) -> str | None:
    found = obj.get(name)
    if found is not None and not (isinstance(found, str) and len(found) <= LONGEST):
        raise ValueError(f"年度日历中的{name}格式不对，应为不超过{LONGEST}字的文字")
    return found or None


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ValueError(f"年度日历中的日期“{text}”格式不对，应为 2027-01-01 这样的日期") from error


def _span(row: Any) -> tuple[str, date, date]:
    if not isinstance(row, list | tuple) or len(row) != 3 or not isinstance(row[0], str):
        raise ValueError("年度日历中的放假安排格式不对，每项应为名称、第一天、最后一天")
    if not 0 < len(row[0]) <= LONGEST:
        raise ValueError(f"年度日历中的假日名称须为1至{LONGEST}字")
    first, last = _date(row[1]), _date(row[2])
    if last < first:
        raise ValueError(f"“{row[0]}”的结束日期{last}早于开始日期{first}")
    if last - first > 31 * ONE_DAY:
        raise ValueError(f"“{row[0]}”从{first}到{last}，超过一个月，请核对通知")
    return row[0], first, last


def _days(given: Iterable[Any]) -> Iterator[date]:
    seen = set[date]()
    for day in map(_date, given):
        if day in seen:
            raise ValueError(f"补班日{day}重复")
        seen.add(day)
        yield day


def _named(spans: Iterable[tuple[str, date, date]]) -> dict[date, str]:
    holidays: dict[date, str] = {}
    for name, first, last in spans:
        for day in each_day(first, last):
            if day in holidays:
                raise ValueError(f"{day}在“{holidays[day]}”和“{name}”中重复")
            holidays[day] = name
    return holidays


def _spans(holidays: Mapping[date, str]) -> list[tuple[str, date, date]]:
    spans: list[tuple[str, date, date]] = []
    for day in sorted(holidays):
        name = holidays[day]
        if spans and spans[-1][0] == name and spans[-1][2] + ONE_DAY == day:
            spans[-1] = (name, spans[-1][1], day)
        else:
            spans.append((name, day, day))
    return spans
