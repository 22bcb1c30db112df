"""The small parts of the chassis, each alone."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import structlog
from pydantic import ValidationError

from shared import clock
from shared import logging as logs
from shared.bus.envelope import Record, Unreadable, headers_from_json, headers_to_json, read, write_headers
from shared.bus.watermarks import Mark
from shared.contracts.codes import MatterState
from shared.contracts.errors import DomainError, IllegalTransition
from shared.ids import new_id
from shared.settings import Settings
from shared.store.unit_of_work import is_passing
from shared.web.paging import decode, encode
from shared.workdays import ZONE

MOMENT = datetime(2026, 9, 28, 9, 0, tzinfo=ZONE)


def a_record(sequence: int, id: str = "a") -> Record:
    headers = [("ce_source", b"/410200/intake"), ("ce_subject", b"m"), ("ce_sequence", str(sequence).encode())]
    return read("t", 0, 0, [*headers, ("ce_id", id.encode())], b"{}")


def test_simulated_time_stands_still_or_runs_for_every_reader(tmp_path: Path) -> None:
    ours = clock.create_clock_file(tmp_path / "clock", MOMENT)
    theirs = clock.SimulatedClock(tmp_path / "clock")
    assert ours.now() == theirs.now() == MOMENT
    ours.set(MOMENT + timedelta(days=1))
    assert theirs.now() == MOMENT + timedelta(days=1)
    ours.set(MOMENT, speed=1.0)
    assert theirs.now() >= MOMENT


def test_no_simulated_time_in_production() -> None:
    with pytest.raises(ValidationError, match="refused when BANCHENG_ENV=production"):
        Settings.model_validate({"env": "production", "clock_file": "x"})


def test_an_envelope_comes_back_as_it_was_written() -> None:
    row = {
        "id": new_id(), "type": "bancheng.order.acked.v1", "aggregateid": "m", "occurred_at": MOMENT, "sequence": 7,
        "correlation_id": "c", "causation_id": None, "actor": "u", "actor_role": "r", "traceparent": None,
    }  # fmt: skip
    headers = write_headers(row, "/410200/referral")
    record = read("t", 1, 2, headers, b"{}")
    assert (record.key, record.sequence, record.type) == (("/410200/referral", "m"), 7, "bancheng.order.acked.v1")
    assert (record.id, record.time, record.service) == (str(row["id"]), "2026-09-28T09:00:00+08:00", "referral")
    assert "ce_causationid" not in dict(headers)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("ce_source", b"s"), ("ce_subject", b"m")],
        [("ce_source", b"s"), ("ce_subject", b"m"), ("ce_sequence", b"one")],
        [("ce_source", b"s"), ("ce_subject", b"m"), ("ce_sequence", b"0")],
        [("ce_source", b"\xff"), ("ce_subject", b"m"), ("ce_sequence", b"1")],
        [("ce_source", b""), ("ce_subject", b"m"), ("ce_sequence", b"1")],
        [("ce_source", b"s"), ("ce_subject", b"m\x00"), ("ce_sequence", b"1")],
        [("ce_source", b"s"), ("ce_subject", b"m"), ("ce_sequence", None)],
        [("ce_source", b"s"), ("ce_subject", b"m" * 201), ("ce_sequence", b"1")],
        [("ce_source", b"s"), ("ce_subject", b"m"), ("ce_sequence", b"9223372036854775808")],
    ],
)
def test_without_source_subject_and_sequence_it_is_no_event(headers: list[tuple[str, bytes]]) -> None:
    with pytest.raises(Unreadable):
        read("t", 0, 0, headers, b"")


def test_other_headers_may_be_anything() -> None:
    headers = [
        ("ce_source", b"s"),
        ("ce_subject", b"m"),
        ("ce_sequence", b"1"),
        ("ce_type", b"\xff\xfe"),
        ("x", b"\xff"),
    ]
    record = read("t", 0, 0, headers, None)
    assert headers_from_json(headers_to_json(record.headers)) == headers


def test_a_watermark_tells_duplicates_next_gaps_and_forks_apart() -> None:
    mark = Mark(sequence=4, last_id="a")
    assert mark.is_duplicate(a_record(4))
    assert not mark.is_fork(a_record(4))
    assert mark.is_fork(a_record(4, "b"))
    assert mark.is_next(a_record(5))
    assert not mark.is_next(a_record(6))
    mark.parked_from = 5
    assert not mark.is_next(a_record(5))


def test_a_wrong_state_says_what_was_found_and_what_is_needed() -> None:
    refusal = IllegalTransition(MatterState.ACCEPTED, [MatterState.TRIAGED], doing="批转")
    assert (refusal.status, refusal.code) == (409, "state.illegal")
    assert refusal.message == "当前状态是“已受理待研判”,不能批转;需要处于:已研判待批转"


def test_cursors_come_back_and_forged_ones_are_refused() -> None:
    assert decode(encode([MOMENT.isoformat(), 3])) == [MOMENT.isoformat(), 3]
    for forged in ("%%%", "e30", "bm90IGpzb24"):
        with pytest.raises(DomainError) as refusal:
            decode(forged)
        assert refusal.value.code == "cursor.invalid"


class _Failure(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "passing"),
    [
        ("40P01", True),
        ("40001", True),
        ("53100", True),
        ("57P01", True),
        ("08006", True),
        ("23505", False),
        ("22P02", False),
    ],
)
def test_conflicts_outages_and_full_disks_pass_but_broken_rules_do_not(state: str, passing: bool) -> None:
    assert is_passing(asyncpg.PostgresError.new({"C": state, "M": "failed"})) is passing


def test_an_error_in_the_log_keeps_its_place_and_loses_what_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers, logging.getLogger().level
    try:
        logs.configure("test")
        try:
            raise ValueError("Key (name)=(李某) already exists")
        except ValueError:
            logging.getLogger("test").exception("failed")
    finally:
        logging.getLogger().handlers, logging.getLogger().level = before
        structlog.reset_defaults()
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "李某" not in said.replace('raise ValueError("Key (name)=(李某)', "")


def test_a_statement_that_can_never_be_sent_does_not_pass() -> None:
    assert not is_passing(asyncpg.InterfaceError("the number of query arguments cannot exceed 32767"))
    assert is_passing(asyncpg.InterfaceError("connection is closed"))


def test_a_lost_connection_passes_and_a_bug_does_not() -> None:
    assert is_passing(ConnectionResetError())
    assert is_passing(TimeoutError())
    assert not is_passing(ZeroDivisionError())


def test_clock_knows_its_zone() -> None:
    assert clock.RealClock().now().utcoffset() == timedelta(hours=8)
    assert abs(clock.RealClock().now() - datetime.now(UTC)) < timedelta(seconds=5)
