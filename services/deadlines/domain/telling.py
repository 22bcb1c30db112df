"""What is told of a clock: that it was counted anew, paused, resumed, and which lights count no more."""

from typing import Any

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.counting import Counting, Extension, Pause, counted
from services.deadlines.domain.ladder import Step, StepState
from shared.contracts import Event
from shared.contracts.codes import Escalation
from shared.contracts.deadlines import (
    DeadlineMoved,
    DeadlinePaused,
    DeadlineResumed,
    OrderAckMissed,
    SupervisionWithdrawn,
)
from shared.workdays import Limit


def news(before: Clock, after: Clock, counting: Counting) -> list[Event]:
    """What is told of a clock that was counted anew: its pauses each for itself, anything else as a move."""
    known = {pause.at: pause for pause in before.pauses}
    events = list[Event]()
    if _unpaused(before) != _unpaused(after) or not known.keys() <= {pause.at for pause in after.pauses}:
        events.append(DeadlineMoved(previous_due_at=before.due_at, **terms(after), **about(after)))
    for pause in after.pauses:
        if pause.at not in known:
            events.append(DeadlinePaused(paused_at=pause.at, resumes_at=pause.until, **about(after)))
        if pause != known.get(pause.at) and not pause.automatic:
            events.append(resumed(after, pause, counting))
    return events


def _unpaused(clock: Clock) -> tuple[Any, ...]:
    extensions = [change for change in clock.changes if isinstance(change, Extension)]
    return clock.started_at, clock.start_event, clock.rule_version, extensions


def resumed(clock: Clock, pause: Pause, counting: Counting) -> DeadlineResumed:
    """恢复计时, with the due time before the pause and after it."""
    limit, place = Limit.parse(clock.limit), clock.changes.index(pause)
    was = counted(clock.started_at, limit, clock.changes[:place], counting)
    now = counted(clock.started_at, limit, clock.changes[: place + 1], counting)
    return DeadlineResumed(
        resumed_at=pause.until, automatic=pause.automatic, due_at=now.at, previous_due_at=was.at,
        provisional=now.provisional, **about(clock),
    )  # fmt: skip


def withdrawals(before: Clock, after: Clock) -> list[Event]:
    """The lights that were reached and count no more."""
    stood = [step for step in before.steps if step.state is StepState.REACHED and step.level.is_light]
    stands = {(step.level, step.at) for step in after.steps if step.state is StepState.REACHED} if stood else set()
    return [
        SupervisionWithdrawn(level=Escalation(step.level), withdrawn_at=step.at, **about(after))
        for step in stood
        if (step.level, step.at) not in stands
    ]


def ack_missed(clock: Clock, step: Step) -> OrderAckMissed:
    """The order counts from its delivery."""
    return OrderAckMissed(
        matter_id=clock.matter_id, org_code=clock.org_code, window_id=clock.window_id, order_id=clock.order_id,
        unit_id=clock.unit_id, delivered_at=clock.started_at, missed_at=step.at,
    )  # fmt: skip


def about(clock: Clock) -> dict[str, Any]:
    """The fields of any event about a clock."""
    return {
        "matter_id": clock.matter_id, "org_code": clock.org_code, "window_id": clock.window_id,
        "deadline_id": clock.id, "rule": clock.rule, "order_id": clock.order_id, "unit_id": clock.unit_id,
        "round": clock.round,
    }  # fmt: skip


def terms(clock: Clock) -> dict[str, Any]:
    """By what it is counted, and until when."""
    return {
        "started_at": clock.started_at, "due_at": clock.due_at, "limit": clock.limit,
        "calendar_version": clock.calendar_version, "provisional": clock.provisional,
        "rule_version": clock.rule_version,
    }  # fmt: skip
