"""Copied from intake: the office hours of windows, by which their dates are counted."""

from collections.abc import Collection, Iterable

from shared.contracts.intake import WindowOpened
from shared.store.unit_of_work import Transaction
from shared.workdays import OfficeHours

_HOURS = """
SELECT window_id, morning_from, morning_to, afternoon_from, afternoon_to
FROM office_hours WHERE window_id = ANY(:ids)"""
_SAVE = """
INSERT INTO office_hours (window_id, morning_from, morning_to, afternoon_from, afternoon_to, org_code)
SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:a AS time[]), CAST(:b AS time[]), CAST(:c AS time[]),
                     CAST(:d AS time[]), CAST(:orgs AS text[]))
ORDER BY 1
ON CONFLICT (window_id) DO UPDATE SET morning_from = excluded.morning_from, morning_to = excluded.morning_to,
    afternoon_from = excluded.afternoon_from, afternoon_to = excluded.afternoon_to, org_code = excluded.org_code"""


async def of_windows(tx: Transaction, window_ids: Collection[str]) -> dict[str, OfficeHours]:
    """The hours of these windows, as far as they are known."""
    rows = await tx.all(_HOURS, ids=list(window_ids))
    return {
        row.window_id: OfficeHours((row.morning_from, row.morning_to), (row.afternoon_from, row.afternoon_to))
        for row in rows
    }


async def save(tx: Transaction, windows: Iterable[WindowOpened]) -> None:
    """Keep the latest hours of each window."""
    rows = [(window.window_id, *window.morning, *window.afternoon, window.org_code) for window in windows]
    if rows:
        columns = map(list, zip(*rows, strict=True))
        tx.write(_SAVE, dict(zip(("ids", "a", "b", "c", "d", "orgs"), columns, strict=True)))
