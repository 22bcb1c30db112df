"""`bancheng calendar` against the real deadlines: what it shows, loads and refuses, and what it checks."""

import asyncio
import csv
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.workdays import builtin_calendar
from tests.engines import Engines
from tests.harness import Hall, hall
from tests.service.test_deadlines_calendar import AMENDED, running_at_the_end_of_december
from tests.service.test_deadlines_service import WINDOW, window
from tests.unit.test_deadlines_recount import MADE_UP_2027

Result = subprocess.CompletedProcess[str]
DEPARTMENT = {"sub": "department", "org": "410200", "org_type": "DISCIPLINE", "roles": ["supervision_dept"]}


@pytest.fixture
async def deadlines(engines: Engines, tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(engines, "deadlines", tmp_path) as running:
        await running.publish(window(WINDOW))
        await running.caught_up()
        yield running


def file_of(folder: Path, content: Any) -> Path:
    path = folder / "year.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf-8")
    return path


async def run(*arguments: str) -> Result:
    command = [sys.executable, "-m", "bancheng", "calendar", *arguments]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, encoding="utf-8")


async def load(hall: Hall, file: Path, *more: str, **claims: object) -> Result:
    return await run("load", str(file), "--url", hall.base, "--token", hall.issuer.token(DEPARTMENT | claims), *more)


async def test_a_dry_run_shows_what_apply_then_does(deadlines: Hall, tmp_path: Path) -> None:
    moving, _, _ = await running_at_the_end_of_december(deadlines)
    file = file_of(tmp_path, MADE_UP_2027)
    tried = await load(deadlines, file)
    assert tried.returncode == 0
    assert "dry run, nothing loaded: 2027 (official" in tried.stdout
    assert "moved 1, firm now 1" in tried.stdout
    [line] = [line for line in tried.stdout.splitlines() if str(moving.id) in line]
    assert all(word in line for word in ("D13", "2027-01-04 17:00", "2027-01-05 17:00"))
    assert (await moving.clock("D13"))["provisional"]
    done = await load(deadlines, file, "--apply", "--csv")
    assert (done.returncode, "loaded 2027" in done.stderr) == (0, True)
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert {(row["rule"], row["due_at"][:10]) for row in rows} == {("D13", "2027-01-05"), ("D15", "2027-01-05")}
    assert not (await moving.clock("D13"))["provisional"]
    again = await load(deadlines, file, "--apply", "--json")
    assert (again.returncode, json.loads(again.stdout)["changed"]) == (0, False)
    assert "is there already: nothing changes" in again.stderr


async def test_what_deadlines_refuses_is_said_in_its_words(deadlines: Hall, tmp_path: Path) -> None:
    assert (await load(deadlines, file_of(tmp_path, MADE_UP_2027), "--apply")).returncode == 0
    refused = await load(deadlines, file_of(tmp_path, AMENDED), "--apply")
    assert refused.returncode == 1
    assert "须填写原因" in refused.stderr
    amended = await load(deadlines, file_of(tmp_path, AMENDED), "--apply", "--reason", "国务院办公厅调整放假安排")
    assert (amended.returncode, "loaded 2027 (amended" in amended.stdout) == (0, True)
    county = await load(deadlines, file_of(tmp_path, AMENDED), org="410221")
    assert (county.returncode, "只有市党风政风监督室可以载入" in county.stderr) == (3, True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is no JSON in UTF-8"),
        ("[]", "must hold one JSON object"),
        (MADE_UP_2027 | {"doc_no": None}, "须注明通知文号"),
        (MADE_UP_2027 | {"sha256": "0" * 64}, "校验值"),
    ],
)
async def test_wrong_files_are_said_in_one_line_before_anybody_is_asked(
    tmp_path: Path, content: Any, says: str
) -> None:
    file = str(file_of(tmp_path, content))
    for result in (await run("load", file, "--url", "http://127.0.0.1:9", "--token", "x"), await run("check", file)):
        assert (result.returncode, says in result.stderr) == (2, True), result.stderr
        assert len(result.stderr.splitlines()) == 1


async def test_the_years_of_the_release_are_as_others_have_them() -> None:
    checked = await run("check")
    assert checked.returncode == 0
    assert checked.stdout.count("5479 days compared, 0 differ") == 2


async def test_a_year_to_be_loaded_is_compared_and_differences_are_named(tmp_path: Path) -> None:
    year = builtin_calendar().years[2026].to_json()
    same = await run("check", str(file_of(tmp_path, year)))
    assert (same.returncode, same.stdout.count("396 days compared, 0 differ")) == (0, 2)
    year["days"]["makeup_days"].remove("2026-10-10")
    wrong = await run("check", str(file_of(tmp_path, year)))
    assert wrong.returncode == 1
    assert wrong.stdout.count("2026-10-10 Sat: ours: a day off") == 2
    unknown = await run("check", str(file_of(tmp_path, MADE_UP_2027)))
    assert "does not know 2027 yet" in unknown.stdout


@pytest.mark.parametrize("package", ["chinese_calendar", "holidays"])
async def test_without_the_packages_a_check_says_how_to_get_them(package: str) -> None:
    without = f"import sys; sys.modules[{package!r}] = None; from bancheng.__main__ import app; app()"
    command = [sys.executable, "-c", without, "calendar", "check"]
    result = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, encoding="utf-8")
    assert (result.returncode, "pip install chinesecalendar holidays" in result.stderr) == (2, True)
