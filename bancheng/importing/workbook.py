"""Rows of an XLSX workbook on this machine, however large."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bancheng.client.problems import WrongInput
from shared.files.workbook import Unreadable, sheet_rows

UNPACKED_LIMIT = 1 << 30


def open_workbook(path: Path) -> Callable[[], Iterator[tuple[Any, ...]]]:
    """A function that reads the rows from the first on; raises WrongInput for what is no workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable(path, type(error).__name__) from error
    if unpacked > UNPACKED_LIMIT:
        raise WrongInput(f"{path.name} unpacks to more than 1 GiB: save it as CSV")
    return lambda: _rows(path)


def _rows(path: Path) -> Iterator[tuple[Any, ...]]:
    with path.open("rb") as file:
        try:
            yield from sheet_rows(file)
        except Unreadable as error:
            raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, why: str) -> WrongInput:
    return WrongInput(f"{path.name} is not a readable XLSX workbook ({why})")
