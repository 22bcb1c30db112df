"""交办单编号: one row of numbers per window and year, without gaps."""

MAIN_WINDOW = "W1"


def order_number(window_id: str, city: str, year: int, serial: int) -> str:
    """`汴纪监窗交〔2026〕45号`; every window but the city's first shows its code: no two papers alike."""
    mark = "" if window_id == f"{city}-{MAIN_WINDOW}" else f"({window_id})"
    return f"汴纪监窗交{mark}〔{year}〕{serial}号"
