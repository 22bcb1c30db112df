"""Which rows go in, and what the report says of those that do not."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.importing.reading import Record
from bancheng.importing.rows import Checker, Received, RefusedRow
from shared.workdays import ZONE

COLUMNS = {"source_ref": 0, "title": 1, "received_at": 2, "facts": 3, "reporter_name": 4}
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=ZONE)
GOOD: dict[str, Any] = {"source_ref": "A1", "title": "路灯不亮", "received_at": "2020-01-06",
                        "facts": "李某反映:路灯坏了三周。", "reporter_name": ""}  # fmt: skip


def record(number: int = 2, **changed: Any) -> Record:
    return Record(number, tuple((GOOD | changed).values()))


def checker() -> Checker:
    return Checker(COLUMNS, len(COLUMNS), NOW)


def accepted(**changed: Any) -> Received:
    row = checker().check(record(**changed))
    assert isinstance(row, Received)
    return row


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": "灯"}, "title.length"),
        ({"title": "灯" * 101}, "title.length"),
        ({"title": " \n "}, "title.missing"),
        ({"facts": "太短了"}, "facts.length"),
        ({"facts": "长" * 20_001}, "facts.length"),
        ({"facts": None}, "facts.missing"),
        ({"source_ref": ""}, "source_ref.missing"),
        ({"source_ref": "9" * 101}, "source_ref.length"),
        ({"source_ref": "=1+1"}, "source_ref.invalid"),
        ({"reporter_name": "名" * 101}, "reporter_name.length"),
        ({"received_at": ""}, "received_at.missing"),
        ({"received_at": "去年冬天"}, "received_at.invalid"),
        ({"received_at": "2020-13-01"}, "received_at.invalid"),
        ({"received_at": "2020/2/30 08:00:00"}, "received_at.invalid"),
        ({"received_at": 1e300}, "received_at.invalid"),
        ({"received_at": "2009-12-31 23:59:59"}, "received_at.too_early"),
        ({"received_at": "2026-11-24 09:00:01"}, "received_at.future"),
    ],
)
def test_a_bad_row_is_refused_with_a_code_and_without_its_text(changed: dict[str, Any], code: str) -> None:
    row = checker().check(record(**changed))
    assert isinstance(row, RefusedRow)
    assert row.code == code
    assert not any(str(value).strip() and str(value) in row.reason for value in changed.values())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019/12/30 17:06:14", "2019-12-30T17:06:14+08:00"),
        ("2020/1/8 8:14:02", "2020-01-08T08:14:02+08:00"),
        ("2020/1/8 8:14", "2020-01-08T08:14:00+08:00"),
        ("2019-12-30", "2019-12-30T00:00:00+08:00"),
        ("2019年12月30日", "2019-12-30T00:00:00+08:00"),
        ("2019-12-30T17:06:14", "2019-12-30T17:06:14+08:00"),
        ("2019-12-30T09:06:14Z", "2019-12-30T17:06:14+08:00"),
        ("2019-12-30T10:06:14.250+01:00", "2019-12-30T17:06:14.250000+08:00"),
        (datetime.fromisoformat("2019-12-30T17:06:14"), "2019-12-30T17:06:14+08:00"),
        (date(2019, 12, 30), "2019-12-30T00:00:00+08:00"),
    ],
)
def test_dates_are_taken_as_kaifeng_time(written: Any, meant: str) -> None:
    assert accepted(received_at=written).received_at.isoformat() == meant


def test_limits_are_inclusive() -> None:
    row = accepted(title="灯" * 100, facts="长" * 20_000, received_at="2010-01-01", source_ref="9" * 100)
    assert (len(row.title), len(row.facts)) == (100, 20_000)
    assert len(accepted(title="路灯", facts="一二三四五六七八九十").facts) == 10


def test_a_title_is_one_line_and_facts_keep_theirs() -> None:
    row = accepted(title=" 路灯\r\n不亮 ", facts="\r\n\t李某反映:\r\n路灯坏了\x00三\u200b周\ud800。\u2028谢谢\n")
    assert row.title == "路灯 不亮"
    assert row.facts == "李某反映:\n路灯坏了三周。\n谢谢"


def test_a_reference_with_other_content_in_the_same_file_is_refused() -> None:
    check = checker()
    assert isinstance(check.check(record(2)), Received)
    assert check.check(record(3)) is None
    other = check.check(record(4, title="路灯又不亮"))
    assert isinstance(other, RefusedRow)
    assert (other.code, check.repeated) == ("source_ref.repeated", 1)
    assert "第2行" in other.reason


def test_a_row_with_more_columns_than_the_header_is_refused() -> None:
    long = Record(2, (*GOOD.values(), "溢出"))
    found = checker().check(long)
    assert isinstance(found, RefusedRow)
    assert found.code == "row.columns"
    assert isinstance(checker().check(Record(2, (*GOOD.values(), "", None))), Received)


def test_a_row_with_too_few_columns_lacks_what_is_missing() -> None:
    found = checker().check(Record(2, ("A1", "路灯不亮")))
    assert isinstance(found, RefusedRow)
    assert found.code == "facts.missing"


@given(st.lists(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.datetimes()), max_size=7))
def test_no_row_breaks_the_check(values: list[Any]) -> None:
    found = checker().check(Record(2, tuple(values)))
    assert isinstance(found, (Received, RefusedRow))
    if isinstance(found, Received):
        found.title.encode(), found.facts.encode()
