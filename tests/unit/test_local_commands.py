"""What the commands for one machine refuse, and what they find, without anything being started."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bancheng.__main__ import app


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
