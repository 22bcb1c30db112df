"""The stories of the demo, in the order in which they are told."""

from collections.abc import Awaitable
from typing import Protocol

from bancheng.demo.checks import Check
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue
from bancheng.demo.stories import c1, c2, c3, c4, c5, c6, counter, handover, reassigned, watched


class Story(Protocol):
    """A module of this package."""

    NAME: str
    WINDOW: str

    def play(self, cue: Cue, player: Player) -> Awaitable[str]:
        """Play it to its end; the id of its matter, empty where it has none."""

    def check(self, player: Player, matter_id: str) -> Awaitable[list[Check]]:
        """Compare what the services say with what must be."""


STORIES: tuple[Story, ...] = (c1, c2, c3, c4, c5, c6, counter, handover, reassigned, watched)
