"""A table that somebody hands in, CSV or XLSX: its rows as text, numbered as a spreadsheet numbers them."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from shared.files import _magic, _refusals, _zip
from shared.files.workbook import Unreadable, sheet_rows

MOST_COLUMNS = 100


class TableFormat(StrEnum):
    """What a table may come as."""

    CSV = "csv"
    XLSX = "xlsx"


TABLE_TYPES = {
    "text/csv": TableFormat.CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": TableFormat.XLSX,
}
Row = tuple[int, Sequence[str]]


def rows_of(table: TableFormat, content: bytes, most: int) -> list[Row]:
    """Up to one more than `most` rows that are not empty, the header among them; `Refused` says why it is no table.

    Work for a thread, up to seconds.
    """
    if not content:
        raise _refusals.empty()
    if content.startswith(_magic.PROGRAMS):
        raise _refusals.executable()
    if content.startswith(_magic.COMPOUND):
        raise _refusals.table_macros()
    is_zip = content.startswith(_magic.ZIP)
    if is_zip != (table is TableFormat.XLSX) or (not is_zip and _magic.is_archive(content[: _magic.HEAD])):
        raise _refusals.wrong_content(table)
    found = _workbook(content) if is_zip else _csv(content)
    filled = ((number, row) for number, row in enumerate(found, 1) if any(cell.strip() for cell in row))
    try:
        return list(islice(filled, most + 1))
    except csv.Error as error:
        raise _refusals.table_malformed() from error
    except Unreadable as error:
        raise _refusals.unreadable() from error


def _csv(content: bytes) -> Iterator[Sequence[str]]:
    return csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refusals.table_encoding()


def _workbook(content: bytes) -> Iterator[Sequence[str]]:
    _zip.require_workbook(content)
    for row in sheet_rows(io.BytesIO(content)):
        yield [_text(value) for value in row[:MOST_COLUMNS]]


def _text(value: Any) -> str:
    """A cell as people would type it: codes made of digits come as numbers, days as moments."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
