"""Composition of deadlines: settings in, service out."""

from services.deadlines import handlers, timers
from services.deadlines.http import routers
from services.deadlines.messaging import Reactor
from services.deadlines.store.tables import METADATA
from shared.bus.heard import Heard
from shared.service import Service
from shared.settings import Settings
from shared.web.commands import PartsOf


def service(settings: Settings) -> Service:
    """Deadlines, ready for the chassis to run."""
    heard = Heard(settings, Reactor.topics)
    return Service(
        name="deadlines",
        settings=settings,
        metadata=METADATA,
        routers=routers,
        reactor=Reactor(),
        timers=lambda database: timers.run(database, heard),
        prepare=_prepare,
    )


async def _prepare(parts: PartsOf) -> None:
    async with parts.database.transaction() as tx:
        await handlers.seed_calendar(tx)
