"""A matter that went through the real services, as every row it left, taken apart so that it can be made again.

Nothing here knows what a table means: columns are treated by their type, ids are found by their shape, and what
cannot be treated so (sealed texts, counters, the hashes of audit's log) is named in `sealing` and below.
"""

import re
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import orjson

from services.audit.domain import headers_from_json, leaf_bytes
from shared.bus.envelope import source_of, write_headers
from shared.settings import Settings
from shared.store.vault import Vault
from shared.workdays import ZONE
from tests.bench.fill import patterns, sealing
from tests.bench.fill.patterns import Draw, Part, Slots, Values, pattern, split
from tests.bench.fill.rows import Row
from tests.bench.fill.sealing import Place

REVISION = Place("console", "matter", "revision")
LOGGED = ("index", "leaf_hash", "subtrees", "root")
TEXTS = {"text", "varchar", "jsonb", "_text"}
FIXED = {"int2", "int4", "int8", "bool", "time"}
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST = {"outbox": "position", "entry": "index"}  # tables whose rows have an order
_UUIDS = re.compile(patterns.UUID_TEXT)
_INNER = rb'(?<=")[A-Za-z0-9_+/\-]{40,}={0,2}(?=")'
Render = Callable[[Values], bytes]


class Strange(TypeError):
    """A column that cannot be copied truly: the layout has changed, and `sealing` or `templates` must say how."""


class Counters:
    """The next value of every column that counts, by service and column."""

    def __init__(self, starts: Mapping[Place, int]) -> None:
        self.next = {place: count(start) for place, start in starts.items()}
        self.starts = dict(starts)


@dataclass(frozen=True)
class EntryMaker:
    """An entry of audit's log: what its hash is over, and its row once the hashes are known."""

    head: Render
    body: int
    row: Render


@dataclass(frozen=True)
class RecordMaker:
    """A record of a topic; a header is fixed or in a slot."""

    topic: str
    body: int
    headers: Sequence[tuple[str, bytes, int | None]]


@dataclass
class Template:
    """One matter's rows as functions of what is new."""

    matter: UUID
    window: str
    ordered: bool
    at: datetime
    period: bytes
    register_no: bytes
    order_nos: list[bytes]
    ids: list[UUID]
    slots: Slots = field(default_factory=Slots)
    tables: dict[tuple[str, str], Render] = field(default_factory=dict)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    entries: list[EntryMaker] = field(default_factory=list)
    records: list[RecordMaker] = field(default_factory=list)
    key: int = 0
    logged: dict[str, int] = field(default_factory=dict)


