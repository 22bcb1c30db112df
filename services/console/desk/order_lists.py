"""Sections of the list of orders: a unit's by how far they are, the window's by what it has to decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.console.desk.act import ENDED, Order, S
from shared.contracts.codes import OrderState

LIVE = tuple(state for state in S if state not in ENDED)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the list, which orders stand in it, and the act that a button leads to."""

    title: str
    holds: Callable[[Order], bool]
    act: str = ""


def _in(*states: OrderState) -> Callable[[Order], bool]:
    return lambda order: order["state"] in states


OF_UNIT = (
    Section("待签收", _in(S.DELIVERED), "acknowledgement"),
    Section("办理中", _in(S.WORKING, S.RETURNED, S.EXT_ASKED, S.OBJECTED, S.SUSPENDED), "answer"),
    Section("待审核", _in(S.ANSWERED, S.CANNOT_FILED)),
    Section("已办结", _in(*ENDED)),
)
OF_WINDOW = (
    Section("待签发", _in(S.DRAFT), "extract"),
    Section("退单异议", _in(S.OBJECTED), "objection-decision"),
    Section("申请延期", _in(S.EXT_ASKED), "extension-decision"),
    Section("申请中止", lambda order: bool(order["suspension_waits"]), "suspension-decision"),
    Section("不能办情况说明", _in(S.CANNOT_FILED), "statement-decision"),
    Section("反馈待审核", _in(S.ANSWERED), "review"),
    Section("待另行交办", lambda order: bool(order.get("unfollowed")), "successor"),
    Section("请窗口联系反映人", lambda order: bool(order["open_contacts"]), "contact-outcome"),
)


def sorted_into(sections: Sequence[Section], orders: Sequence[Mapping[str, Any]]) -> dict[Section, list[Order]]:
    """The orders of each section; one that waits for two decisions stands in both."""
    return {section: [order for order in orders if section.holds(order)] for section in sections}
