"""Regions by their codes: GB/T 2260, with a suffix for functional zones."""


def is_city(org: str) -> bool:
    """Whether a region code is a whole city's: six digits that end in 00."""
    return len(org) == 6 and org.endswith("00")


def city_of(org: str) -> str:
    """The city that a body belongs to; a city is its own."""
    return f"{org[:4]}00"
