"""What came of each scenario, one JSON line each, in the file that BANCHENG_FAULTS_RESULTS names (if it does)."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.reconciler import Kind, Report
from tests.faults.scenarios import SCENARIOS

LONG = os.environ.get("BANCHENG_FAULTS") == "long"


def sized(short: int, long: int) -> int:
    """A number for the form that is run: short within `make test`, long with BANCHENG_FAULTS=long."""
    return long if LONG else short


@dataclass(frozen=True)
class Result:
    """One line; `part` tells apart the runs of one scenario that broke different parts."""

    scenario: str
    part: str
    runs: int
    matters: int
    commands: int
    events: int
    resent: int
    lost: int
    duplicated: int
    out_of_order: int
    wrong: int
    seconds: float
    notes: str


def record(scenario: str, part: str, runs: int, report: Report, seconds: float, notes: str = "") -> Result:
    """Append what the reconciler reports."""
    result = Result(
        scenario, part, runs, report.matters, report.commands, report.events, report.resent,
        report.count(Kind.LOST), report.count(Kind.DUPLICATED), report.count(Kind.OUT_OF_ORDER),
        report.count(Kind.WRONG), round(seconds, 1), notes,
    )  # fmt: skip
    _append(result)
    return result


class Tally:
    """Counts the runs of a scenario that compares end states: an effect lost or doubled is a wrong end."""

    def __init__(self, scenario: str) -> None:
        self._scenario = scenario
        self._runs = self._events = self._wrong = 0
        self._seconds = 0.0

    @contextmanager
    def run(self, events: int) -> Iterator[None]:
        """One matter with so many events, from its beginning to the comparison."""
        began = time.monotonic()
        try:
            yield
        except AssertionError:
            self._wrong += 1
            raise
        finally:
            self._runs, self._events = self._runs + 1, self._events + events
            self._seconds += time.monotonic() - began

    def record(self) -> None:
        """Append what was counted."""
        counted = self._runs, self._runs, 0, self._events, 0, 0, 0, 0, self._wrong, round(self._seconds, 1)
        _append(Result(self._scenario, "", *counted, "end states compared: an effect lost or doubled would be wrong"))


def _append(result: Result) -> None:
    """The scenario must be in the list of `scenarios.py`."""
    if result.scenario not in SCENARIOS:
        raise KeyError(f"{result.scenario!r} is not listed in tests/faults/scenarios.py")
    print(result)
    if given := os.environ.get("BANCHENG_FAULTS_RESULTS"):
        with Path(given).open("a") as file:
            file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


def read(path: Path) -> list[Result]:
    """The last result of each scenario and part."""
    found: dict[tuple[str, str], Result] = {}
    for line in path.read_text().splitlines():
        result = Result(**json.loads(line))
        found[result.scenario, result.part] = result
    return list(found.values())
