"""Open the file: its encoding, delimiter and header are found; its rows come as numbered records, one by one."""

import csv
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bancheng.client.problems import WrongInput
from bancheng.importing.encoding import find_encoding
from bancheng.importing.workbook import open_workbook

DELIMITERS = ",;\t"
Rows = Iterator[tuple[Any, ...] | None]


@dataclass(frozen=True)
class Record:
    """One row as the file has it, numbered as a spreadsheet does; `values` is None where its quotes do not close."""

    number: int
    values: tuple[Any, ...] | None


@dataclass(frozen=True)
class Source:
    """A readable file: `records()` starts again at the first row each time it is called."""

    form: str
    digest: str
    header: tuple[str, ...]
    total: int
    records: Callable[[], Iterator[Record]]


def open_source(path: Path) -> Source:
    """Read the file once from end to end and say what it is; raises WrongInput if it is no table."""
    digest = _digest(path)
    rows: Callable[[], Rows]
    if _starts(path, b"PK\x03\x04"):
        form, rows = "XLSX", open_workbook(path)
    elif _starts(path, b"\xd0\xcf\x11\xe0"):
        raise WrongInput(f"{path.name} is an old Excel file (.xls): save it as .xlsx or CSV")
    else:
        encoding = find_encoding(path)
        delimiter = _find_delimiter(path, encoding.codec)
        form, rows = encoding.label, partial(_csv_rows, path, encoding.codec, delimiter)
    first = next(rows(), None)
    if first is None or not _filled(first):
        raise WrongInput(f"{path.name} has no header in its first row")
    header = tuple(str(value).strip() if value is not None else "" for value in first)
    total = sum(1 for _ in _records(rows()))
    if not total:
        raise WrongInput(f"{path.name} has a header but no rows")
    return Source(form, digest, header, total, lambda: _records(rows()))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WrongInput(f"cannot read {path}: {error.strerror}") from error


def _starts(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def _records(rows: Rows) -> Iterator[Record]:
    next(rows, None)  # the header
    for number, values in enumerate(rows, start=2):
        if values is None or _filled(values):
            yield Record(number, values)


def _filled(values: Iterable[Any]) -> bool:
    return any(value is not None and str(value).strip() for value in values)


def _find_delimiter(path: Path, codec: str) -> str:
    """The delimiter that gives the header the most columns."""

    def columns(delimiter: str) -> int:
        return len(next(_csv_rows(path, codec, delimiter), None) or ())

    return max(DELIMITERS, key=columns)


def _csv_rows(path: Path, codec: str, delimiter: str) -> Rows:
    with path.open(encoding=codec, newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            lines.begin()
            try:
                yield tuple(next(reader))
            except StopIteration:
                return
            except csv.Error:
                # A quote that does not close swallows the rows behind it: give them back, so that they still go in.
                lines.give_back()
                yield None


class _Lines:
    """Lines of a file, of which those after the first of a record can be read again."""

    def __init__(self, fresh: Iterator[str]) -> None:
        self._fresh = fresh
        self._again: deque[str] = deque()
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._fresh)
        self._taken.append(line)
        return line

    def begin(self) -> None:
        self._taken.clear()

    def give_back(self) -> None:
        self._again.extendleft(reversed(self._taken[1:]))
