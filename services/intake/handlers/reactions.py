"""Reactions: which rule of the domain an event of another service calls upon."""

from collections.abc import Callable
from typing import Any, TypeVar

from services.intake.batch import Batch
from services.intake.domain import reactions
from services.intake.domain.matter import Matter, Moved
from shared.bus.deciding import Reaction
from shared.bus.envelope import Record
from shared.contracts import Event, MatterEvent, OrderEvent
from shared.contracts.codes import OrderState
from shared.contracts.deadlines import CalendarYearLoaded
from shared.contracts.referral import OrderDrafted

E = TypeVar("E", bound=MatterEvent)


def by(rule: Callable[[Matter, E], Moved]) -> Reaction[Batch]:
    """The reaction that applies a rule of the domain to the event's matter."""

    def react(batch: Batch, record: Record) -> list[Event]:
        event: Any = record.event
        return batch.keep(rule(batch.matter(event), event))

    return react


def order_to(state: OrderState | None, moment: str, hand: str | None = None) -> Reaction[Batch]:
    """The reaction that notes how far an order is; the event's fields with the time of the act and whose hand it was.

    Without a state it is the one that the event names.
    A unit's hand is not named: its people do not call back.
    """

    def rule(matter: Matter, event: OrderEvent) -> Moved:
        by = getattr(event, hand) if hand else None
        to = state or event.state  # type: ignore[attr-defined]
        return reactions.order_moved(matter, event, to, getattr(event, moment), by)

    return by(rule)


def on_order_drafted(batch: Batch, record: Record) -> list[Event]:
    """A unit comes in: whoever has an interest in it goes out."""
    event = record.event
    assert isinstance(event, OrderDrafted)
    moved = batch.keep(reactions.order_drafted(batch.matter(event), event))
    return [*moved, *batch.kept_out(batch.matter(event), event.unit_id, event.drafted_at)]


def on_calendar_year(batch: Batch, record: Record) -> None:
    """Keep the year: half-days of call-backs are counted by it."""
    assert isinstance(record.event, CalendarYearLoaded)
    batch.years[record.event.year] = record.event.model_dump(mode="json")
