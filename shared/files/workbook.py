"""Rows of an XLSX workbook: its first sheet, values as Excel last showed them."""

import warnings
from collections.abc import Iterator
from typing import IO, Any


class Unreadable(Exception):
    """The workbook is damaged, or none."""


def sheet_rows(file: IO[bytes]) -> Iterator[tuple[Any, ...]]:
    """The rows one by one; raises Unreadable on the way."""
    import openpyxl  # a fifth of a second in the start of every service process

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that have no bearing on the values
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write them wrong, and rows beyond them would be lost
            yield from sheet.iter_rows(values_only=True)
        except (OSError, MemoryError):
            raise
        except Exception as error:  # openpyxl and expat raise of many kinds for a damaged file
            raise Unreadable(type(error).__name__) from error
