"""Business time: dates of acts, due dates, who is on duty. Everything that has legal weight asks here.

The real clock unless a clock file is set: then all processes of one machine read the same simulated time from it.
"""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from shared.workdays import ZONE

_LAYOUT = struct.Struct("<qqd")  # simulated µs, real µs at that moment, speed (0 stands still)


SLACK = timedelta(seconds=2)  # between the beginning of an act and its commit, nearly always


class Clock(Protocol):
    """Tells the business time, aware, in Kaifeng's zone."""

    def now(self) -> datetime: ...

    @property
    def stands_still(self) -> bool:
        """Whether it moves only when somebody sets it, which nobody does before everything has settled."""
        ...

    def settled(self, by: datetime) -> datetime: ...

    def not_before(self, moment: datetime) -> None:
        """It has been told that nothing older is to come: no act is dated before this from now on."""
        ...


class RealClock:
    """The machine's time; where it lies behind what was told already, that."""

    stands_still = False

    def __init__(self) -> None:
        self._told = datetime.min.replace(tzinfo=ZONE)

    def now(self) -> datetime:
        return max(datetime.now(ZONE), self._told)

    def settled(self, by: datetime) -> datetime:
        return min(self.now() - SLACK, by)

    def not_before(self, moment: datetime) -> None:
        self._told = max(self._told, moment.astimezone(ZONE))


class SimulatedClock:
    """Time as the clock file says it: `base + speed × (real time since it was written)`."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _LAYOUT.size)

    def now(self) -> datetime:
        base, real, speed = _LAYOUT.unpack_from(self._map)
        return _from_micros(base + int(speed * (_real_micros() - real)))

    @property
    def stands_still(self) -> bool:
        return bool(_LAYOUT.unpack_from(self._map)[2] == 0)

    def settled(self, by: datetime) -> datetime:
        return self.now() if self.stands_still else self.now() - SLACK

    def not_before(self, moment: datetime) -> None:
        pass  # every process reads the same file

    def set(self, moment: datetime, speed: float = 0.0) -> None:
        """Set the time for every process that reads this file."""
        _LAYOUT.pack_into(self._map, 0, _micros(moment), _real_micros(), speed)


def create_clock_file(path: Path, start: datetime, speed: float = 0.0) -> SimulatedClock:
    """Make a clock file that stands at `start`."""
    path.write_bytes(_LAYOUT.pack(_micros(start), _real_micros(), speed))
    return SimulatedClock(path)


def use(clock: Clock) -> None:
    """Make this process tell its business time from `clock`."""
    global _clock
    _clock = clock


def now() -> datetime:
    """The business time, aware, +08:00."""
    return _clock.now()


def stands_still() -> bool:
    """Whether business time moves only when somebody sets it."""
    return _clock.stands_still


def settled(by: datetime) -> datetime:
    """Until when no act is going to be dated any more, but for one that takes unusually long.

    Never ahead of the database's clock, `by`, so that one host whose clock is fast drags nobody along.
    """
    return _clock.settled(by)


def not_before(moment: datetime) -> None:
    """Date no act before a moment from now on."""
    _clock.not_before(moment)


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _from_micros(value: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)).astimezone(ZONE)


def _real_micros() -> int:
    return time.time_ns() // 1000


_clock: Clock = RealClock()
