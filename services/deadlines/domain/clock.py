"""One clock (期限): a rule running on a matter or on one of its orders, with its steps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from services.deadlines.domain.counting import Change, Counting, Extension, Pause, Recount, RedAtOnce, counted
from services.deadlines.domain.facts import Fact, Mark
from services.deadlines.domain.ladder import RANK, WARNINGS, Level, Step, StepState, ladder, merged
from services.deadlines.domain.triggers import Run
from services.deadlines.domain.versions import RuleVersion
from shared.contracts import Event
from shared.contracts.codes import Escalation
from shared.contracts.deadlines import (
    DeadlineMoved,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
    DeadlineStopped,
    OrderAckMissed,
    SupervisionReached,
    SupervisionWithdrawn,
)
from shared.contracts.regions import is_city
from shared.workdays import Limit


@dataclass(frozen=True, slots=True)
class Clock:
    """期限: counted once, when it starts; it keeps due time, calendar and rule version unless start or time change.

    While it is paused its due time is the one it will have if it runs again by itself.
    """

    id: UUID
    matter_id: UUID
    org_code: str
    window_id: str
    rule: str
    order_id: UUID | None
    unit_id: str | None
    round: int
    start_event: str
    started_at: datetime
    limit: str
    due_at: datetime
    provisional: bool
    calendar_version: str
    stop_event: str | None = None
    stopped_at: datetime | None = None
    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    rule_version: int = 1

    @property
    def level(self) -> Level | None:
        """The highest step of the ladder that was reached and stands."""
        reached = [step.level for step in self.steps if step.state is StepState.REACHED and step.level.is_light]
        return max(reached, key=RANK.__getitem__, default=None)

    @property
    def next_step(self) -> Step | None:
        """The first step still to come."""
        return next((step for step in self.steps if step.state is StepState.PENDING), None)

    @property
    def papers(self) -> tuple[Step, ...]:
        """The lights whose papers are still to go out; a warning that the act has overtaken is told to nobody."""
        warns = self.stopped_at is None
        return tuple(
            step
            for step in self.steps
            if step.state is StepState.REACHED and not step.is_sent and step.level.is_light
            and (warns or step.level not in WARNINGS)
        )  # fmt: skip

    @property
    def next_at(self) -> datetime | None:
        """When there is something to do: a step to reach, or a paper to send."""
        moments = [step.sent_at for step in self.papers]
        return min([*moments, self.next_step.at] if self.next_step else moments, default=None)

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """When it stood still, or does."""
        return tuple(change for change in self.changes if isinstance(change, Pause))

    def pause(self, now: datetime) -> Pause | None:
        """The pause it is in."""
        running = self.stopped_at is None
        return next((pause for pause in self.pauses if running and pause.at <= now < pause.until), None)

    def overdue(self, now: datetime) -> bool:
        """Whether the due time passed before the act, or has passed by now."""
        return self.ran_out or (self.stopped_at or now) > self.due_at

    def unconfirmed(self, now: datetime) -> bool:
        """Whether a step's moment has passed that may still turn out not to count: an act may be on its way."""
        step = self.next_step
        return self.stopped_at is None and step is not None and step.level.is_light and step.at < now

    @property
    def ran_out(self) -> bool:
        """Whether no act stopped the clock but its own end (T05: 超期视为受理), dated at the due time itself."""
        return self.stop_event == Mark.DEEMED_ACCEPTED and self.stopped_at == self.due_at


def clock_id(matter_id: UUID, run: Run) -> UUID:
    """The same events give the same clock, its id included: so it is made of what started it, not drawn."""
    return uuid5(matter_id, f"{run.rule}:{run.start.source}:{run.start.sequence}")


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
    clock = replace(clock, steps=_ladder(clock, counting))
    stopped, more = updated(clock, run, round, counting)
    return stopped, [DeadlineStarted(**_terms(clock), **_of(clock)), *more]


def updated(clock: Clock, run: Run, round: int, counting: Counting) -> tuple[Clock, list[Event]]:
    """The clock as the facts now have it; the same clock and no event if they change nothing."""
    before, events = clock, list[Event]()
    if clock.round != round:
        clock = replace(clock, round=round)
    version = _version(clock, run, counting)
    wanted = run.start.at, run.start.mark, _allowed(version, run), version.version
    if wanted != (clock.started_at, clock.start_event, clock.changes, clock.rule_version):
        clock = _recounted(clock, run, version, counting)
        events += _news(before, clock, counting)
    if (stopped_at := run.stop and run.stop.at) != clock.stopped_at:
        clock, news = _stopped(clock, run.stop, counting)
        events.append(news)
    elif run.stop and run.stop.mark.value != clock.stop_event:
        clock = replace(clock, stop_event=run.stop.mark.value)
    if stopped_at and clock is not before:
        clock = _without_steps_from(clock, stopped_at)
    return clock, events + _withdrawals(before, clock)


