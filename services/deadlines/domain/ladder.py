"""The ladder of supervision: remind, blue, yellow, red, listed (handbook 5.2), each at its exact moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.deadlines.domain.counting import Counting, Pause
from services.deadlines.domain.rules import Rule
from shared.workdays import (
    Limit,
    Unit,
    acted_on,
    due,
    due_after_pause,
    half_time,
    next_opening,
    opening_before,
    put_off,
    working_hours_before,
)

ONE_DAY, TWO_DAYS, THREE_DAYS, FIVE_DAYS = (Limit.parse(f"{days}WD") for days in (1, 2, 3, 5))
WITHIN_A_DAY = (Unit.WORKING_HOURS, Unit.SAME_DAY)


class Level(StrEnum):
    """The steps, named like `Escalation`; before them the end of a pause, after them a sign-for that is missed."""

    RESUMED = "RESUMED"
    REMIND = "REMIND"
    BLUE = "BLUE"
    YELLOW = "YELLOW"
    RED = "RED"
    RAISED = "RAISED"
    LISTED = "LISTED"
    ACK_MISSED = "ACK_MISSED"

    @property
    def is_light(self) -> bool:
        """Whether it is a step of supervision."""
        return self not in (Level.RESUMED, Level.ACK_MISSED)


WARNINGS = (Level.REMIND, Level.BLUE)
RANK = {level: rank for rank, level in enumerate(Level)}


class StepState(StrEnum):
    """Still to come, reached, or reached and found not to count."""

    PENDING = "PENDING"
    REACHED = "REACHED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one clock: when it is reached, when its paper goes out, and whether it did."""

    level: Level
    at: datetime
    sent_at: datetime
    state: StepState = StepState.PENDING
    is_sent: bool = False


def ladder(
    rule: Rule, started_at: datetime, due_at: datetime, counting: Counting, pauses: Sequence[Pause] = (),
    red_at: datetime | None = None, raised: bool = False,
) -> tuple[Step, ...]:  # fmt: skip
    """The steps of a clock, in order; a reminder that would fall before the start is left out.

    `red_at`: red comes then already, whatever the due time; `raised`: not handled, it goes up (提级). None falls into a
    pause: a warning comes when it is over,
    and what follows an overdue end waits as long as it lasts.
    """
    warnings = _warnings(rule.limit, started_at, due_at, counting, pauses)
    moments = [(level, at) for level, at in warnings if at > started_at]
    late = [pause for pause in pauses if pause.at >= due_at]
    overdue = [(level, _after_all(at, late, counting)) for level, at in _overdue(rule, started_at, due_at, counting)]
    moments += [(level, min(at, red_at) if red_at and level is Level.RED else at) for level, at in overdue]
    if raised and rule.listed:
        moments += [
            (Level.RAISED, _after_all(due(at, TWO_DAYS, counting.calendar, counting.hours).at, late, counting))
            for level, at in moments
            if level is Level.RED
        ]
    moments += [(Level.RESUMED, pause.until) for pause in pauses if pause.automatic]
    steps = (Step(level, at, next_opening(at, counting.calendar, counting.hours)) for level, at in moments)
    return tuple(sorted(steps, key=lambda step: (step.at, RANK[step.level])))


def merged(old: tuple[Step, ...], wanted: tuple[Step, ...]) -> tuple[Step, ...]:
    """What was reached stays if it is still wanted and is withdrawn if not; the rest of what is wanted is pending."""
    if all(step.state is StepState.PENDING for step in old):
        return wanted
    moments = {(step.level, step.at) for step in wanted}
    kept = [
        replace(step, state=StepState.WITHDRAWN)
        if step.state is StepState.REACHED and (step.level, step.at) not in moments
        else step
        for step in old
        if step.state is not StepState.PENDING
    ]
    reached = {(step.level, step.at) for step in kept if step.state is StepState.REACHED}
    new = [
        step if step.state is StepState.PENDING else replace(step, state=StepState.PENDING)
        for step in wanted
        if (step.level, step.at) not in reached
    ]
    return tuple(sorted([*kept, *new], key=lambda step: (step.at, RANK[step.level], step.state)))


def _days(limit: Limit, started_at: datetime, counting: Counting) -> int:
    """How many working days the limit itself has, whatever was added to it."""
    if limit.unit in WITHIN_A_DAY:
        return 0
    if limit.unit is Unit.WORKING_DAYS:
        return limit.amount
    end = due(started_at, limit, counting.calendar, counting.hours).at
    return counting.calendar.working_days_between(acted_on(started_at, counting.hours), end.date())


def _warnings(
    limit: Limit, started_at: datetime, due_at: datetime, counting: Counting, pauses: Sequence[Pause]
) -> Iterator[tuple[Level, datetime]]:
    calendar, hours = counting.calendar, counting.hours
    days = _days(limit, started_at, counting)
    if days >= FIVE_DAYS.amount:
        half = half_time(started_at, limit, calendar, hours)
        for pause in pauses:
            half = put_off(half, pause.at, pause.until, calendar, hours) if pause.at < half else half
        yield Level.REMIND, half
    if days >= THREE_DAYS.amount:
        blue = opening_before(due_at, calendar, hours)
    else:
        blue = working_hours_before(due_at, 2, calendar, hours)
    for pause in pauses:
        blue = pause.until if pause.at <= blue < pause.until else blue
    yield Level.BLUE, blue


def _after_all(at: datetime, pauses: Sequence[Pause], counting: Counting) -> datetime:
    for pause in pauses:
        at = due_after_pause(at, pause.at, pause.until, counting.calendar, counting.hours)
    return at


def _overdue(
    rule: Rule, started_at: datetime, due_at: datetime, counting: Counting
) -> Iterator[tuple[Level, datetime]]:
    calendar, hours = counting.calendar, counting.hours
    yield Level.YELLOW, due_at
    if rule.red_at_once:
        yield Level.RED, due_at
    elif rule.red_after:
        yield Level.RED, due(started_at, rule.red_after, calendar, hours).at
    else:
        yield Level.RED, due(due_at, THREE_DAYS, calendar, hours).at
    if rule.listed:
        paper = next_opening(due_at, calendar, hours)
        yield Level.LISTED, due(paper, FIVE_DAYS, calendar, hours).at
    if rule.id == "D06":
        yield Level.ACK_MISSED, last_moment_to_acknowledge(started_at, counting)


def last_moment_to_acknowledge(delivered_at: datetime, counting: Counting) -> datetime:
    """One working day from delivery (handbook 5): after it the order's limit counts from delivery."""
    return due(delivered_at, ONE_DAY, counting.calendar, counting.hours).at


__all__ = ["RANK", "WARNINGS", "Level", "Step", "StepState", "ladder", "last_moment_to_acknowledge", "merged"]
