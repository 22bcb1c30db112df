"""Composition of intake: settings in, service out."""

from services.intake.handlers import recovery
from services.intake.http import routers
from services.intake.messaging import Reactor
from services.intake.parts import Extra
from services.intake.store.tables import METADATA
from shared.contracts.intake import MatterRegistered, RegisterNumbersReserved
from shared.files import Files
from shared.receipts import read_key
from shared.service import Service
from shared.settings import Settings

# What `bancheng recover` does about lost events beside taking them back.
AFTER_RECOVERY = {
    MatterRegistered: recovery.on_registered,
    RegisterNumbersReserved: recovery.on_numbers_reserved,
}


def service(settings: Settings) -> Service:
    """Intake, ready for the chassis to run."""
    return Service(
        name="intake",
        settings=settings,
        metadata=METADATA,
        routers=routers,
        reactor=Reactor(),
        extra=Extra(read_key(settings.receipt_key_file), Files(settings.files_url)),
    )
