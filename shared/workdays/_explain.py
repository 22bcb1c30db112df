"""Explaining a due time day by day, for people who want to check it: what counts, what does not, and by which law."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.workdays._calendar import Calendar
from shared.workdays._hours import DEFAULT_HOURS, NOTHING, OfficeHours, acted_on, at, local, working_time_between
from shared.workdays._limits import Due, Limit, Unit, add_months

WEEKDAYS = "一二三四五六日"
ONE_DAY = timedelta(days=1)


class Extended(NamedTuple):
    """延期: granted at a time, by a limit that counts from the due time before it."""

    at: datetime
    limit: Limit


class Paused(NamedTuple):
    """中止计时: from a time until another."""

    at: datetime
    until: datetime


class LineKind(StrEnum):
    """What a line says of its days."""

    START = "START"
    COUNTED = "COUNTED"
    SKIPPED = "SKIPPED"
    CHANGED = "CHANGED"
    DUE = "DUE"


@dataclass(frozen=True)
class Line:
    """A day, or a run of days alike, and why it counts or not; the last one carries the due time."""

    first: date
    last: date
    kind: LineKind
    text: str
    due_at: datetime | None = None

    @property
    def days(self) -> str:
        """2026-10-10(周六), or a run of days."""
        return in_words(self.first) + (f"至{in_words(self.last)}" if self.last > self.first else "")

    def __str__(self) -> str:
        return f"{self.days} {self.text}"


@dataclass(frozen=True)
class Explanation:
    """Lines that end with the due time, and the years whose notice may still move it."""

    lines: tuple[Line, ...]
    due: Due
    awaited: tuple[int, ...]


def explain(
    start: datetime,
    limit: Limit,
    calendar: Calendar,
    hours: OfficeHours = DEFAULT_HOURS,
    changes: Iterable[Extended | Paused] = (),
) -> Explanation:
    """How a limit that starts at `start` comes to its end, by what was added while it ran, one after the other.

    The days are walked one by one, not taken from `due`, so that each of the two can be checked by the other.
    """
    walk, start = _Walk(calendar, hours), local(start)
    end = walk.began(start, limit)
    for change in changes:
        walk.was_to_end(end)
        end = walk.extended(end, change) if isinstance(change, Extended) else walk.paused(end, change)
    walk.ends(end)
    awaited = calendar.awaited(start.date(), end.date())
    return Explanation(tuple(walk.lines), Due(end, bool(awaited)), awaited)


def in_words(day: date) -> str:
    """2026-10-10(周六): the weekday matters where a Saturday is worked."""
    return f"{day}(周{WEEKDAYS[day.weekday()]})"


@dataclass
class _Walk:
    """The lines so far; each step of a count adds its own."""

    calendar: Calendar
    hours: OfficeHours
    lines: list[Line] = field(default_factory=list)

    def began(self, start: datetime, limit: Limit) -> datetime:
        day, first = start.date(), acted_on(start, self.hours)
        words = "自下一次开始办公起计" if limit.unit is Unit.WORKING_HOURS else f"视为次日{in_words(first)}办理"
        if first != day:
            self._say(day, LineKind.START, f"{_clock(start)}起算;{_clock(at(day, self.hours.closing))}后办理,{words}")
        elif limit.unit in (Unit.WORKING_HOURS, Unit.SAME_DAY):
            self._say(day, LineKind.START, f"{_clock(start)}起算")
        else:
            self._say(day, LineKind.START, f"{_clock(start)}起算;起始日不计入(民法典第201条)")
        if first != day and limit.unit not in (Unit.WORKING_HOURS, Unit.SAME_DAY):
            self._say(first, LineKind.START, "视为办理之日;起始日不计入(民法典第201条)")
        return self._counted(start, limit)

    def extended(self, end: datetime, change: Extended) -> datetime:
        granted = f"延期{change.limit.in_words}({_moment(change.at)}批准)"
        self._say(end.date(), LineKind.CHANGED, f"{granted},自原期限起算,原期限之日不计入")
        return self._counted(end, change.limit)

    def paused(self, end: datetime, change: Paused) -> datetime:
        paused_at, resumed_at = local(change.at), local(change.until)
        day, until = paused_at.date(), max(paused_at, resumed_at).date()
        span = f"{_moment(paused_at)}至{_moment(resumed_at)}中止计时"
        if paused_at >= end:
            self._say(day, LineKind.CHANGED, f"{span};开始时期限已满,期限不变", until)
            return end
        if working_time_between(paused_at, resumed_at, self.calendar, self.hours) <= NOTHING:
            self._say(day, LineKind.CHANGED, f"{span};其间没有办公时间,期限不变", until)
            return end
        left = working_time_between(paused_at, end, self.calendar, self.hours)
        self._say(day, LineKind.CHANGED, f"{span},中止期间不计;中止时尚余{_length(left)}办公时间,恢复后接着计", until)
        return at(self._by_half_days(resumed_at, left, by_days=True).date(), self.hours.closing)

    def was_to_end(self, end: datetime) -> None:
        self._say(end.date(), LineKind.CHANGED, f"期限原为当日{_clock(end)}")

    def ends(self, end: datetime) -> None:
        self._say(end.date(), LineKind.DUE, f"当日{_clock(end)}截止", due_at=end)

    def _counted(self, start: datetime, limit: Limit) -> datetime:
        if limit.unit is Unit.WORKING_HOURS:
            return self._by_half_days(start, timedelta(hours=limit.amount))
        day = acted_on(start, self.hours)
        match limit.unit:
            case Unit.WORKING_DAYS:
                day = self._by_working_days(day, limit.amount)
            case Unit.NATURAL_DAYS:
                for n in range(1, limit.amount + 1):
                    day += ONE_DAY
                    self._say(day, LineKind.COUNTED, f"第{n}日(按自然日计)")
                day = self._rolled(day)
            case Unit.MONTHS:
                day = self._rolled(self._by_months(day, limit))
            case Unit.SAME_DAY:
                day = self._rolled(day)
        return at(day, self.hours.closing)

    def _by_working_days(self, day: date, amount: int) -> date:
        n = 0
        while n < amount:
            day += ONE_DAY
            if self.calendar.is_working_day(day):
                n += 1
                self._say(day, LineKind.COUNTED, f"第{n}个工作日{self._why_worked(day)}")
            else:
                day = self._rest(day, "不计")
        return day

    def _by_months(self, day: date, limit: Limit) -> date:
        last = add_months(day, limit.amount)
        same = last.day == day.day
        words = f"{limit.in_words}后的对应日" if same else f"{limit.in_words}后的月份没有{day.day}日,以月末为最后一日"
        self._say(last, LineKind.COUNTED, f"{words}(民法典第202条)")
        return last

    def _rolled(self, day: date) -> date:
        if self.calendar.is_working_day(day):
            return day
        while not self.calendar.is_working_day(day):
            day = self._rest(day, "期限不在休息日届满") + ONE_DAY
        self._say(day, LineKind.COUNTED, f"顺延至次日工作日(民法典第203条){self._why_worked(day)}")
        return day

    def _by_half_days(self, start: datetime, left: timedelta, *, by_days: bool = False) -> datetime:
        """The walk through half-days of office hours, or whole days, to the first moment at which nothing is left."""
        day = start.date()
        while True:
            if not self.calendar.is_working_day(day):
                day = self._rest(day, "不计") + ONE_DAY
                continue
            if by_days and start <= at(day, self.hours.opening) and left >= self.hours.a_day:
                left -= self.hours.a_day
                self._say(day, LineKind.COUNTED, f"全天 计{_length(self.hours.a_day)}{self._why_worked(day)}")
                if not left:
                    return at(day, self.hours.closing)
                day += ONE_DAY
                continue
            for name, (opens, closes) in (("上午", self.hours.morning), ("下午", self.hours.afternoon)):
                begin, end = max(start, at(day, opens)), at(day, closes)
                if begin < end:
                    end = min(end, begin + left)
                    left -= end - begin
                    length = _length(end.replace(microsecond=0) - begin.replace(microsecond=0))
                    words = f"{name}{_clock(begin)}至{_clock(end)} 计{length}{self._why_worked(day)}"
                    self._say(day, LineKind.COUNTED, words)
                if not left:
                    return end
            day += ONE_DAY

    def _rest(self, day: date, so: str) -> date:
        """One line for all rest days from this one on that have the same reason; the last of them."""
        why, first, weekdays = self._why_rested(day), day, {WEEKDAYS[day.weekday()]}
        while not self.calendar.is_working_day(day + ONE_DAY) and self._why_rested(day + ONE_DAY) == why:
            day += ONE_DAY
            weekdays.add(WEEKDAYS[day.weekday()])
        weekend = "、".join(f"周{each}" for each in sorted(weekdays, key=WEEKDAYS.index))
        self._say(first, LineKind.SKIPPED, f"{why.format(weekend=weekend)},{so}", day)
        return day

    def _why_rested(self, day: date) -> str:
        notice = self.calendar.notice_on(day)
        if notice is None:
            return "{weekend}" + self._tentative(day)
        return f"{notice.holidays[day]}放假{self._source(notice.doc_no, day)}"

    def _why_worked(self, day: date) -> str:
        notice = self.calendar.notice_on(day)
        return f",补班{self._source(notice.doc_no, day)}" if notice else self._tentative(day)

    def _source(self, doc_no: str | None, day: date) -> str:
        return f"({doc_no})" if doc_no else self._tentative(day)

    def _tentative(self, day: date) -> str:
        awaited = self.calendar.awaited(day, day)
        return f"(尚无{awaited[0]}年放假通知·暂定)" if awaited else ""

    def _say(
        self, first: date, kind: LineKind, text: str, last: date | None = None, due_at: datetime | None = None
    ) -> None:
        self.lines.append(Line(first, last or first, kind, text, due_at))


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _moment(moment: datetime) -> str:
    moment = local(moment)
    return f"{moment.date()} {_clock(moment)}"


def _length(time: timedelta) -> str:
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "小时"), (minutes, "分"), (seconds, "秒"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount) or "不足1秒"
