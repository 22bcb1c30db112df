"""Writes docs/guarantees.md from the results: `python -m tests.faults.table [RESULTS]`."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.faults.results import Result, read
from tests.faults.scenarios import GUARANTEES, SCENARIOS

DOCS = Path(__file__).parents[2] / "docs"
RESULTS = DOCS / "guarantees.jsonl"
COLUMNS = (
    "scenario", "part", "runs", "matters", "commands", "events", "resent", "lost", "duplicated", "out of order",
    "wrong", "s", "notes",
)  # fmt: skip
HEAD = """\
# Guarantees

What the bus promises, what makes it so, and what came of trying to break it. Written by `make faults`, which runs
every scenario in its long form (`ARGS='-k broker'` for some of them; the others keep their last figures, which
`guarantees.jsonl` holds); `make test` runs the short forms.

Each scenario works on matters of its own through all services while something is broken, and is then reconciled
(`tests/faults/reconciler.py`): every accepted command ↔ one state change ↔ its events, on the topic, in order ↔ one
effect in each subscribed consumer ↔ one entry in the audit log. *Lost*: something of that is missing. *Duplicated
effects*: something of it is there twice. Records that stand on a topic twice are allowed, and told below as *resent*.
"""


def page(results: Sequence[Result]) -> str:
    """The page as text."""
    return "\n".join([HEAD, *_guarantees(results), "", "## Scenarios", "", *_scenarios(results), ""])


def _guarantees(results: Sequence[Result]) -> Iterable[str]:
    yield "| guarantee | mechanism | test | runs | lost | duplicated effects |"
    yield "|---|---|---|---|---|---|"
    for guarantee in GUARANTEES:
        promise, mechanism = guarantee.promise, guarantee.mechanism
        for name in guarantee.scenarios:
            scenario, found = SCENARIOS[name], [result for result in results if result.scenario == name]
            figures = [
                sum(result.runs for result in found),
                sum(result.lost for result in found),
                sum(result.duplicated for result in found),
            ]
            test = f"{scenario.what} (`{scenario.test}`)"
            cells = [promise, mechanism, test, *(map(str, figures) if found else ["not run yet", "", ""])]
            yield f"| {' | '.join(cells)} |"
            promise = mechanism = ""


def _scenarios(results: Sequence[Result]) -> Iterable[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    for name, scenario in SCENARIOS.items():
        what = scenario.what
        for result in (result for result in results if result.scenario == name):
            numbers = [result.runs, result.matters, result.commands, result.events, result.resent, result.lost]
            numbers += [result.duplicated, result.out_of_order, result.wrong]
            cells = [what, result.part, *map(str, numbers), f"{result.seconds:.0f}", result.notes]
            yield f"| {' | '.join(cells)} |"
            what = ""


def main() -> None:
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    results = read(given)
    given.write_text("".join(json.dumps(asdict(result), ensure_ascii=False) + "\n" for result in results))
    (DOCS / "guarantees.md").write_text(page(results))
    print(f"docs/guarantees.md: {len(results)} results")


if __name__ == "__main__":
    main()
