"""What other services' events do to a matter: one pure function per event.

An event that needs a state still to come raises NotYet and waits; on a final matter it is Superseded. The order of one
publisher's events is given, that between publishers is not: so what an event leads to is always judged anew from the
whole matter (`_follow_up`).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from services.intake.domain.ending import reopen_for_policy
from services.intake.domain.matter import ANSWERED, Matter, Moved, Order
from services.intake.domain.transitions import BEFORE_HANDLING
from shared.contracts import OrderEvent
from shared.contracts.actor import SYSTEM
from shared.contracts.codes import AcceptMode, Escalation, OrderState
from shared.contracts.codes import MatterState as S
from shared.contracts.deadlines import SupervisionReached
from shared.contracts.errors import NotYet, Superseded
from shared.contracts.intake import MatterAccepted
from shared.contracts.referral import (
    CannotDoPolicyChanged,
    CannotDoRejected,
    MeetingConcluded,
    MeetingScheduled,
    OrderDrafted,
    OrderDropped,
    OrderReturned,
    OrdersAllSettled,
)
from shared.contracts.triage import MatterApproved, MatterTriaged, MatterTriageReturned

SCOPE_CHECK = "D02"


def deemed_accepted(matter: Matter, event: SupervisionReached) -> Moved:
    """视为受理 (T05): three working days without a decision."""
    if event.rule != SCOPE_CHECK or event.level is not Escalation.YELLOW:
        return matter, []
    if matter.state is not S.REGISTERED:
        raise Superseded(f"the matter is {matter.state}: decided in the meantime")
    at = event.reached_at
    matter, moved = matter.moved("T05", at)
    accepted = MatterAccepted(
        **matter.ref, mode=AcceptMode.DEEMED, accepted_at=at, blamed_unit_ids=matter.blamed_unit_ids
    )
    return matter, [accepted, moved]


def triaged(matter: Matter, event: MatterTriaged) -> Moved:
    """已研判 (T06)."""
    _pass_over_if_known(matter, S.TRIAGED)
    matter.await_state(S.ACCEPTED)
    return _moved(matter, "T06", event.proposed_at, hands=matter.with_hand(event.proposed_by))


def triage_returned(matter: Matter, event: MatterTriageReturned) -> Moved:
    """退回重研 (T08)."""
    matter.await_state(S.TRIAGED)
    return _moved(matter, "T08", event.returned_at)


def approved(matter: Matter, event: MatterApproved) -> Moved:
    """批转 (T07)."""
    _pass_over_if_known(matter)
    if event.round < matter.round:
        raise Superseded(f"round {event.round} is over")
    matter.await_state(S.TRIAGED)
    at = event.approved_at
    return _follow_up(
        _moved(
            matter, "T07", at, root_cause=event.root_cause, orders_awaited=len(event.orders),
            hands=matter.with_hand(event.leader_id),
        ), at,
    )  # fmt: skip


def order_drafted(matter: Matter, event: OrderDrafted) -> Moved:
    """A new order: in place of its predecessor in the same round, or the first of a new round (T20)."""
    matter.await_handling()
    others = [
        replace(order, replaced=True) if (order.id, order.round) == (event.predecessor_id, event.round) else order
        for order in matter.orders
    ]
    order = Order(event.order_id, event.unit_id, event.round, OrderState.DRAFT)
    matter = replace(matter, orders=(*others, order))
    if matter.state is S.REWORK and event.round == matter.round:
        return _follow_up(_moved(matter, "T20", event.drafted_at), event.drafted_at)
    return _follow_up((matter, []), event.drafted_at)


def order_moved(matter: Matter, event: OrderEvent, to: OrderState, at: datetime, by: str | None = None) -> Moved:
    """An order went on: when every order of the round is answered the window reviews (T12, T13); `by` took part.

    While all that are not settled are suspended the matter is (T10), and goes on with the first of them (T11).
    """
    return _follow_up((_with_order(matter, event, by, state=to), []), at)


def order_dropped(matter: Matter, event: OrderDropped) -> Moved:
    """Nothing follows a rejected or reassigned order: the round waits for it no longer."""
    return _follow_up((_with_order(matter, event, event.dropped_by, replaced=True), []), event.dropped_at)


def order_returned(matter: Matter, event: OrderReturned) -> Moved:
    """审核退回 (T16); while other orders are still out the matter is where it belongs."""
    matter = _with_order(matter, event, event.returned_by, state=OrderState.RETURNED)
    return _back_to_handling(matter, "T16", event.returned_at)


def statement_rejected(matter: Matter, event: CannotDoRejected) -> Moved:
    """不能办说明不成立 (T15): the order waits for its successor."""
    matter = _with_order(matter, event, event.decided_by, state=OrderState.REJECTED)
    return _back_to_handling(matter, "T15", event.decided_at)


def all_settled(matter: Matter, event: OrdersAllSettled) -> Moved:
    """Every order of the round is settled: the reporter is to be told (T14 after a statement, else T17)."""
    matter.await_handling()
    if event.round < matter.round:
        raise Superseded(f"round {event.round} is over")
    matter.await_state(S.RESULT_REVIEW, S.CANNOT_REVIEW)
    number = "T14" if matter.state is S.CANNOT_REVIEW else "T17"
    return _moved(matter, number, event.settled_at, outcome=event.outcome)


def meeting_scheduled(matter: Matter, event: MeetingScheduled) -> Moved:
    """会商 (T09): one called before the approval counts from then on."""
    matter.superseded_if_final()
    meetings = (*matter.meetings, event.meeting_id)
    return _follow_up((replace(matter, meetings=meetings), []), event.scheduled_at)


def meeting_concluded(matter: Matter, event: MeetingConcluded) -> Moved:
    """会商结束 (T09 back), when no other meeting is open."""
    matter.superseded_if_final()
    meetings = tuple(meeting for meeting in matter.meetings if meeting != event.meeting_id)
    return _follow_up((replace(matter, meetings=meetings), []), event.concluded_at)


def policy_changed(matter: Matter, event: CannotDoPolicyChanged) -> Moved:
    """政策调整 (T26): what was closed because of the old one is taken up again."""
    return reopen_for_policy(matter, event.changed_at)


def _pass_over_if_known(matter: Matter, *known: S) -> None:
    """A judgement of this round that is told once more (triage restored, the act entered again) changes nothing."""
    if matter.state in known or matter.state not in BEFORE_HANDLING:
        raise Superseded(f"the matter is {matter.state}: judged already")


def _follow_up(so_far: Moved, at: datetime) -> Moved:
    """Where orders and meetings put a matter that is being handled."""
    matter, events = so_far
    number = _next_transition(matter)
    if number is None:
        return so_far
    matter, moved = matter.moved(number, at)
    return _follow_up((matter, [*events, moved]), at)


def _next_transition(matter: Matter) -> str | None:
    if matter.state is S.SUSPENDED:
        return None if matter.stands_still else "T11"
    if matter.state not in (S.HANDLING, S.COORDINATING):
        return None
    orders = matter.orders_of_round
    if orders and all(order.state in ANSWERED for order in orders):
        return "T13" if any(order.state is OrderState.CANNOT_FILED for order in orders) else "T12"
    if matter.stands_still:
        return "T10"
    return "T09" if bool(matter.meetings) != (matter.state is S.COORDINATING) else None


def _back_to_handling(matter: Matter, number: str, at: datetime) -> Moved:
    if matter.state not in (S.RESULT_REVIEW, S.CANNOT_REVIEW):
        return matter, []
    return _follow_up(_moved(matter, number, at), at)


def _with_order(matter: Matter, event: OrderEvent, by: str | None, **changes: Any) -> Matter:
    matter.await_handling()
    if all(order.id != event.order_id for order in matter.orders):
        raise NotYet("the order's draft has not come")
    orders = tuple(replace(o, **changes) if o.id == event.order_id else o for o in matter.orders)
    hands = matter.hands if by in (None, SYSTEM.id) else matter.with_hand(by)
    return replace(matter, orders=orders, hands=hands)


def _moved(matter: Matter, number: str, at: datetime, **changes: Any) -> Moved:
    matter, moved = matter.moved(number, at, **changes)
    return matter, [moved]
