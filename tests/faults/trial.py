"""One trial: work goes on, something is broken meanwhile, the system settles, everything is reconciled and recorded."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.faults.evidence import Evidence
from tests.faults.plant import Plant
from tests.faults.reconciler import Expectation, Report, reconcile
from tests.faults.results import record
from tests.faults.work import Work


@dataclass
class Trial:
    """A trial under way; the body counts its runs and may leave notes. Evidence and report are there afterwards."""

    work: Work
    runs: int = 0
    notes: list[str] = field(default_factory=list)
    evidence: Evidence | None = None
    report: Report | None = None


@asynccontextmanager
async def trial(
    plant: Plant, scenario: str, work: Work, part: str = "", within: float = 180.0, expected: Expectation | None = None
) -> AsyncIterator[Trial]:
    """Break things in the body; on leaving it the work is finished and must have come out right to the last event."""
    began, under_trial = time.monotonic(), Trial(work)
    async with work.under_way():
        yield under_trial
    await reconciled(plant, scenario, under_trial, part, within, began, expected)


async def reconciled(
    plant: Plant,
    scenario: str,
    done: Trial,
    part: str,
    within: float,
    began: float,
    expected: Expectation | None = None,
) -> None:
    """Settle, reconcile, record; raises AssertionError with the whole report where anything does not agree."""
    waiting = time.monotonic()
    await plant.settle(within)
    done.notes.append(f"settled {time.monotonic() - waiting:.1f} s after the work")
    done.evidence = await plant.evidence(done.work)
    done.report = reconcile(done.evidence, expected)
    record(scenario, part, max(done.runs, 1), done.report, time.monotonic() - began, "; ".join(done.notes))
    assert not done.report.failures, f"{scenario} {part}: {done.report}"
