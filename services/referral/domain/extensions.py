"""Extensions of an order's time limit (handbook 5.3)."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.referral.domain import contacts
from services.referral.domain.histories import ContactKind, Decided, Extension
from services.referral.domain.limits import ABSOLUTE, Terms
from services.referral.domain.orders import Order
from shared.contracts.base import Event
from shared.contracts.codes import ExtensionReason, OrderState
from shared.contracts.errors import Refused
from shared.contracts.referral import OrderExtensionDecided, OrderExtensionRequested

LONGEST = 10  # working days
MOST = 2
REFUSED_BY_RULE = "同一交办单最多延期两次,第三次申请一律不予批准"


@dataclass(frozen=True, slots=True)
class Running:
    """The clock that binds the unit now, as deadlines tells of it."""

    rule: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What a unit asks for."""

    days: int
    reason: ExtensionReason
    evidence: str
    plan: str


def ask(order: Order, wish: Wish, clock: Running, terms: Terms, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """Ask before the due time; the third request is on record (a red of its own) and refused at once."""
    order.require(OrderState.WORKING, OrderState.RETURNED, doing="申请延期")
    if clock.rule in ABSOLUTE:
        raise Refused("extension.forbidden", "不能办情况说明的3个工作日不得延长")
    if not terms.extendable:
        raise Refused("extension.forbidden", "按现行期限规则,本单的办理期限不得延长,请按期反馈办理结果")
    if now > clock.due_at:
        raise Refused("extension.late", "延期须在办理期限届满前申请,现已超期,请尽快反馈办理结果")
    longest = min(terms.working_days, LONGEST)
    if not 1 <= wish.days <= longest:
        raise Refused("extension.too_long", f"延长的时间不能超过原时限,本单最多可申请延长{longest}个工作日")
    if not (wish.evidence and wish.plan):
        raise Refused("extension.incomplete", "申请延期须写明佐证和延期后的办理计划")
    number = len(order.histories.extensions) + 1
    asked = Extension(number, wish.days, wish.reason, wish.evidence, wish.plan, order.state, by, now)
    told = OrderExtensionRequested(
        **order.ref, number=number, limit=asked.limit, reason=wish.reason, requested_by=by, requested_at=now
    )
    waiting = order.with_history(OrderState.EXT_ASKED, extensions=(*order.histories.extensions, asked))
    if number <= MOST:
        return waiting, [told]
    refused, more = _decided(waiting, Decided(False, REFUSED_BY_RULE, "system", now))
    return refused, [told, *more]


def decide(
    order: Order, granted: bool, note: str, is_committee_leader: bool, by: str, now: datetime
) -> tuple[Order, list[Event]]:
    """The first by the duty leader, a second only by the committee leader in charge; the reporter has to be told."""
    order.require(OrderState.EXT_ASKED, doing="审批延期")
    if not note:
        raise Refused("extension.no_reason", "请写明批准或不批准延期的理由")
    if needs_committee(order) and granted and not is_committee_leader:
        raise Refused("extension.needs_committee", "第二次延期须由纪委监委分管领导批准")
    decided, events = _decided(order, Decided(granted, note, by, now))
    if not granted:
        return decided, events
    told, more = contacts.owe(decided, ContactKind.EXTENSION, "在原期限届满前告知反映人延期的理由和新的期限", by, now)
    return told, [*events, *more]


def needs_committee(order: Order) -> bool:
    """Whether one extension was granted before."""
    return any(each.decision and each.decision.granted for each in order.histories.extensions)


def _decided(order: Order, decision: Decided) -> tuple[Order, list[Event]]:
    *before, asked = order.histories.extensions
    told = OrderExtensionDecided(
        **order.ref, number=asked.number, granted=decision.granted, limit=asked.limit if decision.granted else None,
        state=asked.stood, decided_by=decision.by, decided_at=decision.at,
    )  # fmt: skip
    return order.with_history(asked.stood, extensions=(*before, replace(asked, decision=decision))), [told]
