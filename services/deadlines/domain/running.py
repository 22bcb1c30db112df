"""How a clock runs: it starts, changes and stops as the facts have it, and its steps are reached and sent."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.counting import Change, Counting, Extension, RedAtOnce, counted
from services.deadlines.domain.facts import Fact
from services.deadlines.domain.ladder import Level, Step, StepState, ladder, merged
from services.deadlines.domain.telling import about, ack_missed, news, resumed, terms, withdrawals
from services.deadlines.domain.triggers import Run
from services.deadlines.domain.versions import RuleVersion
from shared.contracts import Event
from shared.contracts.codes import Escalation
from shared.contracts.deadlines import DeadlineStarted, DeadlineStopped, SupervisionReached
from shared.contracts.regions import is_city
from shared.workdays import Limit


def started(
    id: UUID, matter_id: UUID, org_code: str, window_id: str, round: int, run: Run, counting: Counting
) -> tuple[Clock, list[Event]]:
    """A new clock, already stopped if the stop was here before the start."""
    version = counting.versions.for_clock(run.rule, org_code, window_id, run.promised_at, run.stop and run.stop.at)
    limit = version.rule.limit
    until = counted(run.start.at, limit, (), counting)
    clock = Clock(
        id, matter_id, org_code, window_id, run.rule, run.start.order_id, run.start.unit_id,
        round, run.start.mark.value, run.start.at, str(limit), until.at, until.provisional, counting.calendar.version,
        rule_version=version.version,
    )  # fmt: skip
    clock = replace(clock, steps=ladder_of(clock, counting))
    stopped, more = updated(clock, run, round, counting)
    return stopped, [DeadlineStarted(**terms(clock), **about(clock)), *more]


def updated(clock: Clock, run: Run, round: int, counting: Counting) -> tuple[Clock, list[Event]]:
    """The clock as the facts now have it; the same clock and no event if they change nothing."""
    before, events = clock, list[Event]()
    if clock.round != round:
        clock = replace(clock, round=round)
    version = version_of(clock, run, counting)
    wanted = run.start.at, run.start.mark, allowed(version, run), version.version
    if wanted != (clock.started_at, clock.start_event, clock.changes, clock.rule_version):
        clock = _recounted(clock, run, version, counting)
        events += news(before, clock, counting)
    if (stopped_at := run.stop and run.stop.at) != clock.stopped_at:
        clock, told = _stopped(clock, run.stop, counting)
        events.append(told)
    elif run.stop and run.stop.mark.value != clock.stop_event:
        clock = replace(clock, stop_event=run.stop.mark.value)
    if stopped_at and clock is not before:
        clock = _without_steps_from(clock, stopped_at)
    return clock, events + withdrawals(before, clock)


def reached(clock: Clock, step: Step, counting: Counting) -> tuple[Clock, list[Event]]:
    """The moment of a pending step has come."""
    done = replace(step, state=StepState.REACHED)
    after = replace(clock, steps=tuple(done if known is step else known for known in clock.steps))
    if step.level is Level.ACK_MISSED:
        return after, [ack_missed(clock, step)]
    if step.level is Level.RESUMED:
        return after, [resumed(clock, pause, counting) for pause in clock.pauses if pause.until == step.at]
    level = Escalation(step.level)
    return after, [
        SupervisionReached(level=level, reached_at=step.at, sent_at=step.sent_at, due_at=clock.due_at, **about(clock))
    ]


def sent(clock: Clock, step: Step) -> Clock:
    """The paper of a light went out."""
    done = replace(step, is_sent=True)
    return replace(clock, steps=tuple(done if known is step else known for known in clock.steps))


def version_of(clock: Clock, run: Run, counting: Counting) -> RuleVersion:
    """The version of its rule that it runs by."""
    stopped_at = run.stop and run.stop.at
    return counting.versions.for_clock(clock.rule, clock.org_code, clock.window_id, run.promised_at, stopped_at)


def allowed(version: RuleVersion, run: Run) -> tuple[Change, ...]:
    """The changes that count under a version of the rule."""
    return tuple(
        change
        for change in run.changes
        if isinstance(change, RedAtOnce)
        or (version.extends(change.at) if isinstance(change, Extension) else version.suspends(change.at))
    )


def ladder_of(clock: Clock, counting: Counting) -> tuple[Step, ...]:
    """The steps that its dates lead to."""
    at_once = [change.red_at for change in clock.changes if isinstance(change, RedAtOnce)]
    red_at, raised = min(at_once, default=None), not is_city(clock.org_code)
    rule = counting.versions.numbered(clock.rule, clock.rule_version).rule
    return ladder(rule, clock.started_at, clock.due_at, counting, clock.pauses, red_at, raised)


def _recounted(clock: Clock, run: Run, version: RuleVersion, counting: Counting) -> Clock:
    changes = allowed(version, run)
    # A clock of an earlier release, whose limit was another, keeps it as long as its version stays.
    limit = Limit.parse(clock.limit) if clock.rule_version == version.version else version.rule.limit
    until = counted(run.start.at, limit, changes, counting)
    after = replace(
        clock,
        start_event=run.start.mark.value,
        started_at=run.start.at,
        limit=str(limit),
        rule_version=version.version,
        due_at=until.at,
        provisional=until.provisional,
        calendar_version=counting.calendar.version,
        changes=changes,
    )
    return replace(after, steps=merged(clock.steps, ladder_of(after, counting)))


def _stopped(clock: Clock, stop: Fact | None, counting: Counting) -> tuple[Clock, Event]:
    """The stop is known, or known to be another; without one the clock, stopped by what was of an older round, runs."""
    if clock.stopped_at and (stop is None or stop.at > clock.stopped_at):
        clock = replace(clock, steps=merged(clock.steps, ladder_of(clock, counting)))
    if stop is None:
        clock = replace(clock, stopped_at=None, stop_event=None)
        return clock, DeadlineStarted(**terms(clock), **about(clock))
    clock = replace(clock, stopped_at=stop.at, stop_event=stop.mark.value)
    overdue = clock.overdue(stop.at)
    return clock, DeadlineStopped(stopped_at=stop.at, due_at=clock.due_at, overdue=overdue, **about(clock))


def _without_steps_from(clock: Clock, stopped_at: datetime) -> Clock:
    """An act at or before the moment of a step takes the step away: 17:00 itself is in time."""
    stand = [step for step in clock.steps if step.state is not StepState.WITHDRAWN]
    wanted = tuple(s for s in stand if s.at < stopped_at or (clock.ran_out and s.at == stopped_at))
    return replace(clock, steps=merged(clock.steps, wanted))
