"""After the database was set back: what of the lost events still binds referral."""

from collections.abc import Sequence

from services.referral.domain.numbers import year_and_serial
from services.referral.store import orders
from shared.contracts import Event
from shared.contracts.referral import OrderIssued
from shared.store.unit_of_work import Transaction


async def on_issued(tx: Transaction, lost: Sequence[Event]) -> None:
    """An order number stands on a paper that a unit has: it is never given again."""
    given: dict[tuple[str, int], int] = {}
    for event in lost:
        assert isinstance(event, OrderIssued)
        year, serial = year_and_serial(event.order_no)
        given[event.window_id, year] = max(serial, given.get((event.window_id, year), 0))
    await orders.pass_over_numbers(tx, given)