class Holding:
    """Rows by the ids in them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_id: dict[UUID, list[tuple[Row, set[UUID]]]] = defaultdict(list)
        for row in rows:
            found = _ids(row)
            for each in found:
                self._by_id[each].append((row, found))

    def of(self, matter: UUID) -> tuple[list[Row], list[UUID]]:
        """The rows that belong to a matter, and the ids in them: what names it, what is named there, and so on."""
        chosen: dict[int, Row] = {}
        known, new = {matter}, [matter]
        while new:
            for row, found in self._by_id[new.pop()]:
                if id(row) not in chosen:
                    chosen[id(row)] = row
                    new += found - known
                    known |= found
        return list(chosen.values()), sorted(known)


def _ids(row: Row) -> set[UUID]:
    found: set[UUID] = set()
    for column, data in zip(row.columns, row.fields, strict=True):
        if data and column.type == "uuid":
            found.add(UUID(bytes=data))
        elif data:
            found |= {UUID(text.decode()) for text in _UUIDS.findall(data)}
    return found


class Compiler:
    """Makes a template of a matter's rows."""

    def __init__(self, vault: Vault, counters: Counters, title: str, rows: Sequence[Row], ids: list[UUID]) -> None:
        self._vault, self._counters, self._title = vault, counters, title.encode()
        self._source = {row.service: source_of(Settings.model_fields["region"].default, row.service) for row in rows}
        (self._matter,) = (row for row in rows if (row.service, row.table) == ("intake", "matter"))
        self._id = UUID(bytes=self._matter["matter_id"] or b"")
        self._rows = sorted(rows, key=lambda row: row.number(_FIRST[row.table]) if row.table in _FIRST else 0)
        issued = sorted({row.text("order_no") for row in rows if (row.service, row.table) == ("referral", "orders")})
        self._keys = {
            service: next((row[place.column] for row in rows if (row.service, row.table) == place[:2]), None)
            for service, place in sealing.KEYS.items()
        }
        at = _moment(self._matter["registered_at"])
        self.made = Template(
            self._id, self._matter.text("window_id"), bool(issued), at, self._matter["period_id"] or b"",
            self._matter["register_no"] or b"", [number.encode() for number in issued], ids,
        )  # fmt: skip
        self._number = {each: place for place, each in enumerate(ids)}
        self._slots = self.made.slots
        self._words = self._named()
        alternatives = [re.escape(word) for word in self._words]
        alternatives += [patterns.UUID_TEXT, patterns.MOMENT_TEXT]
        last = rb"%b(?!T)" % re.escape(str(at.astimezone(ZONE).date()).encode())
        self._tokens = re.compile(b"|".join([*alternatives, last]))
        self._tokens_inner = re.compile(b"|".join([*alternatives, _INNER, last]))

    def template(self) -> Template:
        """Take every row apart."""
        made = self.made
        made.key = self._id_text(self._id)
        made.logged = {name: self._slots.of(("logged", name), None, name == "subtrees") for name in LOGGED}
        parts: dict[tuple[str, str], list[Part]] = defaultdict(list)
        for row in self._rows:
            at = row.service, row.table
            made.rows[at] = made.rows.get(at, 0) + 1
            if row.table == "entry":
                made.entries.append(self._entry(row))
            else:
                parts[at] += self._row(row)
                if row.table == "outbox":
                    made.records.append(self._record(row))
        made.tables = {at: pattern(found) for at, found in parts.items()}
        return made

    def _named(self) -> dict[bytes, int]:
        of = self._slots.of
        words = {
            self.made.period: of("period", lambda draw, _values: draw.period),
            self.made.register_no: of("register_no", lambda draw, _values: draw.register_no),
            self._title: of("title", lambda draw, _values: draw.title, True),
        }
        for place, number in enumerate(self.made.order_nos):
            words[number] = of(("order_no", place), lambda draw, _values, place=place: draw.order_nos[place], True)  # type: ignore[misc]
        return words

    def _row(self, row: Row) -> list[Part]:
        parts: list[Part] = [struct.pack(">h", len(row.fields))]
        for column, data in zip(row.columns, row.fields, strict=True):
            place = Place(row.service, row.table, column.name)
            if data is None:
                parts.append(struct.pack(">i", -1))
            elif column.counted or place == REVISION:
                parts += (struct.pack(">i", len(data)), self._counter(place))
            elif row.table == "entry" and column.name == "subtrees":
                parts.append(self.made.logged["subtrees"])
            elif row.table == "entry" and column.name in LOGGED:
                parts += (struct.pack(">i", len(data)), self.made.logged[column.name])
            else:
                parts += self._field(row, place, column.type, data)
        return parts

    def _field(self, row: Row, place: Place, kind: str, data: bytes) -> list[Part]:
        length = struct.pack(">i", len(data))
        if kind in FIXED or place in sealing.SAME:
            return [length, data]
        if kind == "uuid":
            return [length, self._id_raw(UUID(bytes=data))]
        if kind == "timestamptz":
            return [length, self._slots.of(("micros", data), patterns.moment_micros(data))]
        if kind == "bytea":
            return self._bytes(row, place, data)
        if kind not in TEXTS:
            raise Strange(f"{'.'.join(place)} is of the type {kind}")
        parts = self._scan(place.service, data)
        if not self._slots.is_flexible(parts):
            return [length, *parts]
        if kind == "_text":
            raise Strange(f"{'.'.join(place)} holds what differs in length")
        return [self._slots.framed(("framed", place.service, data), parts)]

    def _bytes(self, row: Row, place: Place, data: bytes) -> list[Part]:
        if place[1:] in sealing.BODIES:
            return [self._body(data)]
        if sealing.KEYS.get(place.service) == place:
            return [struct.pack(">i", len(data)), self._key(place.service)]
        if place in sealing.SEALED:
            bound, by = sealing.SEALED[place]
            to = UUID(bytes=row[by] or b"") if by else self._id
            words = self._vault.open(self._key_of(place.service), data, f"{bound}:{to}").encode()
            parts = self._scan(place.service, words)
            sealed = self._slots.of(("sealed", place, data), self._sealer(place.service, bound, to, parts), True)
            return [self._slots.framed(("framed", place, data), [sealed])]
        raise Strange(f"{'.'.join(place)}: nothing says what these bytes are")

    def _entry(self, row: Row) -> EntryMaker:
        headers = headers_from_json(orjson.loads((row["headers"] or b"")[1:]))
        head = self._scan("", leaf_bytes(headers, b"")[:-4])
        return EntryMaker(pattern(head), self._body(row["value"] or b""), pattern(self._row(row)))

    def _record(self, row: Row) -> RecordMaker:
        if row.text("aggregateid") != str(self._id) or row["raw_headers"] is not None:
            raise Strange(f"{row.text('type')} is not about the matter")
        told: dict[str, Any] = {column.name: None for column in row.columns}
        told |= {column.name: row.text(column.name) for column in row.columns if column.type == "text" and
                 row[column.name] is not None}  # fmt: skip
        told |= {"id": UUID(bytes=row["id"] or b""), "occurred_at": _moment(row["occurred_at"]),
                 "sequence": row.number("sequence")}  # fmt: skip
        headers: list[tuple[str, bytes, int | None]] = []
        for name, value in write_headers(told, self._source[row.service]):
            parts = self._scan("", value)
            new = any(isinstance(part, int) for part in parts)
            headers.append((name, value, self._joined(value, parts) if new else None))
        return RecordMaker(row.text("aggregatetype"), self._body(row["payload"] or b""), headers)

    def _scan(self, service: str, data: bytes) -> list[Part]:
        inner = service in sealing.INNER
        return split(data, self._tokens_inner if inner else self._tokens, lambda token: self._slot(service, token))

    def _slot(self, service: str, token: bytes) -> Part:
        if token in self._words:
            return self._words[token]
        if re.fullmatch(patterns.UUID_TEXT, token):
            return self._id_text(UUID(token.decode()))
        if re.fullmatch(patterns.MOMENT_TEXT, token):
            return self._slots.of(("moment", token), patterns.moment_text(token))
        if re.fullmatch(patterns.DAY_TEXT, token):
            return self._slots.of(("day", token), patterns.day_text(token))
        return self._inner(service, token)

    def _inner(self, service: str, token: bytes) -> Part:
        found = sealing.opened_inner(self._vault, self._key_of(service), service, str(self._id), token)
        if found is None:
            raise Strange(f"{service}: a sealed text that is bound to no place known here")
        words, bound = found
        parts = self._scan("", words.encode())
        seal = self._sealer(service, bound, self._id, parts)
        return self._slots.of(("inner", token), sealing.in_base64(seal), self._slots.is_flexible(parts))

    def _sealer(self, service: str, bound: str, to: UUID, parts: list[Part]) -> patterns.Make:
        return sealing.sealer(self._vault, self._key(service), bound, self._id_text(to), pattern(parts))

    def _body(self, data: bytes) -> int:
        return self._slots.framed(("body", data), self._scan("", data))

    def _joined(self, value: bytes, parts: list[Part]) -> int:
        render = pattern(parts)
        return self._slots.of(
            ("joined", value), lambda _draw, values: render(values), self._slots.is_flexible(parts)
        )  # fmt: skip

    def _counter(self, place: Place) -> int:
        drawn, pack = self._counters.next[place], struct.Struct(">q").pack
        return self._slots.of(object(), lambda _draw, _values: pack(next(drawn)))

    def _key(self, service: str) -> int:
        return self._slots.of(("key", service), lambda _draw, _values: self._vault.new_key())

    def _key_of(self, service: str) -> bytes:
        key = self._keys[service]
        if key is None:
            raise Strange(f"{service} has sealed texts and no key for them")
        return key

    def _id_raw(self, given: UUID) -> int:
        at = 16 * self._number[given]
        return self._slots.of(("raw", given), lambda draw, _values: draw.ids[at : at + 16])

    def _id_text(self, given: UUID) -> int:
        a = 32 * self._number[given]
        b, c, d, e, f = a + 8, a + 12, a + 16, a + 20, a + 32

        def make(draw: Draw, _values: Values) -> bytes:
            text = draw.id_texts
            return f"{text[a:b]}-{text[b:c]}-{text[c:d]}-{text[d:e]}-{text[e:f]}".encode()

        return self._slots.of(("id", given), make)


def _moment(data: bytes | None) -> datetime:
    return EPOCH + timedelta(microseconds=int.from_bytes(data or b"", signed=True))
