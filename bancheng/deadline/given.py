"""What the command line and a line of a batch give: a start, a limit, office hours, a calendar; refused in one line."""

import json
from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path

from bancheng.client.problems import WrongInput
from shared.workdays import DEFAULT_HOURS, ZONE, Calendar, Limit, OfficeHours, builtin_calendar, parse_year

EARLIEST = datetime(2012, 1, 1, tzinfo=ZONE)


def start_of(text: str) -> datetime:
    """A moment with its zone, not before 2012."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongInput(f"{text!r} is no time: write it like 2026-09-30T10:00+08:00") from error
    if moment.utcoffset() is None:
        raise WrongInput(f"{text!r} has no time zone: add it, e.g. +08:00")
    if moment < EARLIEST:
        raise WrongInput(f"{text!r} is before 2012: dates are counted from 2012-01-01 on")
    return moment


def limit_of(text: str) -> Limit:
    """A limit as rules write it."""
    try:
        return Limit.parse(text)
    except ValueError as error:
        raise WrongInput(f"{text!r} is no limit: write 3WD, 4WH, SAME_DAY, 15ND or P1M (amounts 1 to 999)") from error


def hours_of(text: str | None) -> OfficeHours:
    """Office hours as `09:00-12:00,13:00-17:00`; the usual ones where none are given."""
    if text is None:
        return DEFAULT_HOURS
    try:
        morning, afternoon = (
            tuple(time.fromisoformat(clock) for clock in half.split("-", 1)) for half in text.split(",", 1)
        )
        return OfficeHours((morning[0], morning[1]), (afternoon[0], afternoon[1]))
    except (ValueError, IndexError, TypeError) as error:
        raise WrongInput(
            f"--hours {text!r}: write the morning, then the afternoon, like 09:00-12:00,13:00-17:00"
        ) from error


def calendar_of(files: Iterable[Path]) -> Calendar:
    """The built-in calendar, each given file (one year) in the place of its year."""
    calendar = builtin_calendar()
    for file in files:
        try:
            year = json.loads(file.read_text("utf-8"))
            if not isinstance(year, dict):
                raise WrongInput(f"{file} is no calendar year: it must hold one JSON object")
            calendar = calendar.with_year(parse_year(year))
        except OSError as error:
            raise WrongInput(f"cannot read {file}: {error.strerror}") from error
        except (ValueError, TypeError) as error:
            raise WrongInput(f"{file} is no calendar year: {error}") from error
    return calendar
