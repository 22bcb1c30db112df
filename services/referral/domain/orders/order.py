"""交办单 as a value: its text, its histories, and the states it moves through (handbook 3.3, 6.3)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.referral.domain.answers import Answer
from services.referral.domain.histories import NOTHING, Histories
from services.referral.domain.naming import marks
from shared.contracts.codes import CopyTo, HandlingPolicy, OrderState, UnitRole
from shared.contracts.errors import IllegalTransition

# The unit has the order in hand: acknowledged, or returned to it, perhaps with an extension asked for.
WORKABLE = (OrderState.WORKING, OrderState.RETURNED, OrderState.EXT_ASKED)
# Nothing more happens to it; another may follow a rejected or reassigned one.
ENDED = (OrderState.CLOSED, OrderState.VOIDED, OrderState.REJECTED, OrderState.REASSIGNED)


class Settlement(StrEnum):
    """How an order was struck off: by an accepted answer, or by an upheld statement."""

    SOLVED = "SOLVED"
    PARTLY = "PARTLY"
    CANNOT = "CANNOT"


class ReviewDecision(StrEnum):
    """审核: the answer passes or goes back."""

    ACCEPT = "ACCEPT"
    RETURN = "RETURN"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing the order asks for, the evidence wanted, and its own shorter limit where it has one."""

    what: str
    evidence: str = ""
    due_rule: str | None = None
    due: date | None = None  # where a meeting agreed on a day
    is_later: bool = False  # agreed on after the order went out: not on its paper


@dataclass(frozen=True, slots=True)
class Extract:
    """What the unit is told, written for the unit; who reported stands in it only if the reporter agreed."""

    title: str = ""
    facts: str = ""
    demand: str = ""
    requirements: tuple[Requirement, ...] = ()
    text_check_receipt: str | None = None
    copies_to: tuple[CopyTo, ...] = ()
    confirmed: tuple[str, ...] = ()  # names with titles and badge numbers that may stand

    @property
    def unconfirmed(self) -> list[str]:
        """What looks like somebody and was not confirmed."""
        return [mark for mark in marks(self.checked_text.splitlines()) if mark not in self.confirmed]

    @property
    def as_issued(self) -> tuple[Requirement, ...]:
        """What the order asked for when it went out."""
        return tuple(one for one in self.requirements if not one.is_later)

    @property
    def checked_text(self) -> str:
        """The text that intake checks and signs a receipt for: all that the unit reads, each on a line of its own."""
        wanted = (text for one in self.as_issued for text in (one.what, one.evidence) if text)
        return "\n".join((self.title, self.facts, self.demand, *wanted))


@dataclass(frozen=True, slots=True)
class Review:
    """One review of an answer by the window."""

    decision: ReviewDecision
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """交办单: what one unit is asked to do in one round of one matter."""

    id: UUID
    matter_id: UUID
    org_code: str
    window_id: str
    unit_id: str
    role: UnitRole
    rule: str
    policy: HandlingPolicy
    round: int
    drafted_at: datetime
    state: OrderState = OrderState.DRAFT
    requirement_codes: tuple[str, ...] = ()
    predecessor_id: UUID | None = None
    extract: Extract = Extract()
    order_no: str | None = None
    signed_by: str | None = None
    delivered_at: datetime | None = None
    paper_sha256: str | None = None  # of what the paper says, as it was signed
    acked_by: str | None = None
    acked_at: datetime | None = None
    ack_missed: bool = False
    answers: tuple[Answer, ...] = ()
    reviews: tuple[Review, ...] = ()
    histories: Histories = NOTHING
    settlement: Settlement | None = None
    dropped: bool = False  # nothing follows it (不再另行交办)
    ended_because: str = ""
    version: int = 1

    @property
    def returns(self) -> int:
        """How often the window sent an answer back (退回重办)."""
        return sum(review.decision is ReviewDecision.RETURN for review in self.reviews)

    @property
    def returned_at(self) -> datetime | None:
        """When the window last sent an answer back."""
        return max((each.at for each in self.reviews if each.decision is ReviewDecision.RETURN), default=None)

    @property
    def ref(self) -> dict[str, Any]:
        """What every event about the order carries."""
        return {
            "matter_id": self.matter_id,
            "org_code": self.org_code,
            "window_id": self.window_id,
            "order_id": self.id,
            "unit_id": self.unit_id,
            "round": self.round,
        }

    def require(self, *states: OrderState, doing: str) -> None:
        """Refuse an act that the present state does not allow."""
        if self.state not in states:
            raise IllegalTransition(self.state, states, doing)

    def moved(self, state: OrderState, **changes: Any) -> "Order":
        """The order in its next state, one version on."""
        return replace(self, state=state, version=self.version + 1, **changes)

    def with_history(self, state: OrderState, **changes: Any) -> "Order":
        """The order in its next state with another line of its histories."""
        return self.moved(state, histories=replace(self.histories, **changes))
