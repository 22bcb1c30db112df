"""回避: somebody declares an interest in a matter, and opens it no more, until it is found to be a mistake."""

from uuid import UUID

from services.intake import access
from services.intake.domain.form import NOTE
from services.intake.handlers.common import found, noted
from services.intake.store import interests
from services.intake.store.tables import MATTER, RECUSAL
from shared.contracts.codes import RecusalGround
from shared.contracts.errors import Forbidden, NotFound
from shared.contracts.intake import MatterRecusalDeclared, MatterRecusalLifted
from shared.recusals import save_recusals
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault
from shared.wording import passage


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


async def lift(tx: Transaction, matter_id: UUID, account_id: str, note: str, vault: Vault) -> MatterRecusalLifted:
    """撤销误报的回避, by 党风政风监督室, never by whom it concerns."""
    access.at_department(tx.actor, "撤销回避")
    file = await found(tx, access.visible(tx.actor) & (MATTER.c.matter_id == matter_id))
    if account_id not in (await interests.recused(tx, [matter_id])).get(matter_id, ()):
        raise NotFound("recusal.none", "该账号没有就这件事项申报回避")
    lifted = MatterRecusalLifted(**file.matter.ref, account_id=account_id, lifted_by=tx.actor.id, lifted_at=tx.now)
    save_recusals(tx, RECUSAL, [lifted])
    said = {"note": passage(note, "撤销理由", *NOTE)}
    await noted(tx, file, "RECUSAL_LIFTED", said, vault, account_id=account_id)
    tx.publish(lifted)
    return lifted
