"""材料: taken in, listed, opened, given back; a file goes to the store before its row, so that no row lacks one."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag

from services.intake import access
from services.intake.domain import materials as rules
from services.intake.domain.materials import Material
from services.intake.handlers.common import found, locked, pen
from services.intake.handlers.looking import told
from services.intake.handlers.reading import read
from services.intake.sealing import Pen
from services.intake.store import materials
from services.intake.store.materials import Filed
from services.intake.store.tables import MATTER
from shared.contracts.codes import FileFormat, PaperForm, Purpose
from shared.contracts.errors import Gone, NotFound
from shared.files import Files, FilesAway, digest, examined
from shared.ids import new_id
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is in the store and waits for its row."""

    id: UUID
    format: FileFormat
    size: int
    digest: bytes


async def expect(tx: Transaction, matter_id: UUID, name: str, vault: Vault) -> Pen:
    """With what a paper of this matter is sealed, if one of this name may come now."""
    rules.paper_name(name)
    file = await found(tx, access.of_own_window(tx.actor) & (MATTER.c.matter_id == matter_id))
    access.staff_on_duty(file.duty, tx.actor, "登记材料")
    rules.require_room(file.matter, await materials.count(tx, matter_id))
    return pen(file, vault)


async def store(files: Files, own: Pen, name: str, content: bytes) -> Stored:
    """Look into a file, seal it and put it into the store."""
    material_id = new_id()
    format = await asyncio.to_thread(examined, name, content)
    sealed = await asyncio.to_thread(own.seal_file, material_id, content)
    await files.put(place_of(own.matter_id, material_id), sealed)
    return Stored(material_id, format, len(content), digest(sealed))


async def drop(files: Files, matter_id: UUID, stored: Stored) -> None:
    """The row did not come; what cannot be removed now is left to the sweep."""
    with suppress(FilesAway):
        await files.remove(place_of(matter_id, stored.id))


async def add(
    tx: Transaction, matter_id: UUID, stored: Stored, name: str, form: PaperForm, pages: int, vault: Vault
) -> Material:
    """登记材料."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "登记材料")
    material = Material(stored.id, stored.format, form, pages, stored.size, tx.actor.id, tx.now)
    tx.publish(*rules.add(file.matter, await materials.count(tx, matter_id), material))
    sealed_name = pen(file, vault).seal_paper(rules.paper_name(name))
    materials.add(tx, matter_id, Filed(material, sealed_name, stored.digest))
    return material


async def give_back(tx: Transaction, matter_id: UUID, material_id: UUID) -> Material:
    """退还材料."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "退还材料")
    material, events = rules.give_back(file.matter, (await _filed(tx, matter_id, material_id)).material,
                                       tx.actor.id, tx.now)  # fmt: skip
    materials.give_back(tx, material)
    tx.publish(*events)
    return material


async def listed(tx: Transaction, matter_id: UUID, purpose: Purpose, vault: Vault) -> list[tuple[Material, str]]:
    """材料清单: what was handed in, by name: a look that is told."""
    file = await read(tx, matter_id, hold=True)
    access.opening_content(tx.actor, file)
    await told(tx, file, "MATERIALS", purpose)
    own = pen(file, vault)
    return [(each.material, own.paper(each.sealed_name)) for each in await materials.of_matter(tx, matter_id)]


async def look(
    tx: Transaction, matter_id: UUID, material_id: UUID, purpose: Purpose, vault: Vault
) -> tuple[Filed, Pen]:
    """Which file somebody may open, and with what: a look that is told."""
    file = await read(tx, matter_id)
    access.opening_content(tx.actor, file)
    filed = await _filed(tx, matter_id, material_id)
    if file.erased_at is not None:
        raise Gone("material.erased", "反映人信息已依法删除,材料文件已一并销毁")
    await told(tx, file, "MATERIALS", purpose)
    return filed, pen(file, vault)


async def fetch(files: Files, filed: Filed, own: Pen) -> bytes:
    """The file of a material, as it was handed in."""
    material_id = filed.material.id
    sealed = await files.get(place_of(own.matter_id, material_id))
    with suppress(InvalidTag):
        if sealed is not None and digest(sealed) == filed.file_digest:
            return await asyncio.to_thread(own.file, material_id, sealed)
    log.error("material.lost", material=str(material_id), found=sealed is not None)
    raise NotFound("material.lost", "材料文件缺失或已损坏,请联系系统管理员从备份恢复")


async def destroy(files: Files, matter_id: UUID) -> None:
    """Remove the files of an erased matter; nobody can open them any more, so what stays is left to the sweep."""
    try:
        await files.remove_below(f"intake/{matter_id}")
    except FilesAway:
        log.warning("erasure.files_left", matter=str(matter_id))


def place_of(matter_id: UUID, material_id: UUID) -> str:
    """Where a file is in the store."""
    return f"intake/{matter_id}/{material_id}"


async def _filed(tx: Transaction, matter_id: UUID, material_id: UUID) -> Filed:
    filed = await materials.find(tx, matter_id, material_id)
    if filed is None:
        raise NotFound
    return filed
