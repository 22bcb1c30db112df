"""退单异议 (handbook 2.3, 3.3, 6.8, D08): once, in time, with the basis in the duty list; the decision is final."""

from dataclasses import replace
from datetime import datetime

from services.referral.domain.histories import Decided, Objection
from services.referral.domain.orders import Order
from shared.contracts.base import Event
from shared.contracts.codes import ObjectionReason, OrderState
from shared.contracts.errors import Conflict, Refused
from shared.contracts.referral import OrderObjected, OrderObjectionDecided

TIME_TO_OBJECT = "1WD"  # D08, from the delivery
BASIS_MIN = 10


def object_to(
    order: Order, reason: ObjectionReason, basis: str, suggested: str | None, until: datetime, by: str, now: datetime
) -> tuple[Order, list[Event]]:
    """Say that the order is not the unit's; `until` is the last moment for it."""
    if order.histories.objections:
        raise Conflict("objection.final", "该交办单的退单异议已经提出并处理,决定后不得再次退单,请按要求办理")
    if order.answers or order.state is OrderState.CANNOT_FILED:
        raise Conflict("objection.answered", "本单位已对该交办单作出反馈,不能再提出退单异议")
    order.require(OrderState.DELIVERED, OrderState.WORKING, doing="提出退单异议")
    if now > until:
        raise Refused("objection.late", "退单异议须在交办单送达后1个工作日内提出,现已超过时限,请按要求办理")
    if len("".join(basis.split())) < BASIS_MIN:
        raise Refused("objection.no_basis", f"请写明异议的依据(三定规定、权责清单的具体条目),不少于{BASIS_MIN}字")
    if suggested == order.unit_id:
        raise Refused("objection.same_unit", "建议改派的单位不能是本单位")
    asked = Objection(reason, basis, suggested, order.state, by, now)
    told = OrderObjected(**order.ref, reason=reason, suggested_unit_id=suggested, objected_by=by, objected_at=now)
    return order.with_history(OrderState.OBJECTED, objections=(asked,)), [told]


def decide(order: Order, upheld: bool, note: str, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """The duty leader's decision: the order is another's, or goes on from where it stood."""
    order.require(OrderState.OBJECTED, doing="审定退单异议")
    if not note:
        raise Refused("objection.no_reason", "请写明认定异议成立或不成立的理由")
    asked = order.histories.objections[-1]
    state = OrderState.REASSIGNED if upheld else asked.stood
    decided = replace(asked, decision=Decided(upheld, note, by, now))
    told = OrderObjectionDecided(**order.ref, upheld=upheld, state=state, decided_by=by, decided_at=now)
    return order.with_history(state, objections=(decided,)), [told]
