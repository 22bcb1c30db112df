"""中止计时 (handbook 5.4): a closed list of reasons, at most thirty days, and it ends by itself."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from services.referral.domain import contacts
from services.referral.domain.histories import ContactKind, Decided, Suspension
from services.referral.domain.limits import ABSOLUTE, Terms
from services.referral.domain.orders import Order
from shared.contracts.base import Event
from shared.contracts.codes import OrderState, SuspendReason
from shared.contracts.errors import Conflict, Refused
from shared.contracts.referral import (
    OrderResumed,
    OrderSuspended,
    OrderSuspensionDeclined,
    OrderSuspensionRequested,
)

LONGEST = timedelta(days=30)


def ask(
    order: Order,
    reason: SuspendReason,
    basis: str,
    resume_by: date,
    gave_notice: bool,
    terms: Terms,
    by: str,
    now: datetime,
) -> tuple[Order, list[Event]]:
    """Ask for it; S2 only after a complete one-time notice (`gave_notice`): the person must know what to bring."""
    order.require(OrderState.WORKING, OrderState.RETURNED, doing="申请中止计时")
    if order.rule in ABSOLUTE:
        raise Refused("suspension.forbidden", "不能办情况说明的3个工作日不得中止")
    if not terms.suspendable:
        raise Refused("suspension.forbidden", "按现行期限规则,本单的办理期限不得中止,请按期反馈办理结果")
    if waiting(order) is not None:
        raise Conflict("suspension.waiting", "中止申请正在等待带班领导决定,请勿重复申请")
    _require_day(resume_by, now)
    if not basis:
        raise Refused("suspension.no_basis", "请写明中止的事实和依据")
    if reason is SuspendReason.S2 and not gave_notice:
        raise Refused("suspension.no_notice", "等待反映人补充材料的,须先出具完整的一次性告知")
    asked = Suspension(reason, basis, resume_by, order.state, by, now)
    told = OrderSuspensionRequested(**order.ref, reason=reason, requested_by=by, requested_at=now)
    return order.with_history(order.state, suspensions=(*order.histories.suspensions, asked)), [told]


def decide(
    order: Order, granted: bool, note: str, resume_by: date | None, by: str, now: datetime
) -> tuple[Order, list[Event]]:
    """The duty leader agrees, perhaps for a shorter time, or does not."""
    asked = waiting(order)
    if asked is None:
        raise Conflict("suspension.none_waits", "没有等待决定的中止申请,可能已由他人处理,请刷新查看")
    order.require(OrderState.WORKING, OrderState.RETURNED, doing="审批中止计时")
    if not note:
        raise Refused("suspension.no_reason", "请写明批准或不批准中止的理由")
    decided = replace(asked, decision=Decided(granted, note, by, now), stood=order.state)
    if not granted:
        told = OrderSuspensionDeclined(**order.ref, declined_by=by, declined_at=now)
        return _with_last(order, order.state, decided), [told]
    until = min(resume_by or asked.resume_by, asked.resume_by)
    _require_day(until, now)
    suspended = _with_last(order, OrderState.SUSPENDED, replace(decided, resume_by=until))
    event = OrderSuspended(**order.ref, reason=asked.reason, resume_by=until, suspended_by=by, suspended_at=now)
    after, more = contacts.owe(suspended, ContactKind.SUSPENSION, "告知反映人中止计时的原因和恢复的日期", by, now)
    return after, [event, *more]


def resume(order: Order, by: str, now: datetime, automatic: bool = False) -> tuple[Order, list[Event]]:
    """恢复计时, by the unit or the window when the reason is gone, or by the day set for it."""
    order.require(OrderState.SUSPENDED, doing="恢复计时")
    last = order.histories.suspensions[-1]
    told = OrderResumed(**order.ref, automatic=automatic, state=last.stood, resumed_by=by, resumed_at=now)
    return _with_last(order, last.stood, replace(last, resumed_by=by, resumed_at=now)), [told]


def waits_for_material(order: Order) -> bool:
    """Whether it stands still until the reporter brings something (S2)."""
    return order.state is OrderState.SUSPENDED and order.histories.suspensions[-1].reason is SuspendReason.S2


def waiting(order: Order) -> Suspension | None:
    """The request that nobody decided yet."""
    asked = order.histories.suspensions[-1:]
    return asked[0] if asked and asked[0].decision is None else None


def _with_last(order: Order, state: OrderState, last: Suspension) -> Order:
    return order.with_history(state, suspensions=(*order.histories.suspensions[:-1], last))


def _require_day(resume_by: date, now: datetime) -> None:
    today = now.date()
    if not today < resume_by <= today + LONGEST:
        raise Refused("suspension.day", "须写明恢复计时的日期,自今天起最长不超过30日")
