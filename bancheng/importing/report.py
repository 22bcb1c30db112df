"""The report file: every refused row with its number, reference, code and reason, for Excel; never a text."""

import csv
from pathlib import Path

from bancheng.client.problems import WrongInput
from bancheng.importing.rows import RefusedRow


class Report:
    """Collects refused rows; the file is there from the start, so that a place that cannot be written shows at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: list[RefusedRow] = []
        self.write()

    def add(self, row: RefusedRow) -> None:
        self._rows.append(row)

    def write(self) -> None:
        """Write all refused rows in the order of the file; raises WrongInput."""
        try:
            with self.path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("row", "source_ref", "code", "reason"))
                for row in sorted(self._rows, key=lambda row: row.number):
                    writer.writerow((row.number, _inert(row.source_ref), row.code, _inert(row.reason)))
        except OSError as error:
            raise WrongInput(f"cannot write the report {self.path}: {error.strerror}") from error


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) else text
