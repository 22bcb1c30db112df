"""文号前缀: what a window's order numbers begin with."""

from services.referral import access
from services.referral.domain.numbers import require_prefix
from services.referral.office import Office
from services.referral.store import windows
from shared.contracts.errors import NotFound
from shared.store.unit_of_work import Transaction


async def set_prefix(tx: Transaction, window_id: str, prefix: str, office: Office) -> str:
    """设置文号前缀; numbers that were given stay as they are."""
    access.sets_prefixes(tx.actor, window_id.split("-")[0])
    if await windows.locked(tx, window_id) is None:
        raise NotFound
    prefix = require_prefix(prefix, window_id, office.city, await windows.holder_of_prefix(tx, prefix))
    await windows.set_prefix(tx, window_id, prefix)
    return prefix
