"""回访汇总: what the call-backs of some days came to; who refused and who did not answer are counted apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from services.intake import access
from services.intake.store import callback_summary as store
from shared.contracts.codes import CallbackResult, Satisfaction, Solved
from shared.contracts.errors import Refused
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.workdays import ZONE

MOST_DAYS = 366
Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class CallbackSummary:
    """Calls by result; answers of those reached; and each reporter once, as reached, declined or unanswered."""

    first: date
    last: date
    results: dict[CallbackResult, int]
    solved: dict[Solved, int]
    satisfaction: dict[Satisfaction, int]
    reached: int
    declined: int
    unanswered: int


async def summary(tx: Transaction, first: date, last: date) -> CallbackSummary:
    """Of the call-backs that the caller may see, from the first day to the last."""
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise Refused("callback_summary.days", f"起止日期不对:止日不早于起日,最多{MOST_DAYS}天")
    begin, end = (datetime.combine(day, time(), ZONE) for day in (first, last + timedelta(days=1)))
    counted = access.counted_callbacks(tx.actor)
    calls = await store.calls(tx, counted, begin, end)
    told = await store.reporters(tx, counted, begin, end)
    return CallbackSummary(
        first, last, _sums(calls, "result", CallbackResult), _sums(calls, "solved", Solved),
        _sums(calls, "satisfaction", Satisfaction), told.reached, told.declined, told.unanswered,
    )  # fmt: skip


def _sums(calls: Sequence[Row], name: str, code: type[Code]) -> dict[Code, int]:
    """The calls by one of their codes, those without any as 0."""
    return {each: sum(row.calls for row in calls if row[name] == each) for each in code}
