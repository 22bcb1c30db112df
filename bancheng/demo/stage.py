"""The stage: several stories at once on one simulated clock."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bancheng.demo.checks import Check, fact
from shared.workdays import ZONE

Play = Callable[["Cue"], Awaitable[None]]


class Time(Protocol):
    """What the stage needs of the clock authority."""

    def now(self) -> datetime: ...
    async def advance(self, to: datetime) -> None: ...


@dataclass
class Cue:
    """What a story holds: it waits for its moments, tells what happened, and notes what only shows on the way."""

    name: str
    stage: "Stage"
    told: list[tuple[datetime, str]] = field(default_factory=list)
    noted: list[Check] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The simulated time."""
        return self.stage.time.now()

    async def at(self, when: str) -> None:
        """Wait for a moment of the year 2026, `MM-DD HH:MM`."""
        await self.stage.wait(datetime.strptime(f"2026-{when}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE))

    def tell(self, sentence: str) -> None:
        """A line of the story's timeline, at the time it is now."""
        self.told.append((self.now, sentence))

    def expect(self, what: str, expected: Any, got: Any) -> None:
        """Note what must be so at this moment of the play."""
        self.noted.append(fact(what, expected, got))


class Stage:
    """Moves time on when every story waits for it, to the earliest moment that any waits for."""

    def __init__(self, time: Time, on_time: Callable[[datetime], None] = lambda _moment: None) -> None:
        self.time = time
        self._on_time = on_time
        self._waiting: dict[datetime, list[asyncio.Future[None]]] = defaultdict(list)
        self._busy = 0
        self._all_wait = asyncio.Event()

    async def play(self, stories: Sequence[tuple[Cue, Play]]) -> None:
        """Play all stories to their ends; the first error ends the play."""
        self._busy = len(stories)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._one(cue, play)) for cue, play in stories]
            while not all(task.done() for task in tasks):
                await self._all_wait.wait()
                self._all_wait.clear()
                if self._waiting:
                    await self._move_on()

    async def wait(self, when: datetime) -> None:
        """Leave the stage until it is `when`."""
        if when <= self.time.now():
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[when].append(turn)
        self._leave()
        await turn

    async def _move_on(self) -> None:
        when = min(self._waiting)
        self._on_time(when)
        await self.time.advance(when)
        turns = self._waiting.pop(when)
        self._busy += len(turns)
        for turn in turns:
            turn.set_result(None)

    async def _one(self, cue: Cue, play: Play) -> None:
        await play(cue)
        self._leave()

    def _leave(self) -> None:
        self._busy -= 1
        if self._busy == 0:
            self._all_wait.set()
