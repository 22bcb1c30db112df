"""回避: somebody declares an interest in a matter, and opens it no more."""

from uuid import UUID

from services.intake import access
from services.intake.domain.form import NOTE
from services.intake.domain.wording import passage
from services.intake.handlers.common import found, noted
from services.intake.store.tables import MATTER, RECUSAL
from shared.contracts.codes import RecusalGround
from shared.contracts.errors import Forbidden
from shared.contracts.intake import MatterRecusalDeclared
from shared.recusals import save_recusals
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def declare(
    tx: Transaction, matter_id: UUID, account_id: str | None, ground: RecusalGround, note: str | None, vault: Vault
) -> MatterRecusalDeclared:
    """申报回避, for oneself, or by the duty leader for one of the window's people."""
    file = await found(tx, access.visible(tx.actor) & (MATTER.c.matter_id == matter_id))
    whose = account_id or tx.actor.id
    if whose != tx.actor.id:
        duty = access.leader_on_duty(file.duty, tx.actor, "为他人登记回避")
        if whose not in duty.staff_ids:
            raise Forbidden("recusal.not_of_window", "只能为本窗口当前值班人员登记回避")
    declared = MatterRecusalDeclared(
        **file.matter.ref, account_id=whose, ground=ground, declared_by=tx.actor.id, declared_at=tx.now
    )
    save_recusals(tx, RECUSAL, [declared])
    said = {"note": passage(note, "回避说明", *NOTE) if note else None}
    await noted(tx, file, "RECUSAL", said, vault, account_id=whose, ground=ground)
    tx.publish(declared)
    return declared
