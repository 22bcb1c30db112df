"""Composition of referral: settings in, service out."""

from services.referral.handlers import recovery
from services.referral.http import routers
from services.referral.messaging import Reactor
from services.referral.office import Office
from services.referral.store.tables import METADATA
from shared.contracts.referral import OrderIssued
from shared.files import Files
from shared.receipts import read_key
from shared.service import Service
from shared.settings import Settings
from shared.store.vault import Vault

# What `bancheng recover` does about lost events beside taking them back.
AFTER_RECOVERY = {OrderIssued: recovery.on_issued}


def service(settings: Settings) -> Service:
    """Referral, ready for the chassis to run."""
    files = Files(settings.files_url)
    return Service(
        name="referral",
        settings=settings,
        metadata=METADATA,
        routers=routers,
        reactor=Reactor(Vault.from_file(settings.master_key_file), files),
        extra=Office(settings.region, read_key(settings.receipt_public_key_file), files),
    )
