"""补录: numbers for the paper register, and what becomes of them."""

from collections.abc import Sequence

from services.intake import access
from services.intake.domain.form import NOTE
from services.intake.store import desk, paper
from services.intake.store.desk import Drawn
from services.intake.store.paper import Reserved
from services.intake.store.tables import RESERVED
from shared.contracts.errors import Conflict, Forbidden
from shared.contracts.intake import RegisterNumbersReserved, RegisterNumberVoided
from shared.store.secrecy import context_of
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault
from shared.wording import passage


async def reserve(tx: Transaction, count: int) -> Sequence[Reserved]:
    """预留编号: the duty leader sets the next numbers aside, to be printed on pages."""
    window = await _window(tx, "预留编号")
    first, last = await paper.reserve(tx, window.window_id, tx.now.year, count)
    tx.publish(
        RegisterNumbersReserved(
            window_id=window.window_id, org_code=window.org_code, year=tx.now.year, first=first, last=last,
            reserved_by=tx.actor.id, reserved_at=tx.now,
        )
    )  # fmt: skip
    return [Reserved(tx.now.year, number, tx.now, None, False) for number in range(first, last + 1)]


async def void(tx: Transaction, year: int, number: int, reason: str, vault: Vault) -> None:
    """作废: the page was spoiled, or is no longer needed; the number stays used."""
    window = await _window(tx, "作废编号")
    place = context_of(RESERVED.c.sealed_void_reason, window_id=window.window_id, year=year, number=number)
    said = vault.seal_own(passage(reason, "作废理由", *NOTE).encode(), place)
    if not await paper.void(tx, window.window_id, year, number, said):
        raise Conflict("late.number_not_open", "该编号没有预留,或者已使用、已作废")
    tx.publish(
        RegisterNumberVoided(
            window_id=window.window_id, org_code=window.org_code, year=year, number=number, voided_by=tx.actor.id,
            voided_at=tx.now,
        )
    )  # fmt: skip


async def of_year(tx: Transaction, year: int) -> Sequence[Reserved]:
    """The numbers that the caller's window set aside in a year."""
    access.at_window(tx.actor)
    return await paper.of_year(tx, tx.actor.window_id or "", year)


async def _window(tx: Transaction, doing: str) -> Drawn:
    access.at_window(tx.actor)
    window = await desk.stand_at(tx, tx.actor.window_id, 0)
    if window is None:
        raise Forbidden("window.unknown", "您的账号没有对应的监督窗口,请联系党风政风监督室")
    access.leader_on_duty(window.duty, tx.actor, doing)
    return window
