"""What may be done with an order (handbook 3.3, 6.3), from the draft to striking it off.

The window writes, signs and reviews; the unit acknowledges and answers; statements have their own room.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.referral.domain import limits
from services.referral.domain.answers import Answer, require_substance
from services.referral.domain.histories import NOTHING, Histories
from services.referral.domain.matters import Matter
from services.referral.domain.naming import marks
from shared.contracts.base import Event
from shared.contracts.codes import AnswerResult, HandlingPolicy, OrderState, UnitRole
from shared.contracts.errors import IllegalTransition, Refused, Superseded
from shared.contracts.referral import (
    OrderAccepted,
    OrderAcked,
    OrderAnswered,
    OrderDrafted,
    OrderIssued,
    OrderReturned,
    OrderVoided,
)
from shared.contracts.triage import MatterApproved, OrderDraft
from shared.ids import derived_id, new_id

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


def draft(
    matter: Matter, asked: OrderDraft, policy: HandlingPolicy, now: datetime, id: UUID | None = None
) -> tuple[Order, list[Event]]:
    """Draft the order that the approval (批转) asks for."""
    order = Order(
        id=id or new_id(),
        matter_id=matter.id,
        org_code=matter.org_code,
        window_id=matter.window_id,
        unit_id=asked.unit_id,
        role=asked.role,
        rule=limits.require_known(asked.rule),
        policy=policy,
        round=matter.round,
        drafted_at=now,
        requirement_codes=tuple(asked.requirement_codes),
    )
    return order, [_drafted(order)]


def draft_approved(matter: Matter, approved: MatterApproved, cause: str) -> list[tuple[Order, list[Event]]]:
    """One draft for each unit of the approval; the same approval (`cause`) makes the same orders, ids and all."""
    return [
        draft(matter, asked, approved.policy, approved.approved_at, derived_id(cause, str(matter.id), place=place))
        for place, asked in enumerate(approved.orders)
    ]


def draft_successor(
    order: Order,
    now: datetime,
    rule: str | None = None,
    policy: HandlingPolicy | None = None,
    round: int | None = None,
    id: UUID | None = None,
    unit_id: str | None = None,
) -> tuple[Order, list[Event]]:
    """A new draft, for the same unit unless another is named, with the old extract; its text check is made again."""
    heir = Order(
        id=id or new_id(),
        matter_id=order.matter_id,
        org_code=order.org_code,
        window_id=order.window_id,
        unit_id=unit_id or order.unit_id,
        role=order.role,
        rule=limits.require_known(rule or order.rule),
        policy=policy or order.policy,
        round=round or order.round,
        drafted_at=now,
        requirement_codes=order.requirement_codes,
        predecessor_id=order.id,
        extract=replace(order.extract, text_check_receipt=None),
    )
    return heir, [_drafted(heir)]


def write_extract(order: Order, extract: Extract) -> Order:
    """Save the extract of a draft; it may still be incomplete."""
    order.require(OrderState.DRAFT, doing="修改摘要")
    for requirement in extract.requirements:
        if requirement.due_rule is not None:
            limits.require_known(requirement.due_rule)
    return order.moved(OrderState.DRAFT, extract=extract)


def require_signable(order: Order, matter: Matter, text_checked: bool) -> None:
    """What must be there before the duty leader signs (handbook 8.13, 8.17)."""
    order.require(OrderState.DRAFT, doing="签发")
    matter.require_open("签发交办单")
    extract = order.extract
    if not (extract.title and extract.facts and extract.demand):
        raise Refused("order.extract_missing", "请先填写事由、事实摘要和诉求,再签发交办单")
    if not extract.requirements:
        raise Refused("order.no_requirement", "交办单至少要有一项办理要求")
    if extract.unconfirmed:
        raise Refused(
            "order.names_unconfirmed",
            f"摘要中有{len(extract.unconfirmed)}处姓名职务或工号,不得向承办单位转述对具体人员的指控;请逐处核对,删去或确认后再签发",
        )
    if matter.identity_hidden and not text_checked:
        raise Refused(
            "order.text_not_checked", "隐名、匿名事项的摘要和办理要求须先经文本检查,且检查后不得改动;请重新检查后再签发"
        )


def sign(order: Order, number: str, by: str, now: datetime) -> tuple[Order, list[Event]]:
    """Sign, number and deliver electronically in one act."""
    order.require(OrderState.DRAFT, doing="签发")
    signed = order.moved(OrderState.DELIVERED, order_no=number, signed_by=by, delivered_at=now)
    signed = replace(signed, paper_sha256=paper_hash(signed))
    event = OrderIssued(**order.ref, order_no=number, role=order.role, rule=order.rule, signed_by=by, delivered_at=now)
    return signed, [event]


def with_tasks(order: Order, tasks: Iterable[Requirement]) -> Order:
    """Tasks a meeting agreed on become requirements; a draft's text has to be checked again."""
    is_draft = order.state is OrderState.DRAFT
    added = tuple(replace(task, is_later=not is_draft) for task in tasks)
    receipt = None if is_draft else order.extract.text_check_receipt
    extract = replace(order.extract, requirements=(*order.extract.requirements, *added), text_check_receipt=receipt)
    return order.moved(order.state, extract=extract)


def paper_hash(order: Order) -> str:
    """What binds the paper to its number: sha256, in hex, of number, unit, day and text, each on lines of its own."""
    day = f"{order.delivered_at:%Y-%m-%d}" if order.delivered_at else ""
    lines = (order.order_no or "", order.unit_id, day, order.extract.checked_text)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


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


def _drafted(order: Order) -> OrderDrafted:
    return OrderDrafted(
        **order.ref,
        role=order.role,
        rule=order.rule,
        predecessor_id=order.predecessor_id,
        drafted_at=order.drafted_at,
    )
