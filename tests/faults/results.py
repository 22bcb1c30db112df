"""What came of each scenario, one JSON line each, in the file that BANCHENG_FAULTS_RESULTS names (if it does)."""

import json
import os
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
    """Append a result; the scenario must be in the list of `scenarios.py`."""
    if scenario not in SCENARIOS:
        raise KeyError(f"{scenario!r} is not listed in tests/faults/scenarios.py")
    result = Result(
        scenario, part, runs, report.matters, report.commands, report.events, report.resent,
        report.count(Kind.LOST), report.count(Kind.DUPLICATED), report.count(Kind.OUT_OF_ORDER),
        report.count(Kind.WRONG), round(seconds, 1), notes,
    )  # fmt: skip
    print(result)
    if given := os.environ.get("BANCHENG_FAULTS_RESULTS"):
        with Path(given).open("a") as file:
            file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
    return result


def read(path: Path) -> list[Result]:
    """The last result of each scenario and part."""
    found: dict[tuple[str, str], Result] = {}
    for line in path.read_text().splitlines():
        result = Result(**json.loads(line))
        found[result.scenario, result.part] = result
    return list(found.values())
