"""Matters that look like the one about to be registered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake import access
from services.intake.domain import duplicates, identity
from services.intake.domain.duplicates import Marks, Sign
from services.intake.domain.identity import Identity
from services.intake.domain.transitions import OPEN
from services.intake.sealing import Pen
from services.intake.store import contacts
from shared.contracts.codes import MatterState
from shared.store.statements import Row
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Similar:
    """A matter, and what it has in common with the new one."""

    matter_id: UUID
    register_no: str
    state: MatterState
    registered_at: datetime
    title: str
    signs: list[Sign]


async def similar(
    tx: Transaction, phone: str | None, item_code: str | None, title: str | None, vault: Vault
) -> list[Similar]:
    """Matters of the caller's window in the last ninety days that may be the same, the likeliest first."""
    access.at_window(tx.actor)
    mark = _mark(vault, identity.phone(phone)) if phone else b""
    since = tx.now - duplicates.WITHIN
    rows = await contacts.candidates(tx, tx.actor.window_id or "", mark, since, OPEN)
    compared = [_compared(row, Marks(item_code, title), vault) for row in rows]
    found = [each for each in compared if each.signs]
    return sorted(found, key=lambda each: (Sign.PHONE in each.signs, len(each.signs)), reverse=True)[:SHOWN]


def keep_phones(tx: Transaction, matter_id: UUID, given: Identity, vault: Vault) -> None:
    """Keep by which numbers the matter is found."""
    contacts.add(tx, matter_id, [_mark(vault, phone) for phone in given.phones])


def _compared(row: Row, new: Marks, vault: Vault) -> Similar:
    title = Pen(vault, row.data_key, row.matter_id).title(row.sealed_title)
    signs = duplicates.signs(new, Marks(row.item_code, title), row.same_phone)
    return Similar(row.matter_id, row.register_no, MatterState(row.state), row.registered_at, title, signs)


def _mark(vault: Vault, phone: str) -> bytes:
    return vault.blind(f"phone {phone.replace('-', '')}")
