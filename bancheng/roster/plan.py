"""A long roster made from teams in rotation: fortnights without gap, with holidays and handover days marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bancheng.client.problems import WrongInput
from bancheng.roster.teams import Team
from shared.contracts.duty import DutyPeriod
from shared.workdays import Calendar

ONE_DAY = timedelta(days=1)
PERIOD = timedelta(days=14)  # R01
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Planned:
    """One period of the plan: its place, whose turn it is, and when it is handed over to the next."""

    number: int
    team: int
    period: DutyPeriod
    handover_day: date
    holidays: tuple[tuple[str, date, date], ...]
    note: str


def plan(window_id: str, first: date, until: date, teams: Sequence[Team], calendar: Calendar) -> list[Planned]:
    """Periods from a day on, the last of which covers `until`; the teams take turns from the first."""
    if not first <= until <= first + LONGEST:
        raise WrongInput("--until must lie after --from, and at most three years")
    planned = []
    start, number = first, 0
    while start <= until:
        team = number % len(teams)
        period = DutyPeriod(
            f"{window_id}-{start:%Y%m%d}", window_id, "", start, start + PERIOD - ONE_DAY, teams[team].leader_id,
            teams[team].staff_ids,
        )  # fmt: skip
        planned.append(_planned(number + 1, team + 1, period, calendar))
        start, number = start + PERIOD, number + 1
    return planned


def _planned(number: int, team: int, period: DutyPeriod, calendar: Calendar) -> Planned:
    day = calendar.on_or_before(period.end_date)
    return Planned(number, team, period, day, _holidays(period, calendar), _note(period, day, calendar))


def _note(period: DutyPeriod, handover_day: date, calendar: Calendar) -> str:
    """Why the handover is not simply on the last day, and whether the day may still move."""
    said = []
    in_holiday = calendar.holiday(period.end_date) or calendar.holiday(period.end_date + ONE_DAY)
    if in_holiday:
        said.append(f"换班适逢{in_holiday}假期,{handover_day:%m-%d}交接")
    if not calendar.official(handover_day.year):
        said.append("日历暂定")
    return ";".join(said)


def _holidays(period: DutyPeriod, calendar: Calendar) -> tuple[tuple[str, date, date], ...]:
    """The holidays in a period, each as the part of it that lies there."""
    found: dict[str, list[date]] = {}
    for number in range(PERIOD.days):
        day = period.start_date + ONE_DAY * number
        if name := calendar.holiday(day):
            found.setdefault(name, []).append(day)
    return tuple((name, days[0], days[-1]) for name, days in found.items())
