"""登记簿: register numbers, gap-free per window and year, never used twice."""

import re
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.codes import WindowLevel
from shared.contracts.errors import Refused
from shared.workdays import ZONE

# 字: what a window's numbers begin with, another for each window; county windows name their own.
USUAL_MARKS = {WindowLevel.CITY: "汴监窗", WindowLevel.ZONE: "汴区监窗"}
_NUMBER = re.compile(r"〔(\d{4})〕(\d+)号$")
_READ_OUT = re.compile(r"(?:\D*(\d{4})\D+)?(\d{1,6})号?")
_MARK = re.compile(r"[\u4e00-\u9fff]{2,10}")


@dataclass(frozen=True, slots=True)
class LateEntry:
    """补录: a page of the paper register, filled in while the network was away (handbook 8, 39 and 45)."""

    year: int
    number: int
    written_at: datetime
    reason: str

    def checked(self, reserved_at: datetime, now: datetime) -> "LateEntry":
        """The entry with its time in +08:00, or what is wrong with it: it was written after the page was given out."""
        if self.written_at > now:
            raise Refused("late.in_future", "纸质登记时间不能晚于现在,请核对")
        if self.written_at < reserved_at:
            raise Refused("late.before_reserved", "纸质登记时间早于该编号预留的时间,请核对编号和时间")
        return LateEntry(self.year, self.number, self.written_at.astimezone(ZONE), self.reason)


def register_number(mark: str, year: int, number: int) -> str:
    """A window's n-th number of a year, e.g. `汴监窗〔2026〕000123号`."""
    return f"{mark}〔{year}〕{number:06d}号"


def checked_mark(mark: str) -> str:
    """The mark, if it can begin register numbers."""
    if not _MARK.fullmatch(mark):
        raise Refused("window.mark_invalid", "登记编号的“字”须为2至10个汉字,例如“汴监窗”")
    return mark


def year_and_number(register_no: str) -> tuple[int, int]:
    """The inverse of `register_number`, without its mark."""
    found = _NUMBER.search(register_no)
    if found is None:
        raise ValueError(f"no register number: {register_no}")
    return int(found[1]), int(found[2])


def read_out(said: str, this_year: int) -> list[tuple[int, int]]:
    """The years and numbers that somebody may mean who says `2026-123`, or `123` of this year or the last."""
    found = _READ_OUT.fullmatch(said.strip())
    if found is None:
        return []
    years = [int(found[1])] if found[1] else [this_year, this_year - 1]
    return [(year, int(found[2])) for year in years]
