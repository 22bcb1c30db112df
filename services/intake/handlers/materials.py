"""材料: taken in, listed, opened, given back; a file goes to the store before its row, so that no row lacks one."""

from uuid import UUID

import structlog

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
from shared.contracts.codes import PaperForm, Purpose
from shared.contracts.errors import Gone, NotFound
from shared.files import Drawer, Files, Stored
from shared.files import destroy as destroy_below
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault

log = structlog.get_logger(__name__)


async def expect(tx: Transaction, matter_id: UUID, name: str, files: Files, vault: Vault) -> Drawer:
    """Where the file of a paper of this matter goes, if one of this name may come now."""
    rules.paper_name(name)
    file = await found(tx, access.of_own_window(tx.actor) & (MATTER.c.matter_id == matter_id))
    access.staff_on_duty(file.duty, tx.actor, "登记材料")
    rules.require_room(file.matter, await materials.count(tx, matter_id))
    return _drawer(files, pen(file, vault))


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
    content = await _drawer(files, own).fetch(material_id, filed.file_digest)
    if content is None:
        log.error("material.lost", material=str(material_id))
        raise NotFound("material.lost", "材料文件缺失或已损坏,请联系系统管理员从备份恢复")
    return content


async def destroy(files: Files, matter_id: UUID) -> None:
    """Remove the files of an erased matter."""
    await destroy_below(files, _place(matter_id))


def _drawer(files: Files, own: Pen) -> Drawer:
    return Drawer(files, _place(own.matter_id), own)


def _place(matter_id: UUID) -> str:
    return f"intake/{matter_id}"


async def _filed(tx: Transaction, matter_id: UUID, material_id: UUID) -> Filed:
    filed = await materials.find(tx, matter_id, material_id)
    if filed is None:
        raise NotFound
    return filed
