"""长期回避: declared once, it keeps an account out of every matter about a unit, those to come included."""

from uuid import UUID

from services.intake import access
from services.intake.domain import interests as rules
from services.intake.domain.interests import Interest
from services.intake.domain.matter import Matter
from services.intake.store import interests
from services.intake.store.tables import DUTY, RECUSAL
from shared.contracts.codes import RecusalGround
from shared.contracts.errors import Conflict, Forbidden, NotFound
from shared.recusals import save_recusals
from shared.rights import oversees
from shared.roster import duty_on
from shared.store.unit_of_work import Transaction


async def declare(tx: Transaction, account_id: str | None, unit_id: str, ground: RecusalGround) -> Interest:
    """申报, for oneself; the duty leader says it of the window's people, 党风政风监督室 of anybody of its level."""
    access.declaring_interest(tx.actor)
    account = account_id or tx.actor.id
    if account != tx.actor.id:
        await _require_may_say_of(tx, account)
    interest, told = rules.declare(account, unit_id, ground, tx.actor.org, tx.actor.id, tx.now)
    if not await interests.add(tx, interest):
        raise Conflict("interest.known", "这项利害关系已经申报,无需重复申报")
    tx.publish(told)
    about = await interests.open_matters_about(tx, access.visible(tx.actor), interest)
    events = [event for of in about for event in rules.keeping_out(of, [interest], (), tx.now)]
    save_recusals(tx, RECUSAL, events)
    tx.publish(*events)
    return interest


async def end(tx: Transaction, interest_id: UUID) -> Interest:
    """登记不再存在."""
    access.at_department(tx.actor, "撤销利害关系")
    found = await interests.find(tx, interest_id)
    if found is None or not oversees(tx.actor, found.org_code):
        raise NotFound
    ended, told = rules.end(found, tx.actor.id, tx.now)
    await interests.end(tx, ended)
    tx.publish(told)
    return ended


async def listed(tx: Transaction, limit: int) -> list[Interest]:
    """One's own, and for 党风政风监督室 those of its level and below."""
    access.declaring_interest(tx.actor)
    return await interests.listed(tx, access.visible_interests(tx.actor), limit)


async def keep_out(tx: Transaction, matter: Matter) -> None:
    """A matter is registered: whoever has an interest in a unit it is about stays out of it from the first moment."""
    found = await interests.in_units(tx, matter.blamed_unit_ids)
    rules.require_none_of(tx.actor.id, found)
    events = rules.keeping_out(matter.ref, found, (), tx.now)
    save_recusals(tx, RECUSAL, events)
    tx.publish(*events)


async def _require_may_say_of(tx: Transaction, account: str) -> None:
    if access.is_department(tx.actor):
        return
    today = await duty_on(tx, DUTY, tx.actor.window_id, tx.now.date())
    duty = access.leader_on_duty(today, tx.actor, "为他人申报利害关系")
    if account not in duty.staff_ids:
        raise Forbidden("recusal.not_of_window", "只能为本窗口当前值班人员申报")
