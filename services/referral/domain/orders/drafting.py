"""From the approval to the delivered order: drafting, writing the extract, signing."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain import limits
from services.referral.domain.matters import Matter
from services.referral.domain.orders.order import Extract, Order, Requirement
from shared.contracts.base import Event
from shared.contracts.codes import HandlingPolicy, OrderState
from shared.contracts.errors import Refused
from shared.contracts.referral import OrderDrafted, OrderIssued
from shared.contracts.triage import MatterApproved, OrderDraft
from shared.ids import derived_id, new_id


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
    if unconfirmed := extract.unconfirmed:
        raise Refused(
            "order.names_unconfirmed",
            f"摘要中有{len(unconfirmed)}处姓名职务或工号,不得向承办单位转述对具体人员的指控;请逐处核对,删去或确认后再签发",
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
    event = OrderIssued(
        **order.ref,
        order_no=number,
        role=order.role,
        rule=order.rule,
        signed_by=by,
        delivered_at=now,
        copies_to=list(order.extract.copies_to),
    )
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


def _drafted(order: Order) -> OrderDrafted:
    return OrderDrafted(
        **order.ref,
        role=order.role,
        rule=order.rule,
        predecessor_id=order.predecessor_id,
        drafted_at=order.drafted_at,
    )
