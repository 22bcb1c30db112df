"""Records whose headers have names of any bytes, read by the consumer's own fetcher."""

from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from shared.bus import header_names

PLACEHOLDER, NOT_UTF8 = "XXXX", b"\xff\xfeXX"


def batch(first: int, names: Sequence[str], spoiled: bool = False) -> bytes:
    """A batch as the broker sends it; where `spoiled`, the placeholder's bytes are no UTF-8."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 100_000)
    for number, name in enumerate(names):
        builder.append(number, 1000 + number, b"key", None if number % 2 else b"value", [(name, b"1"), ("null", None)])
    raw = bytes(builder.build())
    raw = raw.replace(PLACEHOLDER.encode(), NOT_UTF8) if spoiled else raw
    return first.to_bytes(8) + raw[8:]


def unpack(data: bytes, at: int = 0) -> fetcher.PartitionRecords:
    header_names.tolerate_any()
    return fetcher.PartitionRecords(
        TopicPartition("t", 0), fetcher.MemoryRecords(data), None, at, None, None, False, "read_uncommitted"
    )


@pytest.mark.parametrize("at", [1, 2, 4])
def test_every_record_comes_once_and_in_order_wherever_in_a_batch_reading_begins(at: int) -> None:
    names = ["good", PLACEHOLDER, "good", PLACEHOLDER]
    records = unpack(batch(1, names, True) + batch(5, ["good"]) + batch(6, [PLACEHOLDER, "good"], True), at)
    read = [(record.offset, record.headers[0][0]) for record in records]
    odd = r"\xff\xfeXX"
    all_of_them = [(1, "good"), (2, odd), (3, "good"), (4, odd), (5, "good"), (6, odd), (7, "good")]
    assert read == all_of_them[at - 1 :]
    assert records.next_fetch_offset == 8


def test_a_batch_read_anew_says_what_aiokafka_would_have_said() -> None:
    names = ["a", PLACEHOLDER, "中文", PLACEHOLDER]
    plain, spoiled = list(unpack(batch(7, names), 7)), list(unpack(batch(7, names, spoiled=True), 7))
    assert [record.headers[0][0] for record in spoiled] == ["a", r"\xff\xfeXX", "中文", r"\xff\xfeXX"]
    for left, right in zip(plain, spoiled, strict=True):
        assert (left.offset, left.timestamp, left.key, left.value) == (
            right.offset, right.timestamp, right.key, right.value
        )  # fmt: skip
        assert left.headers[1:] == right.headers[1:]


def test_without_it_aiokafka_still_stops_at_such_a_record() -> None:
    with pytest.raises(UnicodeDecodeError):
        list(MemoryRecords(batch(0, [PLACEHOLDER], spoiled=True)).next_batch())
