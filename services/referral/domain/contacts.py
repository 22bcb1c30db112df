"""联系反映人: under MASK the unit asks the window to ask; what was granted to a unit is told to the person in time."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.histories import Contact, ContactKind
from services.referral.domain.matters import Matter
from services.referral.domain.orders import ENDED, Order
from shared.contracts.base import Event
from shared.contracts.codes import OrderState
from shared.contracts.errors import Conflict, NotFound, Refused
from shared.contracts.referral import OrderContacted, OrderContactRequested
from shared.ids import new_id

_IN_HAND = tuple(state for state in OrderState if state not in (OrderState.DRAFT, *ENDED))
MOST_OPEN = 10


def request(order: Order, what: str, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """请窗口联系: the unit says what it has to know."""
    order.require(*_IN_HAND, doing="请窗口联系反映人")
    if not what:
        raise Refused("contact.nothing_asked", "请写明需要向反映人了解或转告的内容")
    if open_ones(order) >= MOST_OPEN:
        raise Conflict("contact.too_many", "已有多项联系请求等待窗口办理,请合并提出")
    return owe(order, ContactKind.ASKED, what, by, now)


def open_ones(order: Order) -> int:
    """How many contacts wait for the window."""
    return sum(each.done_at is None for each in order.histories.contacts)


def owe(order: Order, kind: ContactKind, what: str, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """Put a contact on the window's list."""
    contact = Contact(new_id(), kind, what, by, now)
    told = OrderContactRequested(**order.ref, contact_id=contact.id, requested_by=by, requested_at=now)
    return order.with_history(order.state, contacts=(*order.histories.contacts, contact)), [told]


def carry_out(
    order: Order, matter: Matter, contact_id: UUID, outcome: str, is_clean: bool, by: str, now: datetime
) -> tuple[Order, list[Event]]:
    """The window spoke to the reporter and says what came of it; the unit reads it, so it must not show who it is."""
    contact = next((each for each in order.histories.contacts if each.id == contact_id), None)
    if contact is None:
        raise NotFound
    if contact.done_at is not None:
        raise Conflict("contact.done", "这项联系请求已经办理,请刷新查看")
    if not outcome:
        raise Refused("contact.no_outcome", "请写明联系的情况;联系不上的也要写明")
    if matter.identity_hidden and not is_clean:
        raise Refused(
            "contact.text_not_checked", "隐名、匿名事项的联系情况承办单位可以看到,须先经文本检查,且检查后不得改动"
        )
    done = replace(contact, outcome=outcome, done_by=by, done_at=now)
    told = OrderContacted(**order.ref, contact_id=contact_id, by_unit=False, contacted_by=by, contacted_at=now)
    contacts = tuple(done if each.id == contact_id else each for each in order.histories.contacts)
    return order.with_history(order.state, contacts=contacts), [told]


def record(order: Order, matter: Matter, outcome: str, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """The unit spoke to the reporter itself (D07), whom it knows only if they agreed."""
    order.require(*_IN_HAND, doing="登记与反映人的联系")
    if matter.identity_hidden:
        raise Refused("contact.hidden", "反映人未同意公开身份,请通过“请窗口联系”办理")
    if not outcome:
        raise Refused("contact.no_outcome", "请写明联系的情况;联系不上的也要写明")
    contact = Contact(new_id(), ContactKind.BY_UNIT, "", by, now, outcome, by, now)
    told = OrderContacted(**order.ref, contact_id=contact.id, by_unit=True, contacted_by=by, contacted_at=now)
    return order.with_history(order.state, contacts=(*order.histories.contacts, contact)), [told]
