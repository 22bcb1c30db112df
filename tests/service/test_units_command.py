"""`bancheng units import` against the real referral: what it shows, writes and refuses."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest

from tests.engines import Engines
from tests.harness import Hall
from tests.service.referral_desk import referral_desk

Result = subprocess.CompletedProcess[str]
DEPARTMENT = {"sub": "department", "org": "410200", "org_type": "DISCIPLINE", "roles": ["supervision_dept"]}
HEADER = ("单位编码", "所属地区", "单位名称", "性质", "主要负责人账号", "设立日期")


@pytest.fixture(scope="module")
async def referral(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with referral_desk(engines, tmp_path_factory.mktemp("units")) as desk:
        yield desk.hall


def line(number: int, kind: str = "事业单位") -> tuple[str, ...]:
    return (f"410200-U{number}", "410200", f"某{number}中心", kind, f"u-p{number}", "2001-05-01")


def csv_of(path: Path, *lines: tuple[str, ...]) -> Path:
    path.write_text("\n".join(",".join(each) for each in (HEADER, *lines)), encoding="gb18030")
    return path


async def run(referral: Hall, file: Path, *more: str, **claims: object) -> Result:
    to = ["--url", referral.base, "--token", referral.issuer.token(DEPARTMENT | claims)]
    command = [sys.executable, "-m", "bancheng", "units", "import", str(file), *to, *more]
    return await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, encoding="utf-8", check=False
    )


async def registered(referral: Hall) -> list[str]:
    return [event["subject"] for event in await referral.published("unit.registered")]


async def test_a_dry_run_tells_what_the_import_then_does(referral: Hall, tmp_path: Path) -> None:
    before = await registered(referral)
    file = csv_of(tmp_path / "名录.csv", line(31), line(32, "衙门"), line(33))
    tried = await run(referral, file, "--dry-run")
    assert tried.returncode == 1
    assert "dry run, nothing written: new 2, changed 0, same 0, refused 1" in tried.stdout
    assert await registered(referral) == before
    done = await run(referral, file)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "new 2, changed 0, same 0, refused 1")
    [shown] = [each for each in done.stdout.splitlines() if "410200-U32" in each]
    assert all(word in shown for word in ("3", "退回", "性质"))
    assert (await registered(referral))[len(before) :] == ["410200-U31", "410200-U33"]
    again = await run(referral, csv_of(tmp_path / "again.csv", line(31), line(33)), "--json")
    assert again.returncode == 0
    report = json.loads(again.stdout)
    assert (report["same"], [each["row"] for each in report["rows"]]) == (2, [2, 3])


async def test_a_workbook_goes_in_too(referral: Hall, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADER, line(41)):
        book.active.append(row)
    book.save(tmp_path / "名录.xlsx")
    done = await run(referral, tmp_path / "名录.xlsx")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "new 1, changed 0, same 0, refused 0")


async def test_wrong_files_and_arguments_are_said_in_one_line(referral: Hall, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.xlsx").write_text("x")
    (tmp_path / "b.csv").write_text("甲,乙\n1,2\n")
    for name, code, why in (
        ("a.txt", 2, ".csv or .xlsx"),
        ("none.csv", 2, "cannot read"),
        ("a.xlsx", 2, "file.wrong_content"),
        ("b.csv", 2, "文件首行缺少列:单位编码(unit_id)"),
    ):
        result = await run(referral, tmp_path / name)
        assert (result.returncode, len(result.stderr.splitlines())) == (code, 1)
        assert why in result.stderr
    nobody = await run(referral, csv_of(tmp_path / "c.csv", line(51)), roles=["duty_staff"])
    assert (nobody.returncode, "role.missing" in nobody.stderr) == (3, True)
