"""抽查回访: draw those of a day's matters, settled on the spot, that are called back."""

from datetime import date
from uuid import uuid4

from services.intake import access
from services.intake.domain import sampling
from services.intake.store import desk, draws
from services.intake.store.draws import Draw
from services.intake.store.tables import DUTY
from shared.contracts.codes import Role
from shared.contracts.errors import Forbidden, NotFound
from shared.contracts.intake import CallbacksDrawn
from shared.roster import duty_on
from shared.store.unit_of_work import Transaction


async def draw(tx: Transaction, day: date) -> Draw:
    """The day's draw in the caller's window: made once, found again ever after."""
    access.drawing(tx.actor)
    window = await desk.window(tx, tx.actor.window_id)
    if window is None:
        raise Forbidden("window.unknown", "您的账号没有对应的监督窗口,请联系党风政风监督室")
    if not tx.actor.has(Role.CALLBACK_OFFICER):
        access.leader_on_duty(await duty_on(tx, DUTY, window.window_id, tx.now.date()), tx.actor, "抽取回访事项")
    sampling.require_over(day, tx.now)
    seed, matters = uuid4(), await draws.settled_on(tx, window.window_id, day)
    made = Draw(window.window_id, day, seed, len(matters), sampling.drawn(matters, seed), tx.actor.id, tx.now)
    if not await draws.keep(tx, made):
        return await find(tx, day)
    tx.publish(CallbacksDrawn(**{**made._asdict(), "matter_ids": list(made.matter_ids)}, org_code=window.org_code))
    return made


async def find(tx: Transaction, day: date) -> Draw:
    """A draw of the caller's window that was made."""
    access.drawing(tx.actor)
    made = await draws.find(tx, tx.actor.window_id or "", day)
    if made is None:
        raise NotFound
    return made
