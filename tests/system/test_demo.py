"""The whole system on one machine: the stories end right even when every service is killed once on the way."""

import re
import subprocess
import sys

from tests.engines import open_folder


def test_every_story_ends_right_though_each_service_is_killed_once() -> None:
    with open_folder() as folder:
        command = [
            sys.executable,
            "-m",
            "bancheng",
            "demo",
            "--exit",
            "--restart-services",
            "--data",
            str(folder / "d"),
        ]
        run = subprocess.run(command, capture_output=True, text=True, timeout=240)
        told = run.stdout
        assert run.returncode == 0, told[-8000:] + run.stderr[-4000:]
        assert "everything is as expected" in told
        assert "✗" not in told
        assert "services restarted: 6" in told
        for name in ("C1 医保", "C2 药品许可", "C3 32号院", "C4 加油站", "C5 公积金", "C6 入企访廉", "登记台", "交接"):
            assert [line.strip() for line in told.splitlines()].count(name) == 2, name  # its timeline, and its table
        repeated = re.search(r"重发 / repeated (\d+)", told)
        assert repeated, told[-2000:]
        assert int(repeated[1]) > 0
        assert not list(folder.glob("d/runtime.json")), "nothing runs any more"
