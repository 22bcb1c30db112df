"""What the commands for one machine refuse, and what they find, without anything being started."""

import json
import os
import socket
from datetime import date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bancheng.__main__ import app, today_on
from bancheng.local.ports import free_port, given_ports
from bancheng.local.stack import PORTS, Stack, StackFailed
from shared.clock import create_clock_file
from shared.workdays import ZONE


def bancheng(*arguments: object, **environment: str | None) -> Result:
    clean: dict[str, str | None] = {"BANCHENG_ENV": None, "BANCHENG_DATABASE_URL": None, "COLUMNS": "300"}
    return CliRunner(env=clean | environment).invoke(app, [str(each) for each in arguments])


@pytest.mark.parametrize("command", ["up", "demo"])
def test_nothing_local_starts_in_production(command: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    refused = bancheng(command, "--data", data, BANCHENG_ENV="production")
    assert refused.exit_code == 1
    assert "never for production" in refused.stderr
    assert not data.exists()


@pytest.mark.parametrize("command", ["parked list intake", "audit verify", "audit show"])
def test_a_command_that_finds_no_database_says_what_to_give(command: str, tmp_path: Path) -> None:
    refused = bancheng(*command.split(), "--data", tmp_path)
    assert refused.exit_code == 2
    assert refused.stderr.count("\n") == 1
    assert "bancheng up" in refused.stderr
    assert "--database" in refused.stderr


@pytest.mark.parametrize("command", ["parked list audit", "audit verify"])
def test_the_running_local_system_is_asked_last(command: str, tmp_path: Path) -> None:
    running, given, named = (f"postgresql://nobody@127.0.0.1:{free_port()}/audit" for _ in range(3))
    (tmp_path / "runtime.json").write_text(json.dumps({"pid": os.getpid(), "databases": {"audit": running}}))
    local = [*command.split(), "--data", tmp_path]
    for refused, asked in (
        (bancheng(*local), running),
        (bancheng(*local, BANCHENG_DATABASE_URL=given), given),
        (bancheng(*local, "--database", named, BANCHENG_DATABASE_URL=given), named),
    ):
        assert refused.exit_code == 2
        assert refused.stderr.count("\n") == 1
        assert asked.split(":")[-1].split("/")[0] in refused.stderr


def test_the_team_on_duty_goes_by_the_simulated_time_of_the_local_system(tmp_path: Path) -> None:
    assert today_on(tmp_path) == datetime.now(ZONE).date()
    create_clock_file(tmp_path / "clock", datetime(2026, 10, 12, 9, tzinfo=ZONE))
    assert today_on(tmp_path) == date(2026, 10, 12)


def test_a_clock_of_an_earlier_run_is_not_left_to_a_system_in_real_time(tmp_path: Path) -> None:
    start = datetime(2026, 10, 12, 9, tzinfo=ZONE)
    Stack(tmp_path, print, {}, start)._prepare_folder()
    assert today_on(tmp_path) == start.date()
    Stack(tmp_path, print, {})._prepare_folder()
    assert not (tmp_path / "clock").exists()


async def test_a_second_system_on_the_same_folder_is_refused_and_leaves_the_first_alone(tmp_path: Path) -> None:
    first = Stack(tmp_path, print, {}, datetime(2026, 10, 12, 9, tzinfo=ZONE))
    first._prepare_folder()
    (tmp_path / "runtime.json").write_text(json.dumps({"pid": os.getpid()}))
    with socket.create_server(("127.0.0.1", first.ports["issuer"])), pytest.raises(StackFailed, match="already"):
        async with Stack(tmp_path, print, {}).running():
            pass
    assert (tmp_path / "clock").exists()
    assert (tmp_path / "runtime.json").exists()


@pytest.mark.parametrize("operator", ["王某", "wang li", "", "a" * 65, "ops-1\n"])
def test_who_acts_on_a_parked_event_is_told_by_account_and_not_by_name(operator: str, tmp_path: Path) -> None:
    retry = ["parked", "retry", "intake", "/410200/triage", "M", "--data", tmp_path, "--operator"]
    refused, accepted = bancheng(*retry, operator), bancheng(*retry, "ops-1@410200")
    assert refused.exit_code == 2
    assert "not a person's name" in refused.stderr
    assert "nothing is running" in accepted.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--ports", "mayor=8001"], "no port is called 'mayor'"), (["--ports", "intake"], "from 1 to 65535"),
        (["--ports", "intake=65536"], "from 1 to 65535"), (["--ports", "intake=8001,triage=8001"], "given twice"),
        (["--port", "8000", "--ports", "console=8001"], "given twice"),
    ],
)  # fmt: skip
def test_ports_that_cannot_be_meant_are_refused_in_one_line(given: list[str], said: str, tmp_path: Path) -> None:
    refused = bancheng("up", "--data", tmp_path / "data", *given)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        refused = bancheng("up", "--data", tmp_path / "data", "--ports", f"intake={port}")
    assert refused.exit_code == 2
    assert f"port {port} for intake is taken" in refused.stderr


def test_a_given_port_goes_to_nobody_else(tmp_path: Path) -> None:
    before = Stack(tmp_path, print, {})
    before._prepare_folder()
    after = Stack(tmp_path, print, {}, wanted_ports=given_ports(f"intake={before.ports['triage']}", PORTS))
    after._prepare_folder()
    assert after.ports["intake"] == before.ports["triage"]
    assert after.ports["kafka"] == before.ports["kafka"]
    assert len(set(after.ports.values())) == len(after.ports)
