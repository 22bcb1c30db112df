"""How far the import is: a bar on a terminal, else a plain line every ten seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EVERY = 10.0


@dataclass
class Counts:
    """Rows of this run by what became of them."""

    total: int
    sent: int = 0
    accepted: int = 0
    already: int = 0
    refused: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> int:
        return self.accepted + self.already + self.refused

    def line(self) -> str:
        """The counts in one line."""
        rate = self.sent / max(time.monotonic() - self.started, 1e-3)
        return (f"rows {self.total}, sent {self.sent}, accepted {self.accepted}, already there {self.already}, "
                f"refused {self.refused}, {rate:.0f} rows/s")  # fmt: skip


class Show(Protocol):
    """Called whenever counts have changed."""

    def __call__(self) -> None: ...


@contextmanager
def showing(counts: Counts) -> Iterator[Show]:
    """Show `counts` on standard error as the returned function is called."""
    if sys.stderr.isatty():
        with _bar() as bar:
            task = bar.add_task("import", total=counts.total, refused=0)
            yield lambda: bar.update(task, completed=counts.done, refused=counts.refused)
    else:
        yield _Lines(counts)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
               TextColumn("refused {task.fields[refused]}"))  # fmt: skip
    return Progress(*columns, console=Console(stderr=True), transient=True)


class _Lines:
    def __init__(self, counts: Counts) -> None:
        self._counts, self._said = counts, time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._said >= EVERY:
            self._said = time.monotonic()
            print(self._counts.line(), file=sys.stderr, flush=True)
