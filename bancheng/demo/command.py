"""`bancheng demo`: a fresh system, one simulated clock, six stories and a day at the counter, and what came of them."""

import asyncio
import contextlib
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bancheng.demo import report
from bancheng.demo.checks import clocks
from bancheng.demo.identities import identities
from bancheng.demo.player import Player, Unexpected
from bancheng.demo.report import Effort, Told
from bancheng.demo.restarts import Restarts
from bancheng.demo.seed import AT_LEAST, seed
from bancheng.demo.stage import Cue, Stage
from bancheng.demo.stories import STORIES
from bancheng.demo.tally import tally
from bancheng.local.authority import Authority, Unsettled, authority
from bancheng.local.child import EngineFailed
from bancheng.local.stack import SERVICES, Stack, StackFailed, refuse_in_production, running_at
from bancheng.up import greet
from shared.workdays import ZONE

START = datetime(2026, 9, 28, 9, 0, tzinfo=ZONE)
MARKER = ".bancheng-demo"
WIDE = 110  # where the output is no terminal, a table must still have room
MakeRestarts = Callable[[Stack], Restarts]
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


class WrongFolder(RuntimeError):
    """The folder is not ours to empty."""


def demo(
    leave: Annotated[bool, typer.Option("--exit", help="Leave after the play: 0 only if all is as expected.")] = False,
    data: Annotated[Path, typer.Option(help="Emptied first, if an earlier demo made it.")] = Path(".bancheng/demo"),
    restart_services: Annotated[
        bool, typer.Option("--restart-services", help="Kill and restart each service once while the stories go on.")
    ] = False,
    restart: Annotated[
        list[str] | None, typer.Option(help="Stop this service (SIGTERM) and start it again on the way; repeatable.")
    ] = None,
) -> None:
    """Play the window's work through the public APIs, from 2026-09-28 09:00 on, and check what came of it."""
    try:
        refuse_in_production()
        if unknown := set(restart or ()) - set(SERVICES):
            _fail(f"no service {', '.join(sorted(unknown))}; there are {', '.join(SERVICES)}", 2)
        fresh_folder(data)
        right = asyncio.run(_run(data, leave, _restarts_wanted(restart_services, restart)))
    except WrongFolder as error:
        _fail(str(error), 2)
    except (StackFailed, EngineFailed) as error:
        _fail(str(error), 1)
    except (Unsettled, Unexpected) as error:
        _fail(f"{error}\nlogs: {data / 'logs'}", 1)
    except asyncio.CancelledError:
        raise typer.Exit(128 + signal.SIGTERM) from None
    if not right:
        raise typer.Exit(1)


def fresh_folder(data: Path) -> None:
    """An empty folder with the demo's marker; what an earlier demo left is removed, anything else is left alone."""
    if data.is_dir() and any(data.iterdir()):
        if not (data / MARKER).exists():
            raise WrongFolder(f"{data} is not empty and no earlier demo made it: choose another with --data")
        with contextlib.suppress(StackFailed):
            raise WrongFolder(f"a demo is running on {data} (process {running_at(data)['pid']}): stop it first")
        shutil.rmtree(data)
    elif data.exists() and not data.is_dir():
        raise WrongFolder(f"{data} is not a folder: choose another with --data")
    data.mkdir(parents=True, exist_ok=True)
    (data / MARKER).touch()


def _restarts_wanted(all_killed: bool, stopped: list[str] | None) -> MakeRestarts | None:
    if all_killed:
        return lambda stack: Restarts(stack, _say)
    return (lambda stack: Restarts(stack, _say, stopped, signal.SIGTERM)) if stopped else None


async def _run(data: Path, leave: bool, make_restarts: MakeRestarts | None) -> bool:
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    if not out.is_terminal:
        out.width = WIDE
    began = time.monotonic()
    stack = Stack(data, _say, identities(), START)
    async with stack.running():
        await seed(stack, AT_LEAST)
        right = await _play(stack, make_restarts, time.monotonic() - began)
        if not leave:
            await _look_around(stack)
    return right


async def _play(stack: Stack, make_restarts: MakeRestarts | None, starting: float) -> bool:
    began = time.monotonic()
    async with authority(stack) as ruler, Player(stack) as player:
        restarts = make_restarts(stack) if make_restarts else None
        if restarts:
            player.on_command = restarts.on_command
        stories = await _stories(ruler, player)
        if restarts:
            await restarts.done()
        await ruler.settle()  # looking at personal data to check it was told as an event, too
        counted = await tally(stack)
        effort = Effort(player.commands, player.repeats, restarts.count if restarts else 0, starting,
                        time.monotonic() - began)  # fmt: skip
    for story in stories:
        report.timeline(out, story)
    out.print()
    report.comparison(out, stories)
    report.accounts(out, stories, counted, effort)
    return counted.right and all(story.fits for story in stories)


async def _stories(ruler: Authority, player: Player) -> list[Told]:
    """Play all stories at once, let the system settle, and read what came of each."""
    by_name, ids = {story.NAME: story for story in STORIES}, dict[str, str]()
    with _progress(player) as show:
        stage = Stage(ruler, show)
        cues = {name: Cue(name, stage) for name in by_name}

        async def play(cue: Cue) -> None:
            ids[cue.name] = await by_name[cue.name].play(cue, player)

        try:
            await stage.play([(cue, play) for cue in cues.values()])
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        await ruler.settle()
    told = []
    for story in STORIES:
        cue, matter_id = cues[story.NAME], ids[story.NAME]
        checks = [*cue.noted, *await story.check(player, matter_id)]
        told.append(Told(story.NAME, cue.told, checks, await clocks(player, matter_id) if matter_id else ()))
    return told


async def _look_around(stack: Stack) -> None:
    """Let time run on and the system stay up until Ctrl-C."""
    assert stack.clock
    stack.clock.set(stack.clock.now(), speed=1.0)
    greet(stack)
    await asyncio.Event().wait()


@contextmanager
def _progress(player: Player) -> Iterator[Callable[[datetime], None]]:
    """One line with the simulated time; nothing where nobody watches."""
    with err.status("…") as line:

        def show(moment: datetime) -> None:
            day = f"{moment:%Y-%m-%d} 周{report.WEEKDAYS[moment.weekday()]} {moment:%H:%M}"
            line.update(f"模拟时间 / simulated time {day}  命令 / commands {player.commands}")

        yield show


def _say(line: str) -> None:
    err.print(line, style="dim", soft_wrap=True)


def _fail(message: str, status: int) -> None:
    err.print(message, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(status)
