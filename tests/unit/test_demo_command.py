"""What the demo does with its folder, and when it kills which service."""

import asyncio
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bancheng.audit import Finding, Verdict
from bancheng.demo.command import MARKER, WrongFolder, fresh_folder
from bancheng.demo.restarts import MOMENTS, Restarts
from bancheng.demo.tally import Tally


def test_a_new_folder_is_made_and_marked(tmp_path: Path) -> None:
    fresh_folder(tmp_path / "a" / "demo")
    assert [path.name for path in (tmp_path / "a" / "demo").iterdir()] == [MARKER]


def test_what_an_earlier_demo_left_is_removed(tmp_path: Path) -> None:
    fresh_folder(tmp_path)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "intake.log").write_text("old")
    fresh_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MARKER]


def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(WrongFolder, match="no earlier demo made it"):
        fresh_folder(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
    with pytest.raises(WrongFolder, match="not a folder"):
        fresh_folder(tmp_path / "thesis.txt")


@pytest.mark.parametrize(
    ("changed", "right"),
    [
        ({}, True), ({"parked": 1}, False), ({"dead": 1}, False), ({"telling": 1}, False), ({"published": 281}, False),
        ({"log": Verdict(280, "00", Finding("entry.hash", "the content was changed"))}, False),
    ],
)  # fmt: skip
def test_the_accounts_are_right_only_if_nothing_is_left_over_and_the_log_holds_everything(
    changed: dict[str, Any], right: bool
) -> None:
    sound = Tally(published=280, telling=0, parked=0, dead=0, log=Verdict(280, "00"))
    assert replace(sound, **changed).right is right


class Killed:
    """A stack that only remembers whom it was to restart."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.how: list[signal.Signals] = []

    async def restart(self, service: str, how: signal.Signals) -> None:
        self.names.append(service)
        self.how.append(how)


async def test_each_service_is_killed_once_those_that_take_commands_in_the_middle_of_one() -> None:
    stack, said = Killed(), list[str]()
    restarts = Restarts(stack, said.append)  # type: ignore[arg-type]
    at: dict[str, tuple[int, str]] = {}
    for number in range(1, 90):
        receiver = ("intake", "triage", "referral")[number % 3]
        restarts.on_command(number, receiver)
        await asyncio.sleep(0)
        at |= {name: (number, receiver) for name in stack.names if name not in at}
    await restarts.done()
    assert sorted(stack.names) == sorted(MOMENTS)
    assert len({number for number, _ in at.values()}) == len(MOMENTS) == restarts.count
    assert all(receiver == name for name, (_, receiver) in at.items() if name in ("intake", "triage", "referral"))


async def test_only_the_services_asked_for_are_stopped_and_they_may_tidy_up() -> None:
    stack = Killed()
    restarts = Restarts(stack, lambda _line: None, ["audit"], signal.SIGTERM)  # type: ignore[arg-type]
    for number in range(1, 90):
        restarts.on_command(number, "intake")
    await restarts.done()
    assert (stack.names, stack.how) == (["audit"], [signal.SIGTERM])


async def test_a_play_too_short_for_all_restarts_is_no_success() -> None:
    restarts = Restarts(Killed(), lambda _line: None)  # type: ignore[arg-type]
    restarts.on_command(80, "intake")
    with pytest.raises(RuntimeError, match="too few commands"):
        await restarts.done()
