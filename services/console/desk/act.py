"""An act on an order: its form, in which states it is offered, and where it goes at referral."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.console.desk.fields import Field, Group, Values
from services.console.desk.form import Form
from shared.contracts.actor import Actor
from shared.contracts.codes import OrderState
from shared.rights import UNIT_ROLES

S = OrderState
Order = Mapping[str, Any]  # as referral tells it to this reader, with what the page knows beside it
UNIT = UNIT_ROLES
ENDED = (S.CLOSED, S.VOIDED, S.REJECTED, S.REASSIGNED)
IN_HAND = tuple(state for state in S if state not in (S.DRAFT, *ENDED))
WORKABLE = (S.WORKING, S.RETURNED, S.EXT_ASKED)

NOTE = Field("note", "理由", "text", required=True)
REASON = Field("reason", "理由", "text", required=True)


def _always(order: Order) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does with an order; referral decides whether it is allowed."""

    form: Form
    states: tuple[OrderState, ...]
    path: str  # at referral, below the order; `{name}` is an answer of the form
    when: Callable[[Order], bool] = _always
    asks: Callable[[Order], tuple[Group, ...]] | None = None  # where the questions depend on the order
    usual: Callable[[Order], Values] | None = None  # what is found filled in
    method: Literal["POST", "PUT"] = "POST"

    def is_offered(self, actor: Actor, order: Order) -> bool:
        """Whether this person is led to it now."""
        return self.is_for(actor, order["state"]) and self.when(order)

    def is_for(self, actor: Actor, state: OrderState) -> bool:
        """Whether somebody does this with orders in a state at all."""
        return self.form.is_for(actor) and state in self.states

    def form_for(self, order: Order) -> Form:
        """The form with the questions that belong to this order."""
        return replace(self.form, groups=self.asks(order)) if self.asks else self.form

    def values_for(self, order: Order) -> Values:
        """What somebody who opens the form finds filled in."""
        return self.usual(order) if self.usual else {}


def plain(*fields: Field) -> tuple[Group, ...]:
    """Questions without a heading."""
    return (Group("", fields),)


def files_for(order: Order, purpose: str) -> tuple[tuple[str, str], ...]:
    """The files of an order to choose from, newest last; those of an erased reporter are gone."""
    return tuple(
        (each["file_id"], each["name"])
        for each in order["files"]
        if each["purpose"] == purpose and not each["is_erased"]
    )
