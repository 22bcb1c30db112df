"""改派、作废 and what follows an order that ended without a result (architecture: it holds its round until then)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from services.referral.domain.orders import ENDED, Order, draft_successor
from services.referral.domain.settlement import require_without_successor
from shared.contracts.base import Event
from shared.contracts.codes import OrderState
from shared.contracts.errors import Conflict, Refused
from shared.contracts.referral import OrderDropped, OrderReassigned, OrderVoided

_ISSUED_AND_OPEN = tuple(state for state in OrderState if state not in (OrderState.DRAFT, OrderState.OBJECTED, *ENDED))


def follow(
    order: Order, siblings: Collection[Order], unit_id: str | None, rule: str | None, by: str, now: datetime
) -> tuple[Order, list[Event]]:
    """另行交办: the draft that follows an order that was rejected, or that another unit is to have."""
    require_without_successor(order, siblings)
    to = unit_id or order.unit_id
    if order.state is OrderState.REASSIGNED and to == order.unit_id:
        raise Refused("order.same_unit", "异议成立、改派的交办单须另选承办单位")
    heir, events = draft_successor(order, now, rule, unit_id=to)
    if order.state is OrderState.REASSIGNED:
        events = [*events, _reassigned(order, heir, by, now)]
    return heir, events


def reassign(order: Order, unit_id: str, reason: str, by: str, now: datetime) -> tuple[Order, Order, list[Event]]:
    """改派 by the duty leader without an objection: the order ends, another unit gets a draft."""
    order.require(*_ISSUED_AND_OPEN, doing="改派")
    if not reason:
        raise Refused("order.no_reason", "请写明改派的理由")
    if unit_id == order.unit_id:
        raise Refused("order.same_unit", "改派须另选承办单位")
    ended = order.moved(OrderState.REASSIGNED, ended_because=reason)
    heir, events = draft_successor(ended, now, unit_id=unit_id)
    return ended, heir, [_reassigned(order, heir, by, now), *events]


def void(order: Order, siblings: Collection[Order], reason: str, now: datetime) -> tuple[Order, list[Event]]:
    """作废: its number stays used; a round needs another order that stands."""
    if order.state in ENDED:
        raise Conflict("order.ended", "该交办单已经办结、作废或改派,不能作废")
    if not reason:
        raise Refused("order.no_reason", "请写明作废的理由")
    _require_another(order, siblings)
    return order.moved(OrderState.VOIDED, ended_because=reason), [OrderVoided(**order.ref, voided_at=now)]


def drop(order: Order, siblings: Collection[Order], reason: str, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """不再另行交办: nothing follows a rejected or reassigned order, and its round goes on without it."""
    require_without_successor(order, siblings)
    if not reason:
        raise Refused("order.no_reason", "请写明不再另行交办的理由")
    _require_another(order, siblings)
    dropped = replace(order, version=order.version + 1, dropped=True, ended_because=reason)
    return dropped, [OrderDropped(**order.ref, dropped_by=by, dropped_at=now)]


def _require_another(order: Order, siblings: Collection[Order]) -> None:
    others = [
        each
        for each in siblings
        if each.round == order.round and each.id != order.id and not each.dropped
        and each.state not in (OrderState.VOIDED, OrderState.REASSIGNED)
    ]  # fmt: skip
    if not others:
        raise Refused("order.last_one", "这是本轮唯一的交办单,作废后事项无人承办;请改派或另行交办其他单位")


def _reassigned(order: Order, heir: Order, by: str, now: datetime) -> OrderReassigned:
    return OrderReassigned(
        **order.ref, successor_id=heir.id, successor_unit_id=heir.unit_id, reassigned_by=by, reassigned_at=now
    )
