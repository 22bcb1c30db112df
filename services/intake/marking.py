"""By what a matter is found without being readable: pairs of characters as keyed hashes, without their places.

The key changes every twelve days, so that what is frequent does not show over the years; that also tells the search
where the newest are. Window and body are marked like words.
"""

from collections.abc import Iterable
from hashlib import blake2b
from uuid import UUID

from services.intake.domain.form import Content
from services.intake.domain.search import pairs
from shared.store.vault import Vault

_SPAN = 30  # 2**30 milliseconds
_TIME = 80  # the bits of a UUIDv7 behind its time


def span_of(matter_id: UUID) -> int:
    """The twelve days in which a matter was entered."""
    return matter_id.int >> _TIME + _SPAN


def marks(vault: Vault, span: int, words: Iterable[str]) -> list[int]:
    """What stands in the index for pairs of characters, or for a window or body."""
    key = vault.blind(f"search {span}")
    return [int.from_bytes(blake2b(word.encode(), digest_size=4, key=key).digest(), signed=True) for word in words]


def of_matter(vault: Vault, matter_id: UUID, org_code: str, window_id: str, content: Content) -> list[int]:
    """Everything a matter is found by: title and facts, its window and body."""
    words = {of_org(org_code), of_window(window_id), *pairs(content.title, content.facts or "")}
    return marks(vault, span_of(matter_id), words)


def of_window(window_id: str) -> str:
    """A window as if it were a word; no pair of characters has a colon."""
    return f"window:{window_id}"


def of_org(org_code: str) -> str:
    """A body as if it were a word."""
    return f"org:{org_code}"
