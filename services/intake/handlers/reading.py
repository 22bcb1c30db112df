"""What may be read: codes without trace, words and identity for a purpose and told, titles in batches, text checks."""

from collections.abc import Collection, Sequence
from uuid import UUID

from joserfc.jwk import OKPKey

from services.intake import access
from services.intake.domain.form import Content
from services.intake.domain.identity import ContactSheet, Identity
from services.intake.domain.materials import Material
from services.intake.domain.matter import Matter
from services.intake.domain.textcheck import Finding, findings
from services.intake.handlers.common import found, pen
from services.intake.handlers.looking import told
from services.intake.sealing import Pen, Words
from services.intake.store import materials, matters
from services.intake.store.matters import File, Record
from services.intake.store.tables import MATTER
from shared import receipts
from shared.contracts.codes import MatterState, Purpose
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def read(tx: Transaction, matter_id: UUID, hold: bool = False) -> File:
    """One matter: codes and times; what is sealed is not erased while it is held."""
    return await found(tx, access.visible(tx.actor) & (MATTER.c.matter_id == matter_id), hold)


async def read_by_number(tx: Transaction, register_no: str) -> File:
    """One matter by its register number."""
    return await found(tx, access.visible(tx.actor) & (MATTER.c.register_no == register_no))


async def page(
    tx: Transaction, state: MatterState | None, window_id: str | None, after: UUID | None, limit: int
) -> Sequence[Matter]:
    """A page of matters, newest first."""
    chosen = [access.listed(tx.actor)]
    if state is not None:
        chosen.append(MATTER.c.state == state.value)
    if window_id is not None:
        chosen.append(MATTER.c.window_id == window_id)
    return await matters.page(tx, chosen, after, limit)


async def titles(tx: Transaction, ids: Collection[UUID], vault: Vault) -> dict[UUID, str]:
    """Titles of those matters that the caller may see; the others are left out."""
    rows = await matters.titles(tx, ids, access.listed(tx.actor))
    return {row.matter_id: Pen(vault, row.data_key, row.matter_id).title(row.sealed_title) for row in rows}


async def content(
    tx: Transaction, matter_id: UUID, purpose: Purpose, vault: Vault
) -> tuple[Content, list[tuple[Record, Words]], list[tuple[Material, str]]]:
    """Title, facts and demand with the record of handling and the papers handed in: a look that is told."""
    file = await read(tx, matter_id, hold=True)
    access.opening_content(tx.actor, file)
    await told(tx, file, "CONTENT", purpose)
    own = pen(file, vault)
    lines = [(record, own.words(record.sealed_words)) for record in await matters.records(tx, matter_id)]
    papers = [(each.material, own.paper(each.sealed_name)) for each in await materials.of_matter(tx, matter_id)]
    return own.content(file.sealed.content), lines, papers


async def identity(tx: Transaction, matter_id: UUID, purpose: Purpose, vault: Vault) -> Identity:
    """Who reported, or for a call-back whom to call: a look that is told."""
    file = await read(tx, matter_id)
    in_full = access.opening_identity(tx.actor, file)
    await told(tx, file, "IDENTITY", purpose)
    opened = pen(file, vault).identity(file.sealed.identity)
    return opened if in_full else opened.to_call


async def contact_sheet(tx: Transaction, matter_id: UUID, purpose: Purpose, vault: Vault) -> ContactSheet:
    """反映人联系单, for a unit that holds an open order: a look that is told."""
    access.calling_reporters(tx.actor)
    file = await found(tx, access.ordered_to(tx.actor) & (MATTER.c.matter_id == matter_id))
    access.opening_contact_sheet(tx.actor, file)
    await told(tx, file, "CONTACT_SHEET", purpose)
    return pen(file, vault).identity(file.sealed.identity).contact_sheet


async def check_text(
    tx: Transaction, matter_id: UUID, text: str, vault: Vault, key: OKPKey
) -> tuple[list[Finding], str]:
    """文本核查 with its signed receipt; only kinds are told, so it is no look at the identity."""
    access.at_window(tx.actor)
    file = await found(tx, access.of_own_window(tx.actor) & (MATTER.c.matter_id == matter_id))
    kinds = findings(pen(file, vault).identity(file.sealed.identity), text)
    return kinds, receipts.sign(key, matter_id, text, clean=not kinds)
