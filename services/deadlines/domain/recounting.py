"""Counting an open clock anew after a change of the calendar (handbook 2.6)."""

from collections.abc import Iterator
from dataclasses import replace

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.counting import Change, Recount, counted
from services.deadlines.domain.ladder import RANK, Level, merged
from services.deadlines.domain.running import allowed, ladder_of, version_of
from services.deadlines.domain.telling import about, terms, withdrawals
from services.deadlines.domain.triggers import Run
from shared.contracts import Event
from shared.contracts.deadlines import DeadlineMoved, DeadlinePaused
from shared.workdays import Limit


def counted_anew(clock: Clock, run: Run, by: Recount) -> tuple[Clock, list[Event]]:
    """An open clock after a change of the calendar: what no changed day touches stays to the minute as it was."""
    last = max([clock.due_at, *(step.sent_at for step in clock.steps)])
    after, changes = clock, allowed(version_of(clock, run, by.after), run)
    if by.touches(clock.started_at, last) or (run.start.at, changes) != (clock.started_at, clock.changes):
        after = _counted_by(clock, run, changes, by)
    days = after.started_at.date(), after.due_at.date()
    after = replace(after, provisional=by.after.calendar.provisional_between(*days))
    if after == clock:
        return clock, []
    after = replace(after, calendar_version=by.after.calendar.version)
    return after, [*_retold(clock, after), *withdrawals(clock, after)]


def _counted_by(clock: Clock, run: Run, changes: tuple[Change, ...], by: Recount) -> Clock:
    """Only what the calendar itself moves is counted by the office hours of today."""
    limit = Limit.parse(clock.limit)
    was = counted(clock.started_at, limit, clock.changes, by.before).at
    will = counted(run.start.at, limit, changes, by.after).at
    after = replace(
        clock, start_event=run.start.mark.value, started_at=run.start.at, changes=changes,
        due_at=clock.due_at if was == will else will,
    )  # fmt: skip
    wanted = ladder_of(after, by.after)
    if wanted == ladder_of(clock, by.before):
        return after
    # A sign-for that was missed has been missed: the order's clock runs by it.
    missed = [step for step in clock.steps if step.level is Level.ACK_MISSED and step.at <= by.now]
    if missed:
        others = (step for step in wanted if step.level is not Level.ACK_MISSED)
        wanted = tuple(sorted([*others, *missed], key=lambda step: (step.at, RANK[step.level])))
    return replace(after, steps=merged(clock.steps, wanted))


def _retold(before: Clock, after: Clock) -> Iterator[Event]:
    if (before.started_at, before.due_at, before.provisional) != (after.started_at, after.due_at, after.provisional):
        yield DeadlineMoved(previous_due_at=before.due_at, **terms(after), **about(after))
    for was, pause in zip(before.pauses, after.pauses, strict=False):
        if was.until != pause.until:
            yield DeadlinePaused(paused_at=pause.at, resumes_at=pause.until, **about(after))
