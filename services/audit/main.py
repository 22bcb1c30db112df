"""Composition of audit: settings in, service out."""

from services.audit.handlers import keep_checkpoints
from services.audit.http import routers
from services.audit.messaging import Reactor
from services.audit.store import METADATA
from shared.service import Service
from shared.settings import Settings


def service(settings: Settings) -> Service:
    """Audit, ready for the chassis to run; it has no events of its own."""
    return Service(
        name="audit",
        settings=settings,
        metadata=METADATA,
        routers=routers,
        reactor=Reactor(),
        timers=keep_checkpoints,
    )
