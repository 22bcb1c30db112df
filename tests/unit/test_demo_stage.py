"""The stage: stories meet at their moments, and time moves only when every story waits for it."""

import asyncio
from datetime import datetime

import pytest

from bancheng.demo.checks import Check
from bancheng.demo.stage import Cue, Stage
from shared.workdays import ZONE

START = datetime(2026, 9, 28, 9, 0, tzinfo=ZONE)


class Watch:
    """A clock that goes where it is told, at once, and remembers where it was."""

    def __init__(self) -> None:
        self.moments: list[str] = []
        self._now = START

    def now(self) -> datetime:
        return self._now

    async def advance(self, to: datetime) -> None:
        await asyncio.sleep(0)
        self._now = to
        self.moments.append(f"{to:%m-%d %H:%M}")


async def played(*stories: object) -> tuple[Watch, list[Cue]]:
    watch = Watch()
    stage = Stage(watch)
    cues = [Cue(f"story {number}", stage) for number in range(len(stories))]
    await stage.play(list(zip(cues, stories, strict=True)))  # type: ignore[arg-type]
    return watch, cues


def story(*moments: str) -> object:
    async def play(cue: Cue) -> None:
        for moment in moments:
            await cue.at(moment)
            cue.tell(moment)

    return play


def told(cue: Cue) -> list[tuple[str, str]]:
    return [(f"{when:%m-%d %H:%M}", sentence) for when, sentence in cue.told]


async def test_time_goes_from_moment_to_moment_whichever_story_waits_for_it() -> None:
    watch, cues = await played(story("09-28 09:10", "10-10 16:00"), story("09-28 09:05", "09-28 10:00"))
    assert watch.moments == ["09-28 09:05", "09-28 09:10", "09-28 10:00", "10-10 16:00"]
    assert [told(cue) for cue in cues] == [
        [("09-28 09:10", "09-28 09:10"), ("10-10 16:00", "10-10 16:00")],
        [("09-28 09:05", "09-28 09:05"), ("09-28 10:00", "09-28 10:00")],
    ]


async def test_two_stories_that_wait_for_the_same_moment_both_get_it() -> None:
    watch, cues = await played(story("09-28 10:00"), story("09-28 10:00"))
    assert watch.moments == ["09-28 10:00"]
    assert all(told(cue) == [("09-28 10:00", "09-28 10:00")] for cue in cues)


async def test_a_moment_that_has_passed_does_not_turn_time_back() -> None:
    watch, [cue] = await played(story("09-28 10:00", "09-28 09:30"))
    assert watch.moments == ["09-28 10:00"]
    assert told(cue) == [("09-28 10:00", "09-28 10:00"), ("09-28 10:00", "09-28 09:30")]


async def test_time_stands_still_while_a_story_is_at_work() -> None:
    found = []

    async def at_work(cue: Cue) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        found.append(cue.now)

    await played(at_work, story("10-23 17:00"))
    assert found == [START]


async def test_the_first_error_ends_the_play_for_all() -> None:
    async def fails(cue: Cue) -> None:
        await cue.at("09-28 09:30")
        raise LookupError("not as the story wants")

    later = story("09-28 09:10", "10-23 17:00")
    with pytest.raises(ExceptionGroup) as failed:
        await played(fails, later)
    assert [type(error) for error in failed.value.exceptions] == [LookupError]


async def test_what_is_noted_on_the_way_is_kept_with_both_values() -> None:
    async def notes(cue: Cue) -> None:
        cue.expect("事项仍在办理", True, False)

    _, [cue] = await played(notes)
    assert cue.noted == [Check("事项仍在办理", "是", "否")]
    assert not cue.noted[0].fits
