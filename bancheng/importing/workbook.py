"""Rows of an XLSX workbook: its first sheet, values as Excel last showed them."""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bancheng.importing.problems import WrongInput

UNPACKED_LIMIT = 1 << 30


def open_workbook(path: Path) -> Callable[[], Iterator[tuple[Any, ...]]]:
    """A function that reads the rows from the first on; raises WrongInput for what is no workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable(path, error) from error
    if unpacked > UNPACKED_LIMIT:
        raise WrongInput(f"{path.name} unpacks to more than 1 GiB: save it as CSV")
    return lambda: _rows(path)


def _rows(path: Path) -> Iterator[tuple[Any, ...]]:
    import openpyxl  # a fifth of a second in the start of every service process

    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that have no bearing on the values
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write them wrong, and rows beyond them would be lost
            yield from sheet.iter_rows(values_only=True)
        except (OSError, MemoryError):
            raise
        except Exception as error:  # openpyxl and expat raise of many kinds for a damaged file
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> WrongInput:
    return WrongInput(f"{path.name} is not a readable XLSX workbook ({type(error).__name__})")
