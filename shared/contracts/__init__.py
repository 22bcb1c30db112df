"""Published events, one module per publishing service; importing this package fills the registry."""

from shared.contracts import deadlines, intake, operations, referral, triage
from shared.contracts.base import PREFIX, REGISTRY, Event, MatterEvent, OrderEvent

__all__ = [
    "PREFIX",
    "REGISTRY",
    "Event",
    "MatterEvent",
    "OrderEvent",
    "deadlines",
    "intake",
    "operations",
    "referral",
    "triage",
]
