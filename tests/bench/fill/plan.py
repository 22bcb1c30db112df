"""What is new in each copy: its day in the last twelve months, its numbers, its ids, its title."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from bancheng.demo.identities import FIRST_PERIOD
from bancheng.demo.seed import LENGTH, period_id
from shared.workdays import ZONE, builtin_calendar
from tests.bench.fill.patterns import Draw
from tests.bench.fill.templates import Template

PERIODS = 26  # fortnights back: the last twelve months
MORNING = 2.5 * 3600  # seconds after the template's time of day: still office hours, still the morning
ORDERED = 0.08
Numbers = dict[tuple[str, int], int]  # the last one given, by window and year

_THINGS = (
    "不动产登记",
    "公积金提取",
    "医保报销",
    "执照变更",
    "规划许可",
    "房屋过户",
    "户口迁移",
    "施工许可",
    "税务注销",
)
_TROUBLES = ("多次往返未办成", "材料要求前后不一", "窗口相互推诿", "超过承诺时限仍未办结", "系统里查不到申请")
_YEAR_AND_NUMBER = re.compile(r"〔\d{4}〕(\d+)号$")
_RANDOM = (1 << 32) - 1  # what is above it in a UUIDv7 keeps the order of ids made in one millisecond


def periods_before(first: date = FIRST_PERIOD) -> list[date]:
    """The first days of the duty periods of the last twelve months, the latest first."""
    return [first - LENGTH * back for back in range(1, PERIODS + 1)]


def title(number: int) -> str:
    """One of a few dozen invented titles."""
    return f"{_THINGS[number % len(_THINGS)]}{_TROUBLES[number // len(_THINGS) % len(_TROUBLES)]}"


class Ids:
    """New ids for a template's: UUIDv7 of the copy's own time, in the order of the template's."""

    def __init__(self, ids: Sequence[UUID], first: UUID, chance: random.Random) -> None:
        self._count, self._chance = len(ids), chance
        self._times = self._fixed = self._drawn = 0
        for place, each in enumerate(reversed(ids)):
            at = 128 * place
            if each.version == 7:
                since = (each.int >> 80) - (first.int >> 80)
                self._times |= 1 << at + 80
                self._fixed += (since << 80 | each.int & (1 << 80) - 1 & ~_RANDOM) << at
                self._drawn |= _RANDOM << at
            else:
                self._drawn |= ((1 << 128) - 1) << at

    def draw(self, millis: int) -> bytes:
        """All new ids in a row."""
        drawn = self._chance.getrandbits(128 * self._count) & self._drawn
        return (self._times * millis + self._fixed + drawn).to_bytes(16 * self._count)


class Plan:
    """Draws the copies in the order of their time."""

    def __init__(self, templates: Sequence[Template], matters: int, registered: Numbers, issued: Numbers) -> None:
        self._chance = random.Random(matters)
        self._matters, self.registered, self.issued = matters, registered, issued
        last = min(template.at for template in templates).astimezone(ZONE).date()
        self._days = _working_days(periods_before()[-1], last)
        self._by_kind = [[t for t in templates if t.ordered is kind] for kind in (False, True)]
        self._ids = {id(t): Ids(t.ids, t.matter, self._chance) for t in templates}

    def ordered(self, number: int) -> bool:
        """Whether the n-th matter goes to a unit: evenly spread, 8 of 100."""
        return int((number + 1) * ORDERED) > int(number * ORDERED)

    def draws(self, first: int, last: int) -> Iterator[tuple[Template, Draw]]:
        """The copies from one number up to another."""
        for number in range(first, last):
            template = self._chance.choice(self._by_kind[self.ordered(number)])
            yield template, self._draw(template, number)

    def _draw(self, template: Template, number: int) -> Draw:
        at = number * len(self._days) / self._matters
        day = self._days[int(at)]
        shift = timedelta(
            days=(day - template.at.astimezone(ZONE).date()).days, seconds=int(at % 1 * MORNING)
        )  # fmt: skip
        moment = template.at + shift
        millis = int(moment.timestamp() * 1000)
        register_no = _numbered(template.register_no, template.window, day.year, self.registered)
        orders = [_numbered(given, template.window, day.year, self.issued) for given in template.order_nos]
        ids = self._ids[id(template)].draw(millis)
        period = period_id(template.window, _period_start(day)).encode()
        micros = shift // timedelta(microseconds=1)
        return Draw(shift, micros, millis, day, period, register_no, orders, title(number).encode(), ids, ids.hex())


def _numbered(given: bytes, window: str, year: int, last: Numbers) -> bytes:
    """The next number in the form of a given one."""
    text = given.decode()
    found = _YEAR_AND_NUMBER.search(text)
    assert found is not None, text
    number = last[window, year] = last.get((window, year), 0) + 1
    width = len(found[1]) if found[1].startswith("0") else 1
    return f"{text[: found.start()]}〔{year}〕{number:0{width}d}号".encode()


def _working_days(first: date, last: date) -> list[date]:
    calendar = builtin_calendar()
    days = (first + timedelta(days=number) for number in range((last - first).days))
    return [day for day in days if calendar.is_working_day(day)]


def _period_start(day: date) -> date:
    return FIRST_PERIOD + (day - FIRST_PERIOD) // LENGTH * LENGTH


def starting(rows: Sequence[Mapping[str, int | str]], value: str) -> Numbers:
    """Counters as a service keeps them."""
    return {(str(row["window_id"]), int(row["year"])): int(row[value]) for row in rows}
