"""重复反映: which matters look like the one that is about to be registered (handbook 3.2 T23).

Only suggested: whether two are the same, people decide, and the duty leader confirms the merger.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.intake.domain.search import pairs

WITHIN = timedelta(days=90)
ALIKE = 0.5  # of the pairs of characters in both titles


class Sign(StrEnum):
    """What two matters have in common."""

    PHONE = "PHONE"
    ITEM = "ITEM"
    TITLE = "TITLE"


@dataclass(frozen=True, slots=True)
class Marks:
    """What a matter is compared by."""

    item_code: str | None
    title: str | None


def signs(new: Marks, known: Marks, same_phone: bool) -> list[Sign]:
    """What speaks for the same matter; the same item alone does not, it is asked for every day."""
    found = [Sign.PHONE] if same_phone else []
    same_item = new.item_code is not None and new.item_code == known.item_code
    similar = likeness(new.title or "", known.title or "") >= ALIKE
    if similar or (same_phone and same_item):
        found += [Sign.ITEM] * same_item + [Sign.TITLE] * similar
    return found


def likeness(one: str, other: str) -> float:
    """Dice's coefficient over pairs of neighbouring characters, from 0 to 1; punctuation and width do not matter."""
    here, there = pairs(one), pairs(other)
    return 2 * len(here & there) / (len(here) + len(there)) if here and there else 0.0