def counted_anew(clock: Clock, run: Run, by: Recount) -> tuple[Clock, list[Event]]:
    """An open clock after a change of the calendar: what no changed day touches stays to the minute as it was."""
    last = max([clock.due_at, *(step.sent_at for step in clock.steps)])
    after, changes = clock, _allowed(_version(clock, run, by.after), run)
    if by.touches(clock.started_at, last) or (run.start.at, changes) != (clock.started_at, clock.changes):
        after = _counted_by(clock, run, changes, by)
    days = after.started_at.date(), after.due_at.date()
    after = replace(after, provisional=by.after.calendar.provisional_between(*days))
    if after == clock:
        return clock, []
    after = replace(after, calendar_version=by.after.calendar.version)
    return after, [*_retold(clock, after), *_withdrawals(clock, after)]


def reached(clock: Clock, step: Step, counting: Counting) -> tuple[Clock, list[Event]]:
    """The moment of a pending step has come."""
    done = replace(step, state=StepState.REACHED)
    after = replace(clock, steps=tuple(done if known is step else known for known in clock.steps))
    if step.level is Level.ACK_MISSED:
        return after, [_ack_missed(clock, step)]
    if step.level is Level.RESUMED:
        return after, [_resumed(clock, pause, counting) for pause in clock.pauses if pause.until == step.at]
    level = Escalation(step.level)
    return after, [
        SupervisionReached(level=level, reached_at=step.at, sent_at=step.sent_at, due_at=clock.due_at, **_of(clock))
    ]


def sent(clock: Clock, step: Step) -> Clock:
    """The paper of a light went out."""
    done = replace(step, is_sent=True)
    return replace(clock, steps=tuple(done if known is step else known for known in clock.steps))


def _version(clock: Clock, run: Run, counting: Counting) -> RuleVersion:
    stopped_at = run.stop and run.stop.at
    return counting.versions.for_clock(clock.rule, clock.org_code, clock.window_id, run.promised_at, stopped_at)


def _allowed(version: RuleVersion, run: Run) -> tuple[Change, ...]:
    return tuple(
        change
        for change in run.changes
        if isinstance(change, RedAtOnce)
        or (version.extends(change.at) if isinstance(change, Extension) else version.suspends(change.at))
    )


def _recounted(clock: Clock, run: Run, version: RuleVersion, counting: Counting) -> Clock:
    changes = _allowed(version, run)
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
    return replace(after, steps=merged(clock.steps, _ladder(after, counting)))


def _counted_by(clock: Clock, run: Run, changes: tuple[Change, ...], by: Recount) -> Clock:
    """Only what the calendar itself moves is counted by the office hours of today."""
    limit = Limit.parse(clock.limit)
    was = counted(clock.started_at, limit, clock.changes, by.before).at
    will = counted(run.start.at, limit, changes, by.after).at
    after = replace(
        clock, start_event=run.start.mark.value, started_at=run.start.at, changes=changes,
        due_at=clock.due_at if was == will else will,
    )  # fmt: skip
    wanted = _ladder(after, by.after)
    if wanted == _ladder(clock, by.before):
        return after
    # A sign-for that was missed has been missed: the order's clock runs by it.
    missed = [step for step in clock.steps if step.level is Level.ACK_MISSED and step.at <= by.now]
    if missed:
        others = (step for step in wanted if step.level is not Level.ACK_MISSED)
        wanted = tuple(sorted([*others, *missed], key=lambda step: (step.at, RANK[step.level])))
    return replace(after, steps=merged(clock.steps, wanted))


def _retold(before: Clock, after: Clock) -> Iterator[Event]:
    if (before.started_at, before.due_at, before.provisional) != (after.started_at, after.due_at, after.provisional):
        yield DeadlineMoved(previous_due_at=before.due_at, **_terms(after), **_of(after))
    for was, pause in zip(before.pauses, after.pauses, strict=False):
        if was.until != pause.until:
            yield DeadlinePaused(paused_at=pause.at, resumes_at=pause.until, **_of(after))


