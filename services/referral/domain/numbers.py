"""交办单编号: one row of numbers per window and year, without gaps."""

import re

MAIN_WINDOW = "W1"
_NUMBER = re.compile(r"〔(\d{4})〕(\d+)号$")


def order_number(window_id: str, city: str, year: int, serial: int) -> str:
    """`汴纪监窗交〔2026〕45号`; every window but the city's first shows its code: no two papers alike."""
    mark = "" if window_id == f"{city}-{MAIN_WINDOW}" else f"({window_id})"
    return f"汴纪监窗交{mark}〔{year}〕{serial}号"


def year_and_serial(order_no: str) -> tuple[int, int]:
    """The inverse of `order_number`, without its mark."""
    found = _NUMBER.search(order_no)
    if found is None:
        raise ValueError(f"no order number: {order_no}")
    return int(found[1]), int(found[2])
