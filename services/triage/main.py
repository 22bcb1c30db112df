"""Composition of triage: settings in, service out."""

from services.triage.http import router
from services.triage.messaging import Reactor
from services.triage.store.tables import METADATA
from shared.service import Service
from shared.settings import Settings
from shared.store.vault import Vault


def service(settings: Settings) -> Service:
    """Triage, ready for the chassis to run."""
    vault = Vault.from_file(settings.master_key_file)
    return Service(name="triage", settings=settings, metadata=METADATA, routers=[router], reactor=Reactor(vault))
