"""Which columns are sealed, under which key and bound to what: taken apart once, sealed anew in every copy.

A column of bytes that is neither here nor an event's body stops the filling: it would be copied unreadable.
"""

import base64
import binascii
import contextlib
from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag

from shared.store.vault import Vault


class Place(NamedTuple):
    """A column."""

    service: str
    table: str
    column: str


KEYS = {
    "intake": Place("intake", "reporter", "data_key"),
    "triage": Place("triage", "assessment", "data_key"),
    "referral": Place("referral", "matter", "data_key"),
}
# What the text is bound to; the id that follows is the matter's, or that of the row where a column is named.
SEALED: dict[Place, tuple[str, str | None]] = {
    Place("intake", "reporter", "sealed_identity"): ("intake.matter.identity", None),
    Place("intake", "matter", "sealed_title"): ("intake.matter.title", None),
    Place("intake", "matter", "sealed_content"): ("intake.matter.content", None),
    Place("intake", "record", "sealed_words"): ("intake.matter.record", None),
    Place("referral", "orders", "words"): ("referral.words", "order_id"),
}
# Texts sealed inside JSON, in base64.
INNER: dict[str, tuple[str, ...]] = {
    "triage": ("triage.assessment.note", "triage.assessment.reason", "triage.assessment.opinion")
}
# Hashes of what is the same in every copy.
SAME = {Place("intake", "contact", "mark"), Place("intake", "search", "marks"), Place("intake", "query_code", "mark")}
BODIES = {("outbox", "payload"), ("entry", "value")}


def opened_inner(vault: Vault, key: bytes, service: str, matter: str, text: bytes) -> tuple[str, str] | None:
    """A text sealed in base64 and what it is bound to; None if no place is known to which it is bound."""
    try:
        sealed = base64.b64decode(text, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    for bound in INNER[service]:
        with contextlib.suppress(InvalidTag):
            return vault.open(key, sealed, f"{bound}:{matter}"), bound
    return None


def sealer(vault: Vault, key: int, bound: str, to: int, words: Callable[[list[bytes]], bytes]) -> Callable[..., bytes]:
    """A maker that seals words under the key in one slot, bound to the id in another."""

    def make(_draw: object, values: list[bytes]) -> bytes:
        return vault.seal(values[key], words(values), f"{bound}:{values[to].decode()}")

    return make


def in_base64(seal: Callable[..., bytes]) -> Callable[..., bytes]:
    """What `seal` makes, as it stands in JSON."""
    return lambda draw, values: base64.urlsafe_b64encode(seal(draw, values))
