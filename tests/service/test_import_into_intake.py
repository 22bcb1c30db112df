"""The import against the real intake: what goes in, what a repetition does, what a kill half-way leaves."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest
from typer.testing import Result

from tests.engines import Engines
from tests.harness import Hall, hall
from tests.unit.import_room import HEADER, message, report_of, run, write

STREAM = Path(__file__).parents[3] / "shared" / "data" / "messages_stream.csv"
DEPARTMENT = {"sub": "supervision_dept", "org": "410200", "org_type": "DISCIPLINE", "roles": ["supervision_dept"]}
# Ctrl-C counts even where these tests run in the background, which has it ignored.
COMMAND = (
    "import signal, typer; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from bancheng.importing.command import import_file; typer.run(import_file)"
)


@pytest.fixture(scope="module")
async def intake(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(engines, "intake", Path(tmp_path_factory.mktemp("intake"))) as running:
        window = {"window_id": "410200-W1", "org_code": "410200", "level": "CITY", "name": "“办不成事”监督窗口"}
        answer = await running.client("supervision_dept", "supervision_dept").post("/windows", window)
        assert answer.is_success, answer.text
        yield running


def arguments(intake: Hall, path: Path, **claims: object) -> list[str]:
    token = intake.issuer.token(DEPARTMENT | claims)
    return [str(path), "--url", intake.base, "--token", token, "--report", str(path.parent / "report.csv")]


async def send(intake: Hall, path: Path, *more: str, **claims: object) -> Result:
    return await asyncio.to_thread(run, *arguments(intake, path, **claims), *more)


async def received(intake: Hall) -> int:
    [row] = await intake.query("SELECT count(*) AS number FROM outbox WHERE type = 'bancheng.matter.received.v1'")
    return int(row["number"])


async def test_every_row_becomes_a_historical_matter_that_waits_for_registration(intake: Hall, tmp_path: Path) -> None:
    before = await received(intake)
    path = write(tmp_path / "f.csv", [message(number) for number in range(450)], "gb18030")
    result = await send(intake, path, "--channel", "LETTER")
    assert result.exit_code == 0, result.output
    assert "accepted 450, already there 0, refused 0" in result.stdout
    events = (await intake.published("matter.received"))[before:]
    assert len(events) == 450
    assert all(event["data"]["historical"] and event["data"]["channel"] == "LETTER" for event in events)
    assert {event["data"]["received_at"] for event in events} == {events[0]["data"]["received_at"]}
    assert not any("路灯" in str(event) for event in events)


async def test_the_same_rows_from_another_kind_of_file_are_there_already(intake: Hall, tmp_path: Path) -> None:
    rows = [message(number) for number in range(5000, 5020)]
    assert (await send(intake, write(tmp_path / "f.csv", rows))).exit_code == 0
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in (HEADER, *(tuple(row.values()) for row in rows), tuple(message(5020).values())):
        sheet.append(line)
    book.save(tmp_path / "f.xlsx")
    before = await received(intake)
    result = await send(intake, tmp_path / "f.xlsx")
    assert result.exit_code == 0, result.output
    assert "accepted 1, already there 20" in result.stdout
    assert await received(intake) == before + 1


async def test_what_intake_itself_refuses_is_reported_and_the_others_go_in(intake: Hall, tmp_path: Path) -> None:
    # The clock of this intake stands in September 2026, so that only intake can know what is future to it.
    rows = [message(7001), message(7002, 留言时间="2026/10/30 09:00:00"), message(7003)]
    result = await send(intake, write(tmp_path / "f.csv", rows))
    assert result.exit_code == 1, result.output
    assert "accepted 2, already there 0, refused 1" in result.stdout
    [(row, ref, code, reason)] = report_of(tmp_path / "report.csv")
    assert (row, ref) == ("3", "B7002")
    assert code
    assert reason


async def test_a_unit_may_not_import(intake: Hall, tmp_path: Path) -> None:
    before = await received(intake)
    path = write(tmp_path / "f.csv", [message(7100)])
    unit = {"org_type": "UNIT", "roles": ["unit_handler"], "unit": "410200-U01"}
    blind = await send(intake, path, **unit)
    assert (blind.exit_code, "has no window" in blind.stderr) == (3, True)
    told = await send(intake, path, "--window", "410200-W1", **unit)
    assert (told.exit_code, "403 role.missing" in told.stderr) == (3, True)
    assert await received(intake) == before


async def test_killed_half_way_and_run_again_it_completes(intake: Hall, tmp_path: Path) -> None:
    before = await received(intake)
    path = write(tmp_path / "f.csv", [message(number) for number in range(10_000, 13_000)])
    command = [sys.executable, "-c", COMMAND, *arguments(intake, path)]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL, cwd=Path.cwd())
    await intake.until(lambda: _more_than(intake, before + 400), within=60)
    os.kill(child.pid, signal.SIGKILL)
    await child.wait()
    assert before + 400 <= await received(intake) < before + 3000
    result = await send(intake, path)
    assert result.exit_code == 0, result.output
    assert await received(intake) == before + 3000


async def test_ctrl_c_ends_it_with_one_line_and_the_report(intake: Hall, tmp_path: Path) -> None:
    before = await received(intake)
    rows = [message(20_000, 留言主题="短"), *(message(number) for number in range(20_001, 40_000))]
    command = [sys.executable, "-c", COMMAND, *arguments(intake, write(tmp_path / "f.csv", rows))]
    child = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE, cwd=Path.cwd())
    await intake.until(lambda: _more_than(intake, before + 200), within=60)
    child.send_signal(signal.SIGINT)
    _, said = await child.communicate()
    assert child.returncode == 130
    assert said.decode().splitlines() == ["interrupted; what was sent stays in: run again to complete"]
    assert [line[1] for line in report_of(tmp_path / "report.csv")] == ["B20000"]


async def _more_than(intake: Hall, count: int) -> bool:
    return await received(intake) >= count


@pytest.mark.skipif(not STREAM.exists(), reason="the shared messages are not here")
async def test_the_real_messages_go_in_whole(intake: Hall, tmp_path: Path) -> None:
    before = await received(intake)
    result = await send(intake, STREAM, "--channel", "H12345", "--report", str(tmp_path / "report.csv"))
    assert result.exit_code == 0
    assert "rows 2801, sent 2801, accepted 2801, already there 0, refused 0" in result.stdout
    assert await received(intake) == before + 2801
