"""One row of the file becomes a received matter, or is refused with a code and a sentence; never with its text."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bancheng.importing.reading import Record
from shared.contracts.errors import Refused
from shared.workdays import ZONE

EARLIEST = datetime(2010, 1, 1, tzinfo=ZONE)
TITLE, FACTS, REF, NAME = (2, 100), (10, 20_000), (1, 100), (1, 100)
_BREAK = re.compile("\r\n|[\r\u2028\u2029]")
_INVISIBLE = ("Cc", "Cf", "Cs")
_REF = re.compile(r"[\w\-./:#]+")
_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:(?:\s*T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)


@dataclass(frozen=True)
class Received:
    """A row that can be sent."""

    number: int
    source_ref: str
    title: str
    facts: str
    received_at: datetime
    reporter_name: str | None

    def wire(self, channel: str) -> dict[str, str]:
        """The row as intake takes it."""
        body = {"channel": channel, "source_ref": self.source_ref, "title": self.title, "facts": self.facts,
                "received_at": self.received_at.isoformat()}  # fmt: skip
        return body | ({"reporter_name": self.reporter_name} if self.reporter_name else {})


@dataclass(frozen=True)
class RefusedRow:
    """A row that stays out, for the report."""

    number: int
    source_ref: str
    code: str
    reason: str


class Checker:
    """Checks the rows of one file in their order; remembers their references, each of which may come once."""

    def __init__(self, columns: Mapping[str, int], width: int, now: datetime) -> None:
        self._columns, self._width, self._now = columns, width, now
        self._seen: dict[str, tuple[int, bytes]] = {}
        self.repeated = 0

    def check(self, record: Record) -> Received | RefusedRow | None:
        """None is an exact repetition of an earlier row of the same file."""
        found = self._values(record)
        ref = found["source_ref"] if len(found["source_ref"]) <= REF[1] else ""
        try:
            row = self._received(record, found)
            return row if self._is_first(row) else None
        except Refused as refused:
            return RefusedRow(record.number, ref, refused.code, refused.message)

    def _values(self, record: Record) -> dict[str, Any]:
        values = record.values or ()
        found = {field: values[place] if place < len(values) else None for field, place in self._columns.items()}
        texts = {field: _text(value) for field, value in found.items() if field != "received_at"}
        return {"reporter_name": "", "received_at": found["received_at"]} | texts

    def _received(self, record: Record, found: Mapping[str, Any]) -> Received:
        if record.values is None:
            raise Refused("row.quotes", "该行的引号不成对,无法分列,请改正后重新导入")
        if any(map(_text, record.values[self._width :])):
            raise Refused("row.columns", "该行的列数多于表头,请检查分隔符和引号")
        ref = " ".join(found["source_ref"].split())
        title = " ".join(found["title"].split())
        if ref and not _REF.fullmatch(ref):
            raise Refused("source_ref.invalid", "来源编号只用字母、数字、汉字和 - . / : # _")
        name = " ".join(found["reporter_name"].split())
        _measure("source_ref", "来源编号", ref, *REF)
        _measure("title", "标题", title, *TITLE)
        _measure("facts", "事实经过", found["facts"], *FACTS)
        if name:
            _measure("reporter_name", "反映人姓名", name, *NAME)
        moment = _moment(found["received_at"])
        if moment < EARLIEST:
            raise Refused("received_at.too_early", "收到时间早于2010年,请核对")
        if moment > self._now:
            raise Refused("received_at.future", "收到时间晚于现在,请核对")
        return Received(record.number, ref, title, found["facts"], moment, name or None)

    def _is_first(self, row: Received) -> bool:
        content = f"{row.title}\n{row.received_at.isoformat()}\n{row.reporter_name}\n{row.facts}"
        mark = hashlib.blake2b(content.encode(), digest_size=16).digest()
        number, first = self._seen.setdefault(row.source_ref, (row.number, mark))
        if number == row.number:
            return True
        if first != mark:
            raise Refused("source_ref.repeated", f"来源编号与第{number}行相同而内容不同,请核对编号")
        self.repeated += 1
        return False


def _measure(field: str, label: str, text: str, least: int, most: int) -> None:
    if not text:
        raise Refused(f"{field}.missing", f"缺少{label}")
    if not least <= len(text) <= most:
        raise Refused(f"{field}.length", f"{label}须为{least}至{most}个字符,现为{len(text)}个")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():  # Excel keeps a reference such as 360114 as a float
        value = int(value)
    lines = _BREAK.sub("\n", str(value))
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE).strip()


def _moment(value: Any) -> datetime:
    """A moment of Kaifeng's time from what a cell may hold; a date alone is its midnight."""
    from openpyxl.utils.datetime import from_excel  # see workbook.py

    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = from_excel(value)  # a date whose cell lost its format
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=ZONE)
        if isinstance(value, date):
            return datetime.combine(value, time(), ZONE)
        return _parsed(_text(value))
    except (ValueError, OverflowError) as error:
        raise Refused("received_at.invalid", "收到时间无法识别,请写成 2026/9/28 09:00:00 的样子") from error


def _parsed(text: str) -> datetime:
    if not text:
        raise Refused("received_at.missing", "缺少收到时间")
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    micros = int((match[7] or "").ljust(6, "0")[:6])
    offset = (match[8] or "+08:00").replace("Z", "+00:00")
    zone = datetime.strptime(offset, "%z").tzinfo
    return datetime(year, month, day, hour, minute, second, micros, zone).astimezone(ZONE)
