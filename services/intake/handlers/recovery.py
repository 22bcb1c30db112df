"""After the database was set back: what of the lost events still binds intake."""

from collections.abc import Sequence

from services.intake.domain.register import year_and_number
from services.intake.store import desk, paper
from shared.contracts import Event
from shared.contracts.intake import MatterRegistered, RegisterNumbersReserved
from shared.store.unit_of_work import Transaction


async def on_registered(tx: Transaction, lost: Sequence[Event]) -> None:
    """A register number stands on the reporter's receipt: it is never given again, though its matter is gone."""
    given: dict[tuple[str, int], int] = {}
    for event in lost:
        assert isinstance(event, MatterRegistered)
        year, number = year_and_number(event.register_no)
        given[event.window_id, year] = max(number, given.get((event.window_id, year), 0))
    await desk.pass_over_numbers(tx, given)


async def on_numbers_reserved(tx: Transaction, lost: Sequence[Event]) -> None:
    """The pages are printed: their numbers are set aside once more, and what was entered from them can be again."""
    for event in lost:
        assert isinstance(event, RegisterNumbersReserved)
        await desk.pass_over_numbers(tx, {(event.window_id, event.year): event.last})
        numbers = range(event.first, event.last + 1)
        await paper.put_back(tx, event.window_id, event.year, numbers, event.reserved_by, event.reserved_at)
