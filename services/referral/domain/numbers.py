"""交办单编号: one row of numbers per window and year, without gaps."""

import re

from shared.contracts.errors import Conflict, Refused

MAIN_WINDOW, USUAL = "W1", "汴纪监窗交"
_PREFIX = re.compile(r"[\u4e00-\u9fff()]{2,20}")
_NUMBER = re.compile(r"〔(\d{4})〕(\d+)号$")


def order_number(window_id: str, city: str, year: int, serial: int, prefix: str | None = None) -> str:
    """`汴纪监窗交〔2026〕45号`; a window without a prefix of its own shows its code: no two papers alike."""
    return f"{prefix or usual_prefix(window_id, city)}〔{year}〕{serial}号"


def usual_prefix(window_id: str, city: str) -> str:
    """What numbers begin with where nothing was set."""
    return USUAL if window_id == f"{city}-{MAIN_WINDOW}" else f"{USUAL}({window_id})"


def require_prefix(prefix: str, window_id: str, city: str, holder: str | None) -> str:
    """文号前缀 of a window, like 杞纪监窗交: no other window's numbers may look like it."""
    if not _PREFIX.fullmatch(prefix):
        raise Refused("order_prefix.form", "文号前缀为2至20个汉字(可带圆括号),不含年份和序号,例如:杞纪监窗交")
    if prefix.startswith(USUAL) and prefix != usual_prefix(window_id, city):
        raise Refused("order_prefix.reserved", f"“{USUAL}”开头的文号留给市级窗口和未设置前缀的窗口,请换一个")
    if holder not in (None, window_id):
        raise Conflict("order_prefix.taken", "其他窗口已使用这个文号前缀,两个窗口的文号不能相同")
    return prefix


def year_and_serial(order_no: str) -> tuple[int, int]:
    """The inverse of `order_number`, without its mark."""
    found = _NUMBER.search(order_no)
    if found is None:
        raise ValueError(f"no order number: {order_no}")
    return int(found[1]), int(found[2])
