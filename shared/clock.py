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


class Clock(Protocol):
    """Tells the business time, aware, in Kaifeng's zone."""

    def now(self) -> datetime: ...


class RealClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(ZONE)


class SimulatedClock:
    """Time as the clock file says it: `base + speed × (real time since it was written)`."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _LAYOUT.size)

    def now(self) -> datetime:
        base, real, speed = _LAYOUT.unpack_from(self._map)
        return _from_micros(base + int(speed * (_real_micros() - real)))

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


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _from_micros(value: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)).astimezone(ZONE)


def _real_micros() -> int:
    return time.time_ns() // 1000


_clock: Clock = RealClock()
