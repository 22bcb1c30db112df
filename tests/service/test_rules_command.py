"""`bancheng rules` against the real deadlines: what it lists, foresees, amends and refuses."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engines import Engines
from tests.harness import Hall, hall
from tests.service.test_deadlines_service import WINDOW, Matter, window
from tests.unit.deadlines_story import acked, at, issued

Result = subprocess.CompletedProcess[str]
DEPARTMENT = {"sub": "department", "org": "410200", "org_type": "DISCIPLINE", "roles": ["supervision_dept"]}
AMEND = ("amend", "D15", "--limit", "10WD", "--from", "2026-10-12", "--basis", "汴纪办〔2026〕9号")


@pytest.fixture(scope="module")
async def deadlines(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "deadlines", Path(tmp_path_factory.mktemp("rules"))) as running:
        await running.publish(window(WINDOW))
        await running.caught_up()
        running.time.set(at("10-12 11:00"))
        yield running


async def run(deadlines: Hall, *what: str, **claims: object) -> Result:
    to = ["--url", deadlines.base, "--token", deadlines.issuer.token(DEPARTMENT | claims)]
    command = [sys.executable, "-m", "bancheng", "rules", *what, *to]
    return await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, encoding="utf-8", check=False
    )


async def test_it_tells_what_would_move_before_it_amends(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    await matter.told(issued("10-12 10:00"), acked("10-12 11:00"))
    running = (*AMEND, "--running", "--reason", "季末集中办理")
    tried = await run(deadlines, *running)
    assert tried.returncode == 0, tried.stderr
    assert "dry run, nothing written: D15 version 2: 10WD" in tried.stdout
    assert "2026-10-21 17:00" in tried.stdout
    assert "2026-10-26 17:00" in tried.stdout
    assert (await matter.clock("D15"))["due_at"] == at("10-21 17:00")
    done = await run(deadlines, *running, "--apply", "--json")
    report = json.loads(done.stdout)
    assert [moved["matter_id"] for moved in report["moved"]] == [str(matter.id)]
    assert (await matter.clock("D15"))["due_at"] == at("10-26 17:00")
    listed = await run(deadlines, "list", "D15", "--json")
    [rule] = json.loads(listed.stdout)
    assert [(each["limit"], each["in_force"]) for each in rule["versions"]] == [("7WD", False), ("10WD", True)]
    assert "汴纪办〔2026〕9号" in (await run(deadlines, "list")).stdout


async def test_a_refused_amendment_is_told_in_the_services_words(deadlines: Hall) -> None:
    past = await run(deadlines, *AMEND[:5], "2026-10-11", *AMEND[6:])
    negative = await run(deadlines, "amend", "D15", "--limit", "-5WD", *AMEND[4:])
    longer = await run(deadlines, "amend", "D13", *AMEND[2:])
    county = await run(deadlines, *AMEND, org="410221")
    assert [each.returncode for each in (past, negative, longer, county)] == [2, 2, 2, 3]
    assert "已经过去" in past.stderr
    assert "看不懂期限" in negative.stderr
    assert "不得超过3个工作日" in longer.stderr
    assert "全市通用的期限规则由市级修订" in county.stderr
