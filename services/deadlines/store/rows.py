"""Facts, clocks and steps as rows, and back; moments in JSON are ISO 8601."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.counting import Change, Extension, Pause, RedAtOnce
from services.deadlines.domain.facts import Fact, Mark
from services.deadlines.domain.ladder import Level, Step, StepState
from shared.store.statements import Row
from shared.workdays import ZONE

# The columns of `deadline`, in the order of the values of `clock_to_row`; the last two are JSON.
COLUMNS = (
    "id", "matter_id", "org_code", "window_id", "rule", "order_id", "unit_id", "round", "start_event", "started_at",
    "time_limit", "due_at", "provisional", "calendar_version", "stop_event", "stopped_at", "level",
    "rule_version", "changes", "steps",
)  # fmt: skip
PLAIN, JSON = COLUMNS[:-2], COLUMNS[-2:]


def facts_to_json(facts: Iterable[Fact]) -> str:
    """Facts as one JSON array of arrays."""
    # asyncpg's own UUID class is one that orjson does not know
    return orjson.dumps([list(fact) for fact in facts], default=str).decode()


def facts_from_json(text: str) -> tuple[Fact, ...]:
    """The inverse of `facts_to_json`."""
    return tuple(
        Fact(
            Mark(mark), _moment(at), source, sequence, round, UUID(order) if order else None, unit, value,
            _moment(until) if until else None,
        )
        for mark, at, source, sequence, round, order, unit, value, until in orjson.loads(text)
    )  # fmt: skip


def clock_to_row(clock: Clock) -> tuple[Any, ...]:
    """A clock as the values of COLUMNS."""
    return (
        clock.id, clock.matter_id, clock.org_code, clock.window_id, clock.rule, clock.order_id, clock.unit_id,
        clock.round, clock.start_event, clock.started_at, clock.limit, clock.due_at, clock.provisional,
        clock.calendar_version, clock.stop_event, clock.stopped_at, clock.level and clock.level.value,
        clock.rule_version,
        _changes_to_json(clock.changes), _steps_to_json(clock.steps),
    )  # fmt: skip


def clock_from_row(row: Row) -> Clock:
    """A clock from a row with COLUMNS, those of JSON as text."""
    return Clock(
        row.id, row.matter_id, row.org_code, row.window_id, row.rule, row.order_id, row.unit_id, row.round,
        row.start_event, row.started_at.astimezone(ZONE), row.time_limit, row.due_at.astimezone(ZONE),
        row.provisional, row.calendar_version, row.stop_event,
        row.stopped_at.astimezone(ZONE) if row.stopped_at else None, _changes_from_json(row.changes),
        _steps_from_json(row.steps), row.rule_version,
    )  # fmt: skip


def _changes_to_json(changes: Iterable[Change]) -> str:
    return orjson.dumps([change._asdict() for change in changes]).decode()


def _changes_from_json(text: str) -> tuple[Change, ...]:
    return tuple(map(_change, orjson.loads(text)))


def _change(told: dict[str, Any]) -> Change:
    if red_at := told.get("red_at") or told.get("insisted_at"):  # as it was called before
        return RedAtOnce(_moment(red_at))
    if "limit" in told:
        return Extension(_moment(told["at"]), told["limit"])
    return Pause(_moment(told["at"]), _moment(told["until"]), told["automatic"])


def _steps_to_json(steps: Iterable[Step]) -> str:
    return orjson.dumps([[step.level, step.at, step.sent_at, step.state, step.is_sent] for step in steps]).decode()


def _steps_from_json(text: str) -> tuple[Step, ...]:
    return tuple(
        # What was reached before papers were sent was told by that alone.
        Step(Level(level), _moment(at), _moment(sent_at), StepState(state), sent[0] if sent else state == "REACHED")
        for level, at, sent_at, state, *sent in orjson.loads(text)
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
