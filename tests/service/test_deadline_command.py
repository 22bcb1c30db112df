"""`bancheng deadline explain --id` against the real deadlines: what it prints, and what it is refused."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.ids import new_id
from tests.engines import Engines
from tests.harness import Hall, hall
from tests.service.test_deadlines_service import WINDOW, Matter, window
from tests.unit.deadlines_story import acked, at, issued

STAFF = {"sub": "staff", "org": "410200", "org_type": "DISCIPLINE", "roles": ["duty_staff"]}
Result = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
async def deadlines(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "deadlines", Path(tmp_path_factory.mktemp("explained"))) as running:
        await running.publish(window(WINDOW))
        await running.caught_up()
        yield running


async def explain(deadlines: Hall, deadline_id: object, *more: str, of: str = WINDOW) -> Result:
    to = ["--url", deadlines.base, "--token", deadlines.issuer.token(STAFF | {"window": of})]
    command = [sys.executable, "-m", "bancheng", "deadline", "explain", "--id", str(deadline_id), *to, *more]
    return await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, encoding="utf-8", check=False
    )


async def test_a_running_clock_is_explained_as_its_service_explains_it(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    deadlines.time.set(at("09-30 10:00"))
    await matter.told(issued("09-30 09:30", rule="D12"), acked("09-30 10:00"))
    clock = await matter.clock("D12")
    told = await explain(deadlines, clock["id"])
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0] == "不给办,时限3个工作日,自承办单位签收(2026-09-30 10:00)起算"
    assert lines[-2:] == ["2026-10-10(周六) 当日17:00截止", "逐日计算的结果与所记期限一致"]
    as_json = json.loads((await explain(deadlines, clock["id"], "--json")).stdout)
    assert (as_json["rule"], as_json["due_at"], as_json["agrees"]) == ("D12", "2026-10-10T17:00:00+08:00", True)


async def test_a_clock_that_is_not_there_or_not_in_sight_is_refused_in_one_line(deadlines: Hall) -> None:
    matter = Matter(deadlines)
    await matter.told(issued("09-30 09:30"))
    clock = (await matter.rows())[0]
    for told in (
        await explain(deadlines, new_id()),
        await explain(deadlines, clock["id"], of="410200-W9"),
        await explain(deadlines, clock["id"], "--limit", "3WD"),
    ):
        assert (told.returncode, told.stdout, len(told.stderr.splitlines())) == (2, "", 1)
