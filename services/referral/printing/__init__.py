"""Referral's papers: 交办单, 不能办情况说明, 督办文书."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from services.referral.domain import supervision
from services.referral.domain.orders import Order, paper_hash
from services.referral.domain.statements import Statement, StatementDecision, canonical
from services.referral.domain.supervision import Step
from services.referral.store.orders import Shown
from shared.contracts.codes import OrderState, UnitRole, label
from shared.printing import pdf, qr
from shared.workdays import ZONE

HERE = Path(__file__).parent
CHECK_LENGTH = 16  # hex digits of a paper's hash that stand on it
Kind = Literal["pdf", "png"]
_MARKS = {OrderState.DRAFT: "草稿 未签发", OrderState.VOIDED: "已作废", OrderState.REASSIGNED: "已改派"}
_STOPS = str.maketrans({",": "\uff0c", ";": "\uff1b"})
_DECISIONS = {StatementDecision.UPHOLD: "带班领导认定说明成立", StatementDecision.REJECT: "带班领导认定说明不成立"}


def check_of(order: Order) -> str:
    """校验值: what stands on the paper of its hash."""
    return (order.paper_sha256 or paper_hash(order))[:CHECK_LENGTH]


def order_paper(shown: Shown, public_url: str, kind: Kind = "pdf") -> bytes:
    """交办单."""
    return pdf(HERE / "order.typ", order_values(shown, public_url), kind)


def statement_paper(shown: Shown, statement: Statement, kind: Kind = "pdf") -> bytes:
    """不能办情况说明."""
    return pdf(HERE / "statement.typ", statement_values(shown, statement), kind)


def supervision_paper(shown: Shown, step: Step, kind: Kind = "pdf") -> bytes:
    """提醒单、催办通知书、督办单."""
    return pdf(HERE / "supervision.typ", supervision_values(shown, step), kind)


def order_values(shown: Shown, public_url: str) -> Mapping[str, Any]:
    """What the template of the order is filled with: the text as it went out, never rule or kind."""
    order, extract, check = shown.order, shown.order.extract, check_of(shown.order)
    number = order.order_no or "未编号"
    return {
        "number": number,
        "mark": _MARKS.get(order.state, ""),
        "issuer": shown.window_name or order.window_id,
        "issued_on": _day(order.delivered_at),
        "unit": shown.unit_name or order.unit_id,
        "role": "主办" if order.role is UnitRole.MAIN else "协办",
        "limit": _typeset(shown.limit()),
        "policy": label(order.policy),
        "title": extract.title,
        "facts": extract.facts,
        "demand": extract.demand,
        "requirements": [
            {"what": one.what, "evidence": one.evidence, "limit": _limit(shown, one.due_rule, one.due)}
            for one in extract.as_issued
        ],
        "copies": "、".join(label(each) for each in extract.copies_to),
        "signed_by": order.signed_by or "　",
        "register_no": shown.register_no,
        "check": check,
        "qr": qr(f"{public_url}/check?{urlencode({'no': number, 'h': check})}"),
    }


def statement_values(shown: Shown, statement: Statement) -> Mapping[str, Any]:
    """The text that was signed, line by line, with who signed it and what was decided."""
    decision = statement.decision
    lines = [line.partition(":") for line in canonical(shown.order, statement.text).splitlines()[1:]]
    return {
        "number": shown.order.order_no,
        "unit": shown.unit_name or shown.order.unit_id,
        "lines": [[name, text] if mark else ["", name] for name, mark, text in lines],
        "filed_at": _moment(statement.filed_at),
        "signer": statement.signer_id,
        "signed_at": _moment(statement.signed_at or statement.filed_at),
        "sha256": statement.text_sha256,
        "signature": statement.signature_sha256 or "",
        "decision": f"{_DECISIONS[decision.decision]}({_moment(decision.at)})" if decision else "尚未审定",
    }


def supervision_values(shown: Shown, step: Step) -> Mapping[str, Any]:
    """Order number, text and addressee by function; refused for a step without a paper."""
    document = supervision.document(step)
    return {
        "name": document.name,
        "number": shown.order.order_no,
        "issuer": shown.window_name or shown.order.window_id,
        "unit": shown.unit_name or shown.order.unit_id,
        "addressee": document.addressee,
        "copies": "、".join(document.copies),
        "title": shown.order.extract.title,
        "demand": _typeset(supervision.demand(step, _moment(step.due_at))),
        "sent_on": _day(step.sent_at),
        "reached_at": _moment(step.reached_at),
    }


def _limit(shown: Shown, rule: str | None, due: Any) -> str:
    if due is not None:
        return f"{due:%Y年%m月%d日}前完成"
    return _typeset(shown.limit(rule)) if rule else ""


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%Y年%m月%d日}" if at else "　　年　月　日"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y年%m月%d日%H时%M分}"


def _typeset(sentence: str) -> str:
    """A sentence of ours with the stops of print; what people wrote stays as they wrote it."""
    return sentence.translate(_STOPS)
