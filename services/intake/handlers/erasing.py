"""删除反映人信息: a new key under which everything says that it is gone; the old one is nowhere any more."""

from uuid import UUID

from services.intake import access
from services.intake.domain import erasure
from services.intake.domain.form import Content
from services.intake.domain.identity import Identity
from services.intake.domain.matter import Matter
from services.intake.handlers.common import kept, overseen
from services.intake.sealing import Pen
from services.intake.store import contacts, materials, matters, query_codes, search
from services.intake.store.matters import Sealed
from shared.contracts.codes import ErasureGround
from shared.store.unit_of_work import Transaction
from shared.store.vault import ERASED, Vault


async def erase(tx: Transaction, matter_id: UUID, ground: ErasureGround, vault: Vault) -> Matter:
    """Destroy what a person said and is called, as the department decided."""
    access.at_department(tx.actor, "办理个人信息删除")
    file = await overseen(tx, matter_id)
    outcome = erasure.erase(file.matter, file.erased_at, ground, tx.actor.id, tx.now)
    pen = Pen(vault, vault.new_key(), matter_id)
    gone = Sealed(
        file.sealed.reporter_id, pen.key, pen.seal_identity(Identity()), pen.seal_title(ERASED),
        pen.seal_content(Content(ERASED)),
    )  # fmt: skip
    await matters.erase(tx, matter_id, gone, pen.seal_words({}))
    await materials.erase(tx, matter_id, pen.seal_paper(ERASED))
    await contacts.remove(tx, matter_id)
    await search.remove(tx, matter_id)
    await query_codes.remove(tx, matter_id)
    return await kept(tx, outcome)
