"""Each of the six services stopped and started again in a demo run of its own; the stories must end right."""

import re
import subprocess
import sys
import time

import pytest

from bancheng.local.stack import SERVICES
from tests.engines import open_folder
from tests.faults.reconciler import Report
from tests.faults.results import record

STORIES = 7


@pytest.mark.long  # the short form is tests/system/test_demo.py: all six killed in one run
@pytest.mark.parametrize("service", SERVICES)
def test_every_story_ends_right_though_a_service_is_stopped_on_the_way(service: str) -> None:
    began = time.monotonic()
    with open_folder() as folder:
        command = [sys.executable, "-m", "bancheng", "demo", "--exit", "--restart", service]
        run = subprocess.run(
            [*command, "--data", str(folder / "d")], capture_output=True, text=True, timeout=300, check=False
        )
    told = run.stdout
    assert run.returncode == 0, told[-8000:] + run.stderr[-4000:]
    assert "everything is as expected" in told
    assert "services restarted: 1" in told
    commands, events = (_number(told, what) for what in ("命令 / commands", "事件 / events"))
    # All is as expected: nothing parked or dead, every check of the stories and every entry of the log fits.
    report = Report(STORIES, commands, events, 0)
    record("demo with restart", service, 1, report, time.monotonic() - began, "checked by the demo itself")


def _number(told: str, what: str) -> int:
    found = re.search(rf"{re.escape(what)}: (\d+)", told)
    assert found, f"{what} is not told"
    return int(found[1])
