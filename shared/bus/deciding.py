"""What a batch amounts to: a service reacts to its records in memory, one by one, before anything is written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import structlog
from prometheus_client import Counter

from shared.bus import parking
from shared.bus.envelope import Record
from shared.bus.watermarks import Key, Mark
from shared.contracts import REGISTRY, Event
from shared.contracts.errors import DomainError, Superseded
from shared.store.unit_of_work import Trace, Transaction

S = TypeVar("S")
Reaction = Callable[[S, Record], Iterable[Event] | None]
log = structlog.get_logger(__name__)
seen = Counter("bancheng_events_consumed", "Records by what became of them", ["service", "what"])


class Reactor(Protocol[S]):
    """What a service does with events: load for the batch, decide in memory, save for the batch."""

    topics: tuple[str, ...]
    types: Mapping[type[Event], Reaction[S]] | None  # None: every record, body unread, goes to `take`

    async def load(self, tx: Transaction, records: Sequence[Record]) -> S: ...
    async def save(self, tx: Transaction, state: S) -> None: ...


@dataclass
class Plan:
    """What one batch amounts to before it is written."""

    applied: int = 0
    left: list[tuple[Record, str]] = field(default_factory=list)
    published: list[tuple[Event, Record]] = field(default_factory=list)


class Decider:
    """One service's reactions to records."""

    def __init__(self, service: str, reactor: Any) -> None:
        self._service, self._reactor = service, reactor
        self._types: Mapping[type[Event], Reaction[Any]] | None = reactor.types
        self._by_name = {event.CE_TYPE: event for event in self._types or {}}
        self._names = {_unversioned(name) for name in self._by_name}

    async def decide(self, tx: Transaction, fresh: Sequence[Record], marks: Mapping[Key, Mark]) -> Plan:
        """React in memory, then save; what cannot be applied is tried again as long as anything moves, then left."""
        candidates = [self._decode(record) for record in fresh]
        wanted = [r for r, broken in candidates if not broken and (r.event is not None or self._types is None)]
        state = await self._reactor.load(tx, wanted) if wanted else None
        plan, moved = Plan(), True
        while candidates and moved:
            moved, again, plan.left = False, [], []
            for record, broken in candidates:
                mark = marks[record.key]
                reason = parking.GAP if not mark.is_next(record) else broken or self._react(state, record, plan)
                if reason is None:
                    mark.advance(record)
                    plan.applied += 1
                    moved = True
                else:
                    again.append((record, broken))
                    plan.left.append((record, reason))
            candidates = again
        if wanted:
            await self._reactor.save(tx, state)
        return plan

    def _decode(self, record: Record) -> tuple[Record, str | None]:
        """Read the body where the service reacts to the type; otherwise the record is passed over unread."""
        if self._types is None:
            return record, None
        kind = self._by_name.get(record.type)
        if kind is None:
            name = _unversioned(record.type)
            if name not in KNOWN:
                count(self._service, unknown_type=1)
            return record, f"unknown version: {record.type}" if name in self._names else None
        try:
            return record.with_event(kind.model_validate_json(record.value)), None
        except ValueError:
            return record, "the body does not fit its schema"

    def _react(self, state: Any, record: Record, plan: Plan) -> str | None:
        """Apply one record to the state; a reason means that nothing was touched."""
        if self._types is None:
            handler: Reaction[Any] = self._reactor.take
        elif record.event is None:
            return None
        else:
            handler = self._types[type(record.event)]
        try:
            events = handler(state, record)
        except Superseded as lost:
            log.info("consumer.superseded", type=record.type, subject=record.subject, reason=lost.message)
            count(self._service, superseded=1)
            return None
        except DomainError as refusal:
            return f"{refusal.code}: {refusal.message}"
        except Exception as error:
            log.error("consumer.handler_failed", type=record.type, error=type(error).__name__, exc_info=True)
            return f"handler failed: {type(error).__name__}"
        plan.published += [(event, record) for event in events or ()]
        return None


def publish(tx: Transaction, plan: Plan) -> None:
    """Have what the reactions answered with published, caused by what they reacted to."""
    for event, record in plan.published:
        tx.publish(event, cause=Trace(record.correlation_id, record.id))


def count(service: str, **counts: int) -> None:
    """Count records by what became of them."""
    for what, number in counts.items():
        if number:
            seen.labels(service, what).inc(number)


def _unversioned(name: str) -> str:
    return name.rsplit(".v", 1)[0]


KNOWN = {_unversioned(name) for name in REGISTRY}
