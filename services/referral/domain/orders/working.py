"""From the delivered order to the one struck off: the unit acknowledges and answers, the window reviews."""

from collections.abc import Iterable
from datetime import datetime

from services.referral.domain.answers import Answer, require_substance
from services.referral.domain.matters import Matter
from services.referral.domain.orders.order import ENDED, WORKABLE, Order, Review, ReviewDecision, Settlement
from shared.contracts.base import Event
from shared.contracts.codes import AnswerResult, OrderState, UnitRole
from shared.contracts.errors import Refused, Superseded
from shared.contracts.referral import OrderAccepted, OrderAcked, OrderAnswered, OrderReturned, OrderVoided


def acknowledge(order: Order, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """签收: from here the unit's limit runs."""
    order.require(OrderState.DELIVERED, doing="签收")
    acked = order.moved(OrderState.WORKING, acked_by=by, acked_at=now)
    return acked, [OrderAcked(**order.ref, acked_by=by, acked_at=now)]


def miss_acknowledgement(order: Order, missed_at: datetime) -> Order:
    """Mark an order that was not acknowledged in time; one acknowledged before that moment keeps a clean sheet."""
    if order.state is OrderState.VOIDED:
        raise Superseded("the order was voided in the meantime")
    if order.acked_at is not None and order.acked_at <= missed_at:
        return order
    return order.moved(order.state, ack_missed=True)


def answer(order: Order, given: Answer, matter: Matter) -> tuple[Order, list[Event]]:
    """The unit's answer with evidence; a group's main unit says for each beneficiary how it ended."""
    order.require(*WORKABLE, doing="反馈办理结果")
    require_substance(given, matter.beneficiaries, every_one=order.role is UnitRole.MAIN)
    solved = sum(one.result is AnswerResult.SOLVED for one in given.beneficiaries)
    event = OrderAnswered(
        **order.ref,
        result=given.result,
        evidence_count=len(given.evidence),
        beneficiaries_solved=solved if given.beneficiaries else None,
        beneficiaries_total=len(given.beneficiaries) or None,
        answered_by=given.by,
        answered_at=given.at,
    )
    return order.moved(OrderState.ANSWERED, answers=(*order.answers, given)), [event]


def review(order: Order, decision: ReviewDecision, note: str, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """The window's review of an answer: strike the order off, or return it with the reason (T16)."""
    order.require(OrderState.ANSWERED, doing="审核")
    reviews = (*order.reviews, Review(decision, note, by, now))
    if decision is ReviewDecision.RETURN:
        if not note:
            raise Refused("review.no_reason", "退回重办须写明理由")
        return order.moved(OrderState.RETURNED, reviews=reviews), [
            OrderReturned(**order.ref, returned_by=by, returned_at=now)
        ]
    result = order.answers[-1].result
    if result is AnswerResult.NOT_SOLVED:
        raise Refused("review.not_solved", "答复为未解决的不能审核通过:请退回重办,或由承办单位报送不能办情况说明")
    accepted = order.moved(OrderState.CLOSED, reviews=reviews, settlement=Settlement(result.value))
    return accepted, [OrderAccepted(**order.ref, result=result, reviewed_by=by, accepted_at=now)]


def void_open(orders: Iterable[Order], now: datetime) -> list[tuple[Order, list[Event]]]:
    """作废: what is still open when its matter has ended; a number stays used."""
    return [
        (order.moved(OrderState.VOIDED), [OrderVoided(**order.ref, voided_at=now)])
        for order in orders
        if order.state not in ENDED
    ]
