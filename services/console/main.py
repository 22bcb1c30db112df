"""Composition of the console: settings in, service out."""

from services.console.desk.owners import Owner
from services.console.http import dress, routers
from services.console.live import Pulse
from services.console.messaging import Reactor
from services.console.parts import Extra
from services.console.store.tables import METADATA
from services.console.titles import Titles
from shared.service import Service
from shared.settings import Settings


def service(settings: Settings) -> Service:
    """The console, ready for the chassis to run."""
    return Service(
        name="console",
        settings=settings,
        metadata=METADATA,
        routers=routers,
        reactor=Reactor(),
        dress=dress,
        extra=Extra(
            Titles(settings.intake_url),
            Owner("intake", settings.intake_url),
            Owner("triage", settings.triage_url),
            Owner("referral", settings.referral_url),
            Owner("deadlines", settings.deadlines_url),
            Owner("audit", settings.audit_url),
            Pulse(),
        ),
    )
