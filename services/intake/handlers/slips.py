"""回执: printed with a new query code each time; and whether a code that somebody tells is the right one."""

import hmac
from uuid import UUID

from services.intake import access
from services.intake.domain import slip
from services.intake.domain.slip import Slip
from services.intake.handlers.common import found, locked, pen
from services.intake.store import desk, query_codes
from services.intake.store.tables import MATTER
from shared.contracts.errors import Conflict
from shared.contracts.intake import SlipPrinted
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault


async def issue(tx: Transaction, matter_id: UUID, vault: Vault) -> Slip:
    """A slip with a new query code, which is nowhere kept; the slip before is void."""
    file = await locked(tx, matter_id)
    access.staff_on_duty(file.duty, tx.actor, "打印回执")
    line = slip.registration_of(file.matter)
    if file.erased_at is not None:
        raise Conflict("erasure.done", "该事项的反映人信息已删除")
    window = await desk.window(tx, file.matter.window_id)
    code = slip.new_query_code()
    await query_codes.keep(tx, matter_id, _mark(vault, matter_id, code))
    tx.publish(SlipPrinted(**file.matter.ref, printed_by=tx.actor.id, printed_at=tx.now))
    return Slip(
        window=window.name if window else "",
        register_no=line.register_no,
        registered_at=line.registered_at,
        title=pen(file, vault).title(file.sealed.title),
        standing=slip.standing(file.matter),
        query_code=code,
    )


async def is_right(tx: Transaction, matter_id: UUID, said: str, vault: Vault) -> bool:
    """Whether somebody who asks about a matter, by phone or at the counter, has the code of its slip."""
    access.at_window(tx.actor)
    await found(tx, access.of_own_window(tx.actor) & (MATTER.c.matter_id == matter_id))
    mark = await query_codes.mark_of(tx, matter_id)
    return hmac.compare_digest(mark or b"", _mark(vault, matter_id, slip.read_out(said)))


def _mark(vault: Vault, matter_id: UUID, code: str) -> bytes:
    return vault.blind(f"query {matter_id} {code}")
