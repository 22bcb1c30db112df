"""期限看板: how many open clocks are due when, for each unit and each window, and the clocks behind a number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from services.console.domain import Days, When
from services.console.view.clocks import ClockView, clock_of
from shared.store.statements import Row
from shared.web import Answer

Names = Mapping[str, str]


class Counted(Answer):
    """Open clocks of a unit or a window by when they are due; of those overdue, how many are not confirmed yet."""

    id: str
    name: str
    numbers: dict[When, int]
    unconfirmed: int


class BoardView(Answer):
    units: list[Counted]
    windows: list[Counted]
    today: date
    tomorrow: date


class OpenClock(Answer):
    """One line of the list: the clock, and the matter and order it belongs to."""

    clock: ClockView
    matter_id: UUID
    register_no: str | None
    order_no: str | None
    window_name: str


def board_of(rows: Iterable[Row], units: Names, windows: Names, days: Days) -> BoardView:
    """The board from one row for each unit or window and each `When`; who has most to answer for comes first."""
    by_unit, by_window = defaultdict[str, list[Row]](list), defaultdict[str, list[Row]](list)
    for row in rows:
        if row.unit_id:
            by_unit[row.unit_id].append(row)
        else:
            by_window[row.window_id].append(row)
    return BoardView(
        units=_counted(by_unit, units), windows=_counted(by_window, windows), today=days.today, tomorrow=days.tomorrow
    )


def open_clocks_of(rows: Sequence[Row], units: Names, windows: Names, now: datetime) -> list[OpenClock]:
    """The lines of a list."""
    return [
        OpenClock(
            clock=clock_of(row, units.get(row.unit_id, row.unit_id or "") if row.binds_unit else "", now),
            matter_id=row.matter_id, register_no=row.register_no, order_no=row.order_no,
            window_name=windows.get(row.window_id, row.window_id),
        )
        for row in rows
    ]  # fmt: skip


def _counted(found: Mapping[str, Sequence[Row]], names: Names) -> list[Counted]:
    lines = [
        Counted(
            id=id, name=names.get(id, id),
            numbers=dict.fromkeys(When, 0) | {When(row.when): row.number for row in rows},
            unconfirmed=sum(row.unconfirmed for row in rows),
        )
        for id, rows in found.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: ([-line.numbers[when] for when in When], line.name))
