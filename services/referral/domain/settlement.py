"""When the orders of a round are settled, and what they amount to; decided under the lock of the matter's row."""

from collections.abc import Collection
from datetime import datetime

from services.referral.domain.matters import Matter
from services.referral.domain.orders import Order, Settlement
from shared.contracts.base import Event
from shared.contracts.codes import OrderState, Outcome
from shared.contracts.errors import Conflict
from shared.contracts.referral import OrdersAllSettled

# Ended, and its round waits for what follows it.
WITHOUT_RESULT = (OrderState.REJECTED, OrderState.REASSIGNED)


def settle(matter: Matter, orders: Collection[Order], now: datetime) -> list[Event]:
    """`order.all_settled` if no order of the present round is open any more, else nothing.

    Voided and dropped orders do not count; a rejected or reassigned one counts as open until its successor takes its
    place.
    """
    of_round = [
        order
        for order in orders
        if order.round == matter.round and order.state is not OrderState.VOIDED and not order.dropped
    ]
    replaced = {order.predecessor_id for order in of_round}
    counted = [order for order in of_round if order.state not in WITHOUT_RESULT or order.id not in replaced]
    ends = {order.settlement for order in counted}
    if not counted or None in ends:
        return []
    return [OrdersAllSettled(**matter.ref, round=matter.round, outcome=_outcome(ends), settled_at=now)]


def _outcome(ends: Collection[Settlement | None]) -> Outcome:
    if ends == {Settlement.SOLVED}:
        return Outcome.DONE
    if ends == {Settlement.CANNOT}:
        return Outcome.CANNOT_EXPLAINED
    return Outcome.PARTLY


def without_successor(orders: Collection[Order]) -> list[Order]:
    """Rejected and reassigned orders that nothing has followed yet."""
    replaced = {order.predecessor_id for order in orders if order.state is not OrderState.VOIDED}
    return [
        order for order in orders if order.state in WITHOUT_RESULT and not order.dropped and order.id not in replaced
    ]


def require_without_successor(order: Order, orders: Collection[Order]) -> None:
    """Refuse a second successor for an order without a result."""
    order.require(*WITHOUT_RESULT, doing="另行交办")
    if order.dropped:
        raise Conflict("order.dropped", "已登记不再另行交办;确需交办的请重新研判批转")
    if all(order.id != each.id for each in without_successor(orders)):
        raise Conflict("order.has_successor", "该交办单已有后续交办单,请在后续交办单上办理")
