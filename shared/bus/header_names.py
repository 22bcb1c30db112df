"""Header names of any bytes: aiokafka decodes them as UTF-8 before anybody sees the record, and stops for ever at one
that is not.

The broker takes such a record, so whoever may write to a topic could hold up every consumer of its partition. This
wraps two names of the consumer's fetcher (the version is pinned, a test guards it): where a batch of records cannot be
read, and only there, that batch is read once more, here, with names in which other bytes stand as `\\xff`.
"""

from collections.abc import Iterator
from functools import wraps
from typing import Any

import structlog
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy, _DefaultRecordPy
from aiokafka.record.util import decode_varint

_LENGTH_AT, _OVERHEAD, _MAGIC_AT = 8, 12, 16  # in a batch: where its length stands, what that leaves out, its format
log = structlog.get_logger(__name__)


def tolerate_any() -> None:
    """From here on every consumer of this process reads records whatever their headers are called."""
    if getattr(fetcher.PartitionRecords._unpack_records, "tolerates_any_name", False):
        return
    fetcher.MemoryRecords = _Kept
    fetcher.PartitionRecords._unpack_records = _tolerating(fetcher.PartitionRecords._unpack_records)


class _Kept(fetcher.MemoryRecords):  # type: ignore[misc]
    """What a fetch brought of one partition, with the bytes it was read from."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.data = data


def _tolerating(unpack: Any) -> Any:
    @wraps(unpack)
    def unpacked(partition: Any) -> Iterator[Any]:
        while True:
            try:
                yield from unpack(partition)
                return
            except UnicodeDecodeError:
                log.warning("consumer.header_name_not_utf8", partition=str(partition._tp))
                yield from _read_anew(partition)  # then on with the batches behind it

    unpacked.tolerates_any_name = True  # type: ignore[attr-defined]
    return unpacked


def _read_anew(partition: Any) -> Iterator[Any]:
    """What is left of the batch in which the partition stands."""
    batch = _batch_with(partition._records.data, partition.next_fetch_offset)
    for record in _records(batch):
        if record.offset >= partition.next_fetch_offset:
            partition.next_fetch_offset = record.offset + 1
            yield partition._consumer_record(partition._tp, record)
    partition.next_fetch_offset = batch.next_offset


def _batch_with(data: bytes, offset: int) -> Any:
    start = 0
    while True:
        end = start + _OVERHEAD + int.from_bytes(data[start + _LENGTH_AT : start + _OVERHEAD], signed=True)
        if data[start + _MAGIC_AT] >= 2:  # older formats have no headers
            batch = _DefaultRecordBatchPy(data[start:end])
            if batch.next_offset > offset:
                return batch
        start = end


def _records(batch: Any) -> Iterator[Any]:
    batch._maybe_uncompress()
    read, stamped = _Reader(batch._buffer, batch._pos), batch.timestamp_type == batch.LOG_APPEND_TIME
    for _ in range(batch._num_records):
        read.number()  # the length
        read.number()  # attributes: none are defined
        moment, offset = read.number(), batch.base_offset + read.number()
        key, value = read.field(), read.field()
        headers = [
            ((read.field() or b"").decode(errors="backslashreplace"), read.field()) for _ in range(read.number())
        ]
        moment = batch.max_timestamp if stamped else batch.first_timestamp + moment
        yield _DefaultRecordPy(offset, moment, batch.timestamp_type, key, value, headers)


class _Reader:
    """Reads the parts of a record one after the other."""

    def __init__(self, data: bytearray, at: int) -> None:
        self._data, self._at = data, at

    def number(self) -> int:
        value: int
        value, self._at = decode_varint(self._data, self._at)
        return value

    def field(self) -> bytes | None:
        length = self.number()
        if length < 0:
            return None
        self._at += length
        return bytes(self._data[self._at - length : self._at])


__all__ = ["tolerate_any"]
