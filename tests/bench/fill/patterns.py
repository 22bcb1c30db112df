"""Bytes with places that are new in every copy: what is fixed is written once, the places are looked up by number.

A slot is one such place: an id, a moment, a number, a sealed text. Its maker is called once for each copy.
"""

import re
import struct
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter

Values = list[bytes]
Part = bytes | int  # fixed bytes, or the number of a slot


@dataclass(slots=True)
class Draw:
    """What is new about one copy of a template."""

    shift: timedelta
    micros: int
    millis: int  # when the copy's matter is registered
    day: date
    period: bytes
    register_no: bytes
    order_nos: Sequence[bytes]
    title: bytes
    ids: bytes = b""
    id_texts: str = ""


Make = Callable[[Draw, Values], bytes]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place and how to make its bytes; `flexible`: their number differs from copy to copy."""

    number: int
    make: Make | None
    flexible: bool = False


class Slots:
    """The slots of one template, in the order in which they are made."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Slot] = {}
        self.all: list[Slot] = []

    def of(self, key: Hashable, make: Make | None, flexible: bool = False) -> int:
        """The slot that `key` stands for, made when it is asked for first."""
        slot = self._known.get(key)
        if slot is None:
            slot = self._known[key] = Slot(len(self.all), make, flexible)
            self.all.append(slot)
        return slot.number

    def is_flexible(self, parts: Sequence[Part]) -> bool:
        """Whether the length of these parts differs from copy to copy."""
        return any(isinstance(part, int) and self.all[part].flexible for part in parts)

    def framed(self, key: Hashable, parts: Sequence[Part]) -> int:
        """A slot of these parts behind their length, as PostgreSQL's binary rows and audit's leaves have it."""
        render = pattern(parts)

        def make(_draw: Draw, values: Values) -> bytes:
            data = render(values)
            return struct.pack(">i", len(data)) + data

        return self.of(key, make, self.is_flexible(parts))

    def made(self, draw: Draw) -> Values:
        """All slots for one copy; those without a maker are left empty."""
        values = [b""] * len(self.all)
        for slot in self.all:
            if slot.make is not None:
                values[slot.number] = slot.make(draw, values)
        return values


def pattern(parts: Sequence[Part]) -> Callable[[Values], bytes]:
    """A function from the values of the slots to the bytes."""
    numbers = [part for part in parts if isinstance(part, int)]
    text = b"".join(b"%b" if isinstance(part, int) else part.replace(b"%", b"%%") for part in parts)
    if not numbers:
        fixed = b"".join(part for part in parts if isinstance(part, bytes))
        return lambda _values: fixed
    if len(numbers) == 1:
        only = numbers[0]
        return lambda values: text % (values[only],)
    chosen = itemgetter(*numbers)
    return lambda values: text % chosen(values)


UUID_TEXT = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
MOMENT_TEXT = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"  # fraction and zone stay: moments move by whole seconds
DAY_TEXT = rb"\d{4}-\d\d-\d\d(?!T)"


def moment_text(text: bytes) -> Make:
    """A moment in a text, moved with its matter."""
    base = datetime.fromisoformat(text.decode())
    return lambda draw, _values: (base + draw.shift).isoformat().encode()


def day_text(text: bytes) -> Make:
    """A day in a text, moved with its matter."""
    base = date.fromisoformat(text.decode())
    return lambda draw, _values: (base + draw.shift).isoformat().encode()


def moment_micros(field: bytes) -> Make:
    """A moment as PostgreSQL sends it, moved with its matter."""
    (base,) = struct.unpack(">q", field)
    pack = struct.Struct(">q").pack
    return lambda draw, _values: pack(base + draw.micros)


def split(data: bytes, tokens: "re.Pattern[bytes]", slot_of: Callable[[bytes], Part]) -> list[Part]:
    """Cut bytes at their tokens."""
    parts: list[Part] = []
    at = 0
    for found in tokens.finditer(data):
        parts += (data[at : found.start()], slot_of(found[0]))
        at = found.end()
    return [*parts, data[at:]]
