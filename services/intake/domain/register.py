"""登记簿: register numbers, gap-free per window and year, never used twice."""

import re

from shared.contracts.codes import WindowLevel
from shared.contracts.errors import Refused

# 字: what a window's numbers begin with, another for each window; county windows name their own.
USUAL_MARKS = {WindowLevel.CITY: "汴监窗", WindowLevel.ZONE: "汴区监窗"}
_NUMBER = re.compile(r"〔(\d{4})〕(\d+)号$")
_MARK = re.compile(r"[\u4e00-\u9fff]{2,10}")


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
