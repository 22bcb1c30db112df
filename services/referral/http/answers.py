"""What is said about orders: the window's view, and the unit's without rule and inner links."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.referral.domain import answers, contacts, suspensions
from services.referral.domain.histories import Contact, Extension, Objection, Suspension
from services.referral.domain.notices import Material, Notice, Procedure
from services.referral.domain.orders import Order, Review
from services.referral.domain.statements import Decision, Statement, StatementText
from services.referral.handlers.reading import OrderFile
from services.referral.store.orders import Shown
from shared.contracts.codes import CopyTo, HandlingPolicy, OrderState, UnitRole, label
from shared.web import Answer


class OrderMoved(Answer):
    """Where an order stands after a command."""

    order_id: UUID
    matter_id: UUID
    order_no: str | None
    unit_id: str
    round: int
    state: OrderState
    version: int

    @classmethod
    def of(cls, order: Order) -> "OrderMoved":
        return cls(
            order_id=order.id,
            matter_id=order.matter_id,
            order_no=order.order_no,
            unit_id=order.unit_id,
            round=order.round,
            state=order.state,
            version=order.version,
        )


class SignedOut(Answer):
    """Several orders signed in one go."""

    orders: list[OrderMoved]


class UnitOrderLine(Answer):
    """A line of the unit's list."""

    order_id: UUID
    matter_id: UUID
    register_no: str
    round: int
    order_no: str | None
    window_id: str
    window_name: str | None
    unit_id: str
    unit_name: str | None
    role: UnitRole
    state: OrderState
    title: str
    policy: HandlingPolicy
    policy_label: str
    limit: str
    delivered_at: datetime | None
    acked_at: datetime | None
    ack_missed: bool
    open_contacts: int  # 联系反映人: asked for and not done
    suspension_waits: bool  # 中止申请 without a decision
    version: int


class OrderLine(UnitOrderLine):
    """A line of the window's list."""

    rule: str
    predecessor_id: UUID | None


class RequirementOut(Answer):
    what: str
    evidence: str
    limit: str | None
    due: date | None


class NoticeOut(Answer):
    """One version of the one-time notice; `added` were not in any earlier one."""

    notice_id: UUID
    order_id: UUID
    notice_version: int
    materials: list[Material]
    added: list[str]
    procedure: Procedure
    given_by: str
    given_at: datetime

    @classmethod
    def of(cls, notice: Notice) -> "NoticeOut":
        return cls(
            notice_id=notice.id,
            order_id=notice.order_id,
            notice_version=notice.version,
            materials=list(notice.materials),
            added=list(notice.added),
            procedure=notice.procedure,
            given_by=notice.given_by,
            given_at=notice.given_at,
        )


class StatementOut(Answer):
    """A filed statement, and how the duty leader decided."""

    statement_id: UUID
    text: StatementText
    text_sha256: str
    signer_id: str
    signed_at: datetime
    signature_sha256: str | None
    filed_at: datetime
    decision: Decision | None
    watched: bool

    @classmethod
    def of(cls, statement: Statement) -> "StatementOut":
        return cls(
            statement_id=statement.id,
            text=statement.text,
            text_sha256=statement.text_sha256,
            signer_id=statement.signer_id,
            signed_at=statement.signed_at or statement.filed_at,
            signature_sha256=statement.signature_sha256,
            filed_at=statement.filed_at,
            decision=statement.decision,
            watched=bool(statement.watched_policy_ids),
        )


class UnitOrderOut(UnitOrderLine):
    """The whole order as its unit sees it."""

    group_size: int | None
    facts_extract: str
    demand: str
    requirements: list[RequirementOut]
    signed_by: str | None
    acked_by: str | None
    answers: list[answers.Answer]
    reviews: list[Review]
    returns: int
    objections: list[Objection]
    extensions: list[Extension]
    suspensions: list[Suspension]
    contacts: list[Contact]
    dropped: bool
    ended_because: str
    copies_to: list[CopyTo]
    notices: list[NoticeOut]
    statement: StatementOut | None


class OrderOut(UnitOrderOut, OrderLine):
    """The whole order as its window sees it."""

    org_code: str
    drafted_at: datetime
    requirement_codes: list[str]
    text_check_receipt: str | None
    requirement_rules: list[str | None]  # of each requirement, in their order
    marks: list[str]  # names with titles and badge numbers that are not confirmed
    confirmed: list[str]  # those that may stand


def unit_line(shown: Shown) -> UnitOrderLine:
    """A line of the unit's list."""
    return UnitOrderLine(**_line(shown))


def window_line(shown: Shown) -> OrderLine:
    """A line of the window's list."""
    return OrderLine(**_line(shown), **_inner(shown.order))


def whole(file: OrderFile, for_unit: bool) -> UnitOrderOut:
    """One order with everything on it."""
    shown, order = file.shown, file.shown.order
    parts: dict[str, Any] = {
        **_line(shown),
        "group_size": shown.group_size,
        "facts_extract": order.extract.facts,
        "demand": order.extract.demand,
        "requirements": [
            RequirementOut(
                what=r.what, evidence=r.evidence, limit=shown.limit(r.due_rule) if r.due_rule else None, due=r.due
            )
            for r in order.extract.requirements
        ],
        "signed_by": order.signed_by,
        "acked_by": order.acked_by,
        "answers": list(order.answers),
        "reviews": list(order.reviews),
        "returns": order.returns,
        "objections": list(order.histories.objections),
        "extensions": list(order.histories.extensions),
        "suspensions": list(order.histories.suspensions),
        "contacts": list(order.histories.contacts),
        "dropped": order.dropped,
        "ended_because": order.ended_because,
        "copies_to": list(order.extract.copies_to),
        "notices": [NoticeOut.of(notice) for notice in file.notices],
        "statement": StatementOut.of(file.statement) if file.statement else None,
    }
    if for_unit:
        return UnitOrderOut(**parts)
    return OrderOut(
        **parts,
        **_inner(order),
        org_code=order.org_code,
        drafted_at=order.drafted_at,
        requirement_codes=list(order.requirement_codes),
        text_check_receipt=order.extract.text_check_receipt,
        requirement_rules=[each.due_rule for each in order.extract.requirements],
        marks=order.extract.unconfirmed,
        confirmed=list(order.extract.confirmed),
    )


def _line(shown: Shown) -> dict[str, Any]:
    order = shown.order
    return {
        "order_id": order.id,
        "matter_id": order.matter_id,
        "register_no": shown.register_no,
        "round": order.round,
        "order_no": order.order_no,
        "window_id": order.window_id,
        "window_name": shown.window_name,
        "unit_id": order.unit_id,
        "unit_name": shown.unit_name,
        "role": order.role,
        "state": order.state,
        "title": order.extract.title,
        "policy": order.policy,
        "policy_label": label(order.policy),
        "limit": shown.limit(),
        "delivered_at": order.delivered_at,
        "acked_at": order.acked_at,
        "ack_missed": order.ack_missed,
        "open_contacts": contacts.open_ones(order),
        "suspension_waits": suspensions.waiting(order) is not None,
        "version": order.version,
    }


def _inner(order: Order) -> dict[str, Any]:
    return {"rule": order.rule, "predecessor_id": order.predecessor_id}
