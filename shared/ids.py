"""One kind of id everywhere: UUIDv7, so that ids sort by the time they were made."""

from hashlib import blake2b
from uuid import UUID

import uuid_utils.compat

MAX_PLACE = 2**12


def new_id() -> UUID:
    """A new UUIDv7."""
    return uuid_utils.compat.uuid7()


def derived_id(cause: str, *parts: str | bytes, place: int = 0) -> UUID:
    """The id of what follows from `cause`: the same whenever it is made again, with the cause's time where it has one.

    Several things that follow from one cause sort by `place`.
    """
    digest = blake2b(digest_size=16)
    for part in (cause, place.to_bytes(2), *parts):
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(4) + data)
    drawn = int.from_bytes(digest.digest())
    time = _time_of(cause)
    bits = (drawn >> 80 if time is None else time) << 80
    bits |= 0x7 << 76 | (place % MAX_PLACE) << 64 | 0b10 << 62 | drawn & (2**62 - 1)
    return UUID(int=bits)


def _time_of(cause: str) -> int | None:
    try:
        return UUID(cause).int >> 80
    except ValueError:
        return None
