"""Clocks that jump: the order of events is that of their sequences and needs no clock, but dates of acts come from one.

Whoever reads every topic can see it for a string comparison a record: a source whose `ce_time` goes back within a
partition, or lies ahead of our own clock.
"""

import time
from datetime import UTC, datetime, timedelta

import structlog
from prometheus_client import Counter

from shared import clock
from shared.bus.envelope import Record
from shared.bus.topics import CONSUMERS

TOLERANCE = timedelta(seconds=60)  # transactions that overlap, and hosts that agree as well as hosts do
QUIET = 60.0  # seconds between two reports of the same: a jump shows in every partition
MOST = 10_000  # sources and partitions remembered
jumps = Counter("bancheng_clock_jumps", "Business time of a source going back, or ahead of ours", ["source", "way"])
log = structlog.get_logger(__name__)


class ClockWatch:
    """What the records of one consumer tell of their hosts' clocks; it remembers nothing over a restart."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, int, str], tuple[int, str]] = {}
        self._told: dict[tuple[str, str], float] = {}
        self._horizon = ""

    def saw(self, record: Record) -> None:
        """Take a record in, in the order of its partition."""
        key = record.topic, record.partition, record.source
        offset, latest = self._last.get(key, (-1, ""))
        if record.offset <= offset:  # a batch done again, or an event that was parked
            return
        if record.time < latest and not self._compare("back", record, latest):
            return
        if record.time > self._horizon:
            now = clock.now().astimezone(UTC)  # as PostgreSQL gives it to the relay
            self._horizon = (now + TOLERANCE).isoformat()
            if not self._compare("ahead", record, now.isoformat()):
                return
        if len(self._last) >= MOST:
            self._last.clear()
        self._last[key] = record.offset, record.time

    def _compare(self, way: str, record: Record, other: str) -> bool:
        """Tell what there is to tell; whether the record's time is one at all."""
        try:
            apart = datetime.fromisoformat(record.time) - datetime.fromisoformat(other)
        except (ValueError, TypeError):
            return False
        if (-apart if way == "back" else apart) > TOLERANCE:
            self._tell(way, record, apart.total_seconds())
        return True

    def _tell(self, way: str, record: Record, seconds: float) -> None:
        source = record.service if record.service in CONSUMERS else "other"
        if time.monotonic() < self._told.get((source, way), -QUIET) + QUIET:
            return
        self._told[source, way] = time.monotonic()
        jumps.labels(source, way).inc()
        log.warning("clock.jump", source=source, way=way, seconds=seconds, subject=record.subject,
                    sequence=record.sequence)  # fmt: skip


__all__ = ["TOLERANCE", "ClockWatch"]
