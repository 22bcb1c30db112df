"""What several commands share: find and lock the matter, keep it, note what was said."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from services.intake import access
from services.intake.domain.matter import Matter, Moved
from services.intake.sealing import Pen, Words
from services.intake.store import matters
from services.intake.store.matters import File, Record
from services.intake.store.tables import MATTER
from shared.contracts.errors import NotFound
from shared.ids import new_id
from shared.recusals import require_not_recused
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def locked(tx: Transaction, matter_id: UUID) -> File:
    """A matter of the caller's own window, locked, in the version the client saw."""
    file = await matters.lock(tx, matter_id, tx.actor.window_id, tx.now.date())
    if file is None:
        raise NotFound
    require_not_recused(file.is_recused, tx.actor)
    tx.match(file.matter.version, file.matter.state)
    return file


async def overseen(tx: Transaction, matter_id: UUID) -> File:
    """A matter for a command of somebody above the window, locked, in the version the client saw."""
    chosen = access.visible(tx.actor) & (MATTER.c.matter_id == matter_id)
    file = await matters.find_locked(tx, chosen, tx.now.date())
    if file is None:
        raise NotFound
    require_not_recused(file.is_recused, tx.actor)
    tx.match(file.matter.version, file.matter.state)
    return file


async def found(tx: Transaction, chosen: ColumnElement[bool], hold: bool = False) -> File:
    """A matter that the caller may see."""
    file = await matters.find(tx, chosen, tx.now.date(), hold)
    if file is None:
        raise NotFound
    require_not_recused(file.is_recused, tx.actor)
    return file


async def kept(tx: Transaction, outcome: Moved) -> Matter:
    """Save what a command made of a matter, and publish what it says."""
    matter, events = outcome
    await matters.save(tx, [matter])
    tx.publish(*events)
    return matter


async def noted(
    tx: Transaction, file: File, kind: str, words: Mapping[str, str | None], vault: Vault, **codes: Any
) -> None:
    """Append to the record of handling: codes open, words sealed."""
    said: Words = {name: text for name, text in words.items() if text}
    sealed = pen(file, vault).seal_words(said)
    matter = file.matter
    await matters.add_record(
        tx, Record(new_id(), matter.id, kind, matter.round, codes, sealed, tx.actor.id, tx.now)
    )  # fmt: skip


def pen(file: File, vault: Vault) -> Pen:
    """The pen of a matter."""
    return Pen(vault, file.sealed.data_key, file.matter.id)
