"""`bancheng roster plan` against the real intake: what it shows, publishes and refuses."""

import asyncio
import csv
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engines import Engines
from tests.harness import START
from tests.service.intake_desk import WINDOW, ZONE, Desk, intake_desk, period

DEPARTMENT = {"sub": "department", "org": "410200", "org_type": "DISCIPLINE", "roles": ["supervision_dept"]}
TEAMS = "leader-1,staff-1a,staff-1b\nleader-2,staff-2a,staff-2b\n"
Result = subprocess.CompletedProcess[str]


@pytest.fixture
async def desk(engines: Engines, tmp_path: Path) -> AsyncIterator[Desk]:
    async with intake_desk(engines, tmp_path) as opened:
        yield opened


async def plan(desk: Desk, folder: Path, *more: str, teams: str = TEAMS, window: str = WINDOW) -> Result:
    """The command over a year from the city's first period on."""
    file = folder / "teams.csv"
    file.write_text(teams)
    days = ["--from", "2026-09-28", "--until", "2027-09-26"]
    to = ["--url", desk.hall.base, "--token", desk.hall.issuer.token(DEPARTMENT)]
    command = [sys.executable, "-m", "bancheng", "roster", "plan", "--window", window, "--teams", str(file)]
    arguments = [*command, *days, *to, *more]
    return await asyncio.to_thread(
        subprocess.run, arguments, capture_output=True, text=True, encoding="utf-8", check=False
    )


async def published(desk: Desk, window: str = WINDOW) -> int:
    return len((await desk.overseer.get("/duty-periods", window=window)).json()["items"])


async def test_a_plan_sends_nothing_until_it_is_applied_and_then_only_what_is_missing(
    desk: Desk, tmp_path: Path
) -> None:
    shown = await plan(desk, tmp_path, "--json")
    assert shown.returncode == 0, shown.stderr
    rows = json.loads(shown.stdout)
    assert ([row["status"] for row in rows[:3]], len(rows)) == (["there", "there", "planned"], 26)
    assert await published(desk) == 2
    done = await plan(desk, tmp_path, "--apply", "--csv")
    assert done.returncode == 0, done.stderr
    lines = list(csv.DictReader(done.stdout.splitlines()))
    assert [line["status"] for line in lines[:3]] == ["there", "there", "published"]
    assert await published(desk) == 26
    again = await plan(desk, tmp_path, "--apply", "--json")
    assert {row["status"] for row in json.loads(again.stdout)} == {"there"}
    assert len(await desk.hall.published("duty.period_published")) == 3 + 24


async def test_clashes_are_all_named_and_nothing_is_published(desk: Desk, tmp_path: Path) -> None:
    overlap = await plan(desk, tmp_path, "--apply", teams="leader-2,staff-2a,staff-2b\nleader-1,staff-1a,staff-1b\n")
    assert overlap.returncode == 1
    assert "2026-09-28…2026-10-11 overlaps the published" in overlap.stderr
    later = period(ZONE, START + timedelta(days=14), "leader-9", "staff-9a", "staff-9b")
    assert (await desk.overseer.post("/duty-periods", later)).status_code == 201
    shared = await plan(desk, tmp_path, "--apply", teams="leader-1,staff-1a,staff-1b\nleader-2,staff-2a,staff-9a\n")
    assert shared.returncode == 1
    assert f"staff-9a at {ZONE} as well" in shared.stderr
    assert await published(desk) == 2


async def test_a_plan_that_does_not_join_the_published_roster_is_refused(desk: Desk, tmp_path: Path) -> None:
    result = await plan(desk, tmp_path, "--from", "2026-11-09", "--until", "2026-11-10")
    assert result.returncode == 1
    assert "start on 2026-10-26" in result.stderr


async def test_wrong_arguments_are_said_in_one_line(desk: Desk, tmp_path: Path) -> None:
    for result, why in (
        (await plan(desk, tmp_path, window="410200-W9"), "no window '410200-W9'"),
        (await plan(desk, tmp_path, teams="leader-1,a\n"), "line 1"),
        (await plan(desk, tmp_path, "--json", "--csv"), "not both"),
        (await plan(desk, tmp_path, "--teams", str(tmp_path / "none.csv")), "cannot be read"),
    ):
        assert result.returncode == 2
        assert why in result.stderr
        assert len(result.stderr.splitlines()) == 1
