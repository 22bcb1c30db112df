"""What a leaf of the log is: the envelope of an event and its bytes, in one canonical form.

    count of headers · (length · name · length · value) for each header by name · length · body

Lengths and the count are unsigned, four bytes, big endian. Nothing is parsed: what came is what is kept.
"""

import base64
from collections.abc import Mapping, Sequence
from operator import itemgetter
from struct import Struct

Header = tuple[str, bytes]
Kept = str | Mapping[str, str]  # text, or {"base64": …} for bytes that are no text a database takes

_LENGTH = Struct(">I").pack


def kept_headers(headers: Sequence[tuple[str, bytes | None]]) -> list[Header]:
    """The headers that belong to the event, by name; two of one name keep their order."""
    kept = [(name, value or b"") for name, value in headers if name.startswith("ce_") or name == "content-type"]
    return sorted(kept, key=itemgetter(0))


def leaf_bytes(headers: Sequence[Header], body: bytes) -> bytes:
    """The canonical bytes of an event; `headers` as `kept_headers` gives them."""
    parts = [_LENGTH(len(headers))]
    for name, value in headers:
        raw = name.encode()
        parts += (_LENGTH(len(raw)), raw, _LENGTH(len(value)), value)
    parts += (_LENGTH(len(body)), body)
    return b"".join(parts)


def headers_to_json(headers: Sequence[Header]) -> list[tuple[Kept, Kept]]:
    """Headers for a JSON column: readable where they are text, and never losing a byte."""
    return [(name if "\0" not in name else _to_json(name.encode()), _to_json(value)) for name, value in headers]


def headers_from_json(kept: Sequence[Sequence[Kept]]) -> list[Header]:
    """The inverse of `headers_to_json`; raises ValueError for what it never wrote."""
    return [(_from_json(name).decode(), _from_json(value)) for name, value in kept]


def _to_json(raw: bytes) -> Kept:
    if b"\0" not in raw:  # PostgreSQL's text has no room for it
        try:
            return raw.decode()
        except UnicodeDecodeError:
            pass
    return {"base64": base64.b64encode(raw).decode()}


def _from_json(kept: Kept) -> bytes:
    if isinstance(kept, str):
        return kept.encode()
    if not isinstance(kept, Mapping) or set(kept) != {"base64"}:
        raise ValueError("not a kept header")
    return base64.b64decode(kept["base64"], validate=True)
