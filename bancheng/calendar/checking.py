"""Our years against two calendars that others keep; neither may decide a date, so this is a look and no more."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib.metadata import version

from shared.workdays import Calendar, Year

HOW = "python -m pip install chinesecalendar holidays (both are in the extra `dev`)"
Works = Callable[[date], bool]


class Missing(Exception):
    """A package to compare with is not installed."""


def compared(calendar: Calendar, given: Year | None) -> tuple[list[str], bool]:
    """What is to be said, and whether any day differs: of the year given, else of all whose notice is in."""
    years = [given.year] if given else [year for year in sorted(calendar.years) if calendar.official(year)]
    lines, differ = [_about(given)] if given else [], False
    for name, others in _others(years).items():
        unknown = [year for year in years if not _knows(others, year)]
        days = [day for year in years if year not in unknown for day in _days(year, begun=given is not None)]
        wrong = [day for day in days if calendar.is_working_day(day) != others(day)]
        lines += [f"{name} does not know {year} yet: look for a newer release of it" for year in unknown]
        lines += [f"{day:%Y-%m-%d %a}: {_said(calendar, day)}, {name}: {_word(others(day))}" for day in wrong]
        lines += [f"{name}: {len(days)} days compared, {len(wrong)} differ"] if days else []
        differ |= bool(wrong)
    if given and differ:
        lines.append("holidays guesses the days of a year whose notice it does not have: the notice decides")
    return lines, differ


def _others(years: list[int]) -> dict[str, Works]:
    try:
        import chinese_calendar
        import holidays
    except ImportError as error:
        raise Missing(f"{error.name} is not installed: {HOW}") from error
    china = holidays.country_holidays("CN", years=range(min(years) - 1, max(years) + 1))
    return {
        f"chinesecalendar {version('chinesecalendar')}": chinese_calendar.is_workday,
        f"holidays {version('holidays')}": china.is_working_day,
    }


def _knows(works: Works, year: int) -> bool:
    try:
        works(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _days(year: int, *, begun: bool) -> Iterator[date]:
    """The days of a year; of one that is new also the December before, into which its notice may reach."""
    day = date(year - 1, 12, 1) if begun else date(year, 1, 1)
    while day.year <= year:
        yield day
        day += timedelta(days=1)


def _about(year: Year) -> str:
    days = f"{len(year.holidays)} holidays, {len(year.makeup_days)} make-up days"
    return f"{year.year} {year.status} {year.doc_no or ''}: {days}, sha256 {year.sha256}"


def _said(calendar: Calendar, day: date) -> str:
    return f"ours: {_word(calendar.is_working_day(day))}"


def _word(works: bool) -> str:
    return "a working day" if works else "a day off"
