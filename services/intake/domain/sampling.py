"""抽查回访: which matters settled on the spot are called back after their end (handbook 3.2 T03).

Every matter that was ordered out is called back anyway. The draw can be repeated by anybody who knows its seed: of the
day's matters those whose SHA-256 of seed and id, as text, is lowest.
"""

import hashlib
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from shared.contracts.errors import Refused

ONE_IN = 10  # T03: at least ten in a hundred


def drawn(matters: Collection[UUID], seed: UUID) -> list[UUID]:
    """One in ten of the matters, rounded up."""
    ranked = sorted(matters, key=lambda matter: hashlib.sha256(f"{seed}{matter}".encode()).digest())
    return ranked[: -(-len(ranked) // ONE_IN)]


def require_over(day: date, now: datetime) -> None:
    """A day is drawn from when it is over: what is settled later on it would have no chance."""
    if day >= now.date():
        raise Refused("draw.day_not_over", "当日事项尚未全部登记,请次日起抽取")
