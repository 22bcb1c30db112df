"""Sending to a small intake over real HTTP: counts, repeats, refusals, faults on the way."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from tests.unit.import_room import Intake, intake, message, report_of, run, write


@pytest.fixture
def taking() -> Iterator[Intake]:
    with intake() as found:
        yield found


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bancheng.client.calling.FIRST_PAUSE", 0.01)


def send(path: Path, taking: Intake, *more: object, token: str = "good") -> Result:
    return run(path, "--url", taking.url, "--token", token, "--report", path.parent / "report.csv", *more)


def messages(tmp_path: Path, count: int = 450) -> Path:
    return write(tmp_path / "messages.csv", [message(number) for number in range(count)])


def test_all_rows_go_in_and_a_second_run_adds_none(tmp_path: Path, taking: Intake) -> None:
    path = messages(tmp_path)
    first = send(path, taking)
    assert first.exit_code == 0
    assert "rows 450, sent 450, accepted 450, already there 0, refused 0" in first.stdout
    assert len(taking.rows) == 450
    second = send(path, taking)
    assert second.exit_code == 0
    assert "accepted 0, already there 450, refused 0" in second.stdout
    assert "路灯" not in first.output + second.output


def test_refused_rows_are_reported_and_the_others_go_in(tmp_path: Path, taking: Intake) -> None:
    rows = [message(1), message(2, 留言详情="短"), message(3), message(4, 留言编号="-4", 留言时间="昨天")]
    taking.refuse["B3"] = "事由中不要写电话号码或证件号码,请填在相应栏目"
    result = send(write(tmp_path / "f.csv", rows), taking)
    assert result.exit_code == 1
    assert "accepted 1, already there 0, refused 3" in result.stdout
    assert report_of(tmp_path / "report.csv") == [
        ["3", "B2", "facts.length", "事实经过须为10至20000个字符,现为1个"],
        ["4", "B3", "title.personal_data", "事由中不要写电话号码或证件号码,请填在相应栏目"],
        ["5", "'-4", "received_at.invalid", "收到时间无法识别,请写成 2026/9/28 09:00:00 的样子"],
    ]


def test_a_row_that_spoils_its_batch_stays_out_alone(tmp_path: Path, taking: Intake) -> None:
    taking.unreadable.add("B77")
    result = send(messages(tmp_path), taking)
    assert result.exit_code == 1
    assert "accepted 449, already there 0, refused 1" in result.stdout
    assert [line[:3] for line in report_of(tmp_path / "report.csv")] == [["79", "B77", "form.invalid"]]


def test_passing_trouble_is_repeated_with_the_same_key(tmp_path: Path, taking: Intake) -> None:
    taking.answers = [
        (503, {"Retry-After": "0"}, {"code": "service.unavailable", "detail": "…"}),
        (409, {}, {"code": "idempotency.running", "detail": "…"}),
        (429, {}, {"code": "too_many", "detail": "…"}),
    ]
    result = send(messages(tmp_path, 20), taking)
    assert result.exit_code == 0
    assert len(taking.keys) == 4
    assert len(set(taking.keys)) == 1


def test_a_refused_token_ends_it_with_one_line(tmp_path: Path, taking: Intake) -> None:
    result = send(messages(tmp_path, 20), taking, token="old")
    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 1
    assert "--token" in result.stderr


def test_a_running_local_system_is_found_and_its_tokens_are_renewed(tmp_path: Path, taking: Intake) -> None:
    taking.tokens.clear()
    addresses = {"intake": taking.url, "issuer": taking.url, "pid": os.getpid()}
    (tmp_path / "runtime.json").write_text(json.dumps(addresses))
    taking.answers = [(401, {}, {"code": "auth.expired", "detail": "登录已过期,请重新登录"})]
    result = run(messages(tmp_path), "--data", tmp_path, "--report", tmp_path / "r.csv")
    assert result.exit_code == 0
    assert taking.issued == 2
    assert len(taking.rows) == 450


def test_a_forbidden_import_ends_it_with_intakes_own_words(tmp_path: Path, taking: Intake) -> None:
    result = send(messages(tmp_path, 20), taking, "--window", "elsewhere")
    assert result.exit_code == 3
    assert "403 window.unknown: 请指明接收的窗口" in result.stderr


def test_where_the_window_is_not_clear_it_asks_for_one(tmp_path: Path, taking: Intake) -> None:
    taking.windows.append({"window_id": "C-W2", "level": "CITY"})
    result = send(messages(tmp_path, 20), taking)
    assert result.exit_code == 2
    assert "--window is needed" in result.stderr
    assert "C-W1, C-W2" in result.stderr
    assert send(messages(tmp_path, 20), taking, "--window", "C-W1").exit_code == 0


def test_an_interrupted_import_completes_when_run_again(tmp_path: Path, taking: Intake) -> None:
    path = messages(tmp_path, 900)
    taking.breaks_after = 2
    assert send(path, taking).exit_code == 3
    assert len(taking.rows) == 400
    taking.breaks_after = None
    result = send(path, taking)
    assert result.exit_code == 0
    told = re.search(r"accepted (\d+), already there (\d+)", result.stdout)
    assert told
    accepted, there = map(int, told.groups())
    assert accepted + there == len(taking.rows) == 900
    assert there >= 400  # and what was on its way when the import broke off


def test_an_address_where_nobody_listens_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bancheng.client.calling.PATIENCE", 0.05)
    result = run(messages(tmp_path, 20), "--url", "http://127.0.0.1:9", "--token", "t",
                 "--report", tmp_path / "r.csv")  # fmt: skip
    assert result.exit_code == 3
    assert "cannot be reached: ConnectError" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_what_is_not_intake_is_said(tmp_path: Path, taking: Intake) -> None:
    taking.answers = [(200, {}, {"hello": "world"})]
    result = send(messages(tmp_path, 20), taking)
    assert result.exit_code == 3
    assert "is not intake" in result.stderr
