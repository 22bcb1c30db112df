"""What the commands for one machine refuse, and what they find, without anything being started."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bancheng.__main__ import app
from bancheng.local.ports import free_port


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
