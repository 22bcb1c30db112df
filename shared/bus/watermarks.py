"""Watermarks: how far each (source, subject) has been taken in.

Like the places in the partitions (shared/bus/places.py) they are rows of the transaction that makes the effect, so an
event takes effect once or not at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.bus.envelope import Record
from shared.store.unit_of_work import Transaction

Key = tuple[str, str]


@dataclass(slots=True)
class Mark:
    """The last sequence taken in for one key; `parked_from` is the first one parked, if any."""

    sequence: int = 0
    last_id: str | None = None
    parked_from: int | None = None
    is_new: bool = False

    def is_duplicate(self, record: Record) -> bool:
        """Whether the record has been taken in before."""
        return record.sequence <= self.sequence

    def is_fork(self, record: Record) -> bool:
        """Same sequence, another event: the producer's history has split (a restored backup)."""
        return record.sequence == self.sequence and self.last_id is not None and record.id != self.last_id

    def is_next(self, record: Record) -> bool:
        """Whether the record is the one to apply now."""
        if self.parked_from is not None and record.sequence >= self.parked_from:
            return False
        return record.sequence == self.sequence + 1

    def advance(self, record: Record) -> None:
        """The record was taken in."""
        self.sequence, self.last_id = record.sequence, record.id


_LOCK = """
WITH wanted AS (
    SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS w(source, subject)
)
SELECT m.source, m.subject, m.sequence, m.last_id, m.parked_from
FROM watermark m JOIN wanted USING (source, subject)
ORDER BY m.source, m.subject FOR UPDATE OF m"""

# Another consumer that made one of them since our look makes this fail: the batch is then done again.
_CREATE = """
INSERT INTO watermark (source, subject, sequence, last_id, parked_from)
SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[]), CAST(:sequences AS bigint[]),
                     CAST(:last_ids AS text[]), CAST(:parked AS bigint[]))"""

_SAVE = """
UPDATE watermark m SET sequence = s.sequence, last_id = s.last_id, parked_from = s.parked_from
FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[]), CAST(:sequences AS bigint[]),
            CAST(:last_ids AS text[]), CAST(:parked AS bigint[]))
     AS s(source, subject, sequence, last_id, parked_from)
WHERE m.source = s.source AND m.subject = s.subject"""


async def lock(tx: Transaction, keys: Iterable[Key]) -> dict[Key, Mark]:
    """Lock the watermarks of these keys, in order; a key never seen stands at 0 and is made by `save`."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = await tx.all(_LOCK, **_columns(wanted))
    found = {(r.source, r.subject): Mark(r.sequence, r.last_id, r.parked_from) for r in rows}
    return {key: found.get(key) or Mark(is_new=True) for key in wanted}


def save(tx: Transaction, marks: Mapping[Key, Mark]) -> None:
    """Write the watermarks back."""
    for statement, chosen in (
        (_CREATE, {key: mark for key, mark in marks.items() if mark.is_new}),
        (_SAVE, {key: mark for key, mark in marks.items() if not mark.is_new}),
    ):
        if chosen:
            values = list(chosen.values())
            columns = _columns(list(chosen)) | {
                "sequences": [mark.sequence for mark in values],
                "last_ids": [mark.last_id for mark in values],
                "parked": [mark.parked_from for mark in values],
            }
            tx.write(statement, columns)


def _columns(keys: list[Key]) -> dict[str, list[str] | list[int] | list[str | None] | list[int | None]]:
    return {"sources": [source for source, _ in keys], "subjects": [subject for _, subject in keys]}