def _news(before: Clock, after: Clock, counting: Counting) -> list[Event]:
    """What is told of a clock that was counted anew: its pauses each for itself, anything else as a move."""
    known = {pause.at: pause for pause in before.pauses}
    events = list[Event]()
    if _unpaused(before) != _unpaused(after) or not known.keys() <= {pause.at for pause in after.pauses}:
        events.append(DeadlineMoved(previous_due_at=before.due_at, **_terms(after), **_of(after)))
    for pause in after.pauses:
        if pause.at not in known:
            events.append(DeadlinePaused(paused_at=pause.at, resumes_at=pause.until, **_of(after)))
        if pause != known.get(pause.at) and not pause.automatic:
            events.append(_resumed(after, pause, counting))
    return events


def _unpaused(clock: Clock) -> tuple[Any, ...]:
    extensions = [change for change in clock.changes if isinstance(change, Extension)]
    return clock.started_at, clock.start_event, clock.rule_version, extensions


def _resumed(clock: Clock, pause: Pause, counting: Counting) -> DeadlineResumed:
    """恢复计时, with the due time before the pause and after it."""
    limit, place = Limit.parse(clock.limit), clock.changes.index(pause)
    was = counted(clock.started_at, limit, clock.changes[:place], counting)
    now = counted(clock.started_at, limit, clock.changes[: place + 1], counting)
    return DeadlineResumed(
        resumed_at=pause.until, automatic=pause.automatic, due_at=now.at, previous_due_at=was.at,
        provisional=now.provisional, **_of(clock),
    )  # fmt: skip


def _stopped(clock: Clock, stop: Fact | None, counting: Counting) -> tuple[Clock, Event]:
    """The stop is known, or known to be another; without one the clock, stopped by what was of an older round, runs."""
    if clock.stopped_at and (stop is None or stop.at > clock.stopped_at):
        clock = replace(clock, steps=merged(clock.steps, _ladder(clock, counting)))
    if stop is None:
        clock = replace(clock, stopped_at=None, stop_event=None)
        return clock, DeadlineStarted(**_terms(clock), **_of(clock))
    clock = replace(clock, stopped_at=stop.at, stop_event=stop.mark.value)
    overdue = clock.overdue(stop.at)
    return clock, DeadlineStopped(stopped_at=stop.at, due_at=clock.due_at, overdue=overdue, **_of(clock))


def _without_steps_from(clock: Clock, stopped_at: datetime) -> Clock:
    """An act at or before the moment of a step takes the step away: 17:00 itself is in time."""
    stand = [step for step in clock.steps if step.state is not StepState.WITHDRAWN]
    wanted = tuple(s for s in stand if s.at < stopped_at or (clock.ran_out and s.at == stopped_at))
    return replace(clock, steps=merged(clock.steps, wanted))


def _withdrawals(before: Clock, after: Clock) -> list[Event]:
    stood = [step for step in before.steps if step.state is StepState.REACHED and step.level.is_light]
    stands = {(step.level, step.at) for step in after.steps if step.state is StepState.REACHED} if stood else set()
    return [
        SupervisionWithdrawn(level=Escalation(step.level), withdrawn_at=step.at, **_of(after))
        for step in stood
        if (step.level, step.at) not in stands
    ]


def _ack_missed(clock: Clock, step: Step) -> OrderAckMissed:
    return OrderAckMissed(
        matter_id=clock.matter_id, org_code=clock.org_code, window_id=clock.window_id, order_id=clock.order_id,
        unit_id=clock.unit_id, delivered_at=clock.started_at, missed_at=step.at,
    )  # fmt: skip


def _ladder(clock: Clock, counting: Counting) -> tuple[Step, ...]:
    at_once = [change.red_at for change in clock.changes if isinstance(change, RedAtOnce)]
    red_at, raised = min(at_once, default=None), not is_city(clock.org_code)
    rule = counting.versions.numbered(clock.rule, clock.rule_version).rule
    return ladder(rule, clock.started_at, clock.due_at, counting, clock.pauses, red_at, raised)


def _of(clock: Clock) -> dict[str, Any]:
    return {
        "matter_id": clock.matter_id, "org_code": clock.org_code, "window_id": clock.window_id,
        "deadline_id": clock.id, "rule": clock.rule, "order_id": clock.order_id, "unit_id": clock.unit_id,
        "round": clock.round,
    }  # fmt: skip


def _terms(clock: Clock) -> dict[str, Any]:
    return {
        "started_at": clock.started_at, "due_at": clock.due_at, "limit": clock.limit,
        "calendar_version": clock.calendar_version, "provisional": clock.provisional,
        "rule_version": clock.rule_version,
    }  # fmt: skip
