"""A source's clock that jumps is told once, whatever partition shows it; nothing else is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import clock
from shared.bus import clocks
from shared.bus.clocks import ClockWatch
from shared.bus.envelope import read
from shared.workdays import ZONE

NOON = datetime(2026, 9, 28, 12, 0, tzinfo=ZONE)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def noon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_clock", clock.create_clock_file(tmp_path / "clock", NOON))


class Seen:
    """A watch, the records it is shown, and what it tells."""

    def __init__(self) -> None:
        self._watch, self._offset, self._before = ClockWatch(), 0, self._count()

    def record(self, at: datetime | str, partition: int = 0, source: str = "intake", offset: int | None = None) -> None:
        self._offset += 1
        moment = at if isinstance(at, str) else at.astimezone(UTC).isoformat()  # as the relay writes it
        headers = {"ce_source": f"/410200/{source}", "ce_subject": "m", "ce_sequence": "1", "ce_time": moment}
        pairs = [(name, value.encode()) for name, value in headers.items()]
        self._watch.saw(read("t", partition, self._offset if offset is None else offset, pairs, b""))

    def told(self) -> dict[tuple[str, str], int]:
        found = {key: value - self._before.get(key, 0) for key, value in self._count().items()}
        return {key: int(value) for key, value in found.items() if value}

    def _count(self) -> dict[tuple[str, str], float]:
        samples = next(iter(clocks.jumps.collect())).samples
        return {(s.labels["source"], s.labels["way"]): s.value for s in samples if s.name.endswith("_total")}


def test_time_that_goes_on_tells_nothing() -> None:
    seen = Seen()
    for minutes in range(-120, 1, 10):
        seen.record(NOON + minutes * MINUTE)
        seen.record(NOON + minutes * MINUTE + timedelta(microseconds=1), source="triage")
    assert seen.told() == {}


def test_a_clock_set_back_is_told_once_though_every_partition_shows_it() -> None:
    seen = Seen()
    for moment in (NOON, NOON - HOUR, NOON - HOUR + MINUTE):
        for partition in range(4):
            seen.record(moment, partition)
    assert seen.told() == {("intake", "back"): 1}


def test_a_clock_set_forward_is_told_and_its_return_too() -> None:
    seen = Seen()
    for moment in (NOON, NOON + HOUR, NOON + HOUR, NOON + MINUTE / 2):
        seen.record(moment)
    assert seen.told() == {("intake", "ahead"): 1, ("intake", "back"): 1}


def test_other_partitions_other_sources_and_little_differences_are_no_jump() -> None:
    seen = Seen()
    seen.record(NOON)
    seen.record(NOON - HOUR, partition=1)
    seen.record(NOON - HOUR, source="triage")
    seen.record(NOON - MINUTE / 2)
    seen.record(NOON + MINUTE / 2)
    assert seen.told() == {}


def test_a_batch_done_again_and_an_event_from_the_parked_ones_are_no_jump() -> None:
    seen = Seen()
    seen.record(NOON - HOUR, offset=7)
    seen.record(NOON, offset=8)
    seen.record(NOON - HOUR, offset=7)
    assert seen.told() == {}


@pytest.mark.parametrize("odd", ["", "zzz", "2026-09-28T11:00:00", "\ufffd"])
def test_what_is_no_time_is_passed_over(odd: str) -> None:
    seen = Seen()
    seen.record(NOON)
    seen.record(odd)
    seen.record(NOON)
    assert seen.told() == {}
