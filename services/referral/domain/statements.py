"""不能办情况说明 (handbook 6.4, R07, R08): complete, valid on the day, and signed by the principal in person."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.referral.domain.comparisons import Comparison
from services.referral.domain.orders import WORKABLE, Order, Settlement
from services.referral.domain.policies import Policy
from services.referral.domain.units import Unit
from shared.contracts.base import Event
from shared.contracts.codes import BasisLevel, OrderState, label
from shared.contracts.errors import Refused
from shared.contracts.referral import CannotDoFiled, CannotDoRejected, CannotDoUpheld
from shared.ids import new_id

REASONS_MIN = 50
# No law says any of these; standing alone they are the excuses the window exists for.
_EXCUSES = ("内部规定", "内部要求", "惯例", "系统不支持", "系统无法", "领导要求", "领导指示")


class Conclusion(StrEnum):
    """What the unit concludes."""

    CANNOT = "CANNOT"
    NOT_NOW = "NOT_NOW"


class StatementDecision(StrEnum):
    """The duty leader's decision on a statement."""

    UPHOLD = "UPHOLD"
    REJECT = "REJECT"


CONCLUSION_LABELS = {Conclusion.CANNOT: "不能办", Conclusion.NOT_NOW: "暂不能办"}


@dataclass(frozen=True, slots=True)
class Basis:
    """One provision the refusal rests on, quoted."""

    level: BasisLevel
    title: str
    number: str
    article: str
    quotation: str
    issued_by: str
    effective_on: date | None
    repealed_on: date | None = None
    policy_id: UUID | None = None  # where the document stands in the library

    @property
    def is_excuse(self) -> bool:
        """Whether it is no rule anybody outside could read."""
        return self.level is BasisLevel.INTERNAL or any(word in self.title for word in _EXCUSES)

    @property
    def blanks(self) -> list[str]:
        """What a reader would need to find and check it, and does not get."""
        parts = {
            "名称": self.title,
            "文号": self.number,
            "条款": self.article,
            "原文": self.quotation,
            "发布机关": self.issued_by,
            "施行日期": self.effective_on,
        }
        return [name for name, value in parts.items() if not value]

    def in_force(self, day: date) -> bool:
        """Whether it is valid on that day."""
        begun = self.effective_on is not None and self.effective_on <= day
        return begun and (self.repealed_on is None or day < self.repealed_on)


@dataclass(frozen=True, slots=True)
class StatementText:
    """What the unit writes."""

    conclusion: Conclusion
    basis: tuple[Basis, ...]
    facts_vs_basis: str
    reasons: str
    alternatives: str
    remedy: str
    counsellor: str


@dataclass(frozen=True, slots=True)
class Decision:
    """How the duty leader decided, and with which comparison at hand."""

    decision: StatementDecision
    comparison_id: UUID | None
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement as filed: its text, the hash that was signed, the principal who signed."""

    id: UUID
    order_id: UUID
    text: StatementText
    text_sha256: str
    signer_id: str
    filed_at: datetime
    decision: Decision | None = None
    signed_at: datetime | None = None
    watched_policy_ids: tuple[UUID, ...] = ()
    signature_sha256: str | None = None  # of the signature by hand, where it was uploaded


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement being written: the text as it was last put down, for the principal to sign."""

    order_id: UUID
    text: StatementText
    text_sha256: str
    written_by: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that still stands in the way of filing."""

    code: str
    message: str


def canonical(order: Order, text: StatementText) -> str:
    """The text the principal signs, line by line in the order of the form; its UTF-8 bytes are what is hashed."""
    lines = [
        "不能办情况说明",
        f"交办单编号:{order.order_no}",
        f"事由:{order.extract.title}",
        f"结论:{CONCLUSION_LABELS[text.conclusion]}",
    ]
    for place, basis in enumerate(text.basis, 1):
        until = f",{basis.repealed_on:%Y-%m-%d}废止" if basis.repealed_on else ""
        since = f"{basis.effective_on:%Y-%m-%d}施行" if basis.effective_on else ""
        lines.append(f"依据{place}:{label(basis.level)}《{basis.title}》({basis.number}){basis.article}")
        lines.append(f"发布与效力:{basis.issued_by},{since}{until}")
        lines.append(f"原文:{basis.quotation}")
    lines += [
        f"事实与依据对照:{text.facts_vs_basis}",
        f"理由:{text.reasons}",
        f"其他途径:{text.alternatives}",
        f"救济途径:{text.remedy}",
        f"解释人:{text.counsellor}",
    ]
    return "\n".join(lines)


def text_hash(canonical_text: str) -> str:
    """sha256 of the canonical text, in hex."""
    return hashlib.sha256(canonical_text.encode()).hexdigest()


def faults(text: StatementText, today: date) -> list[Fault]:
    """Everything that is missing or does not stand, as the form shows it before filing (8.19)."""
    found = _basis_faults(text.basis, today)
    if len("".join(text.reasons.split())) < REASONS_MIN:
        found.append(Fault("cannot_do.reasons_short", f"不能办的理由不少于{REASONS_MIN}字,请结合本件事实具体说明"))
    parts = {
        "事实与依据对照": text.facts_vs_basis,
        "其他途径": text.alternatives,
        "救济途径": text.remedy,
        "解释人": text.counsellor,
    }
    if missing := [name for name, value in parts.items() if not value]:
        found.append(Fault("cannot_do.incomplete", f"请补充:{'、'.join(missing)}"))
    return found


def _basis_faults(basis: tuple[Basis, ...], today: date) -> list[Fault]:
    if not basis:
        return [Fault("cannot_do.no_basis", "不能办须有明确的政策依据,至少一条")]
    if all(one.is_excuse for one in basis):
        return [
            Fault(
                "cannot_do.no_legal_basis",
                "“内部规定”“惯例”“系统不支持”“领导要求”不能单独作为不能办的依据,请援引现行有效的法律法规或文件",
            )
        ]
    found = []
    for place, one in enumerate(basis, 1):
        if one.is_excuse:
            continue
        if one.blanks:
            found.append(Fault("cannot_do.basis_incomplete", f"第{place}条依据缺少:{'、'.join(one.blanks)}"))
        elif not one.in_force(today):
            found.append(Fault("cannot_do.basis_not_in_force", f"第{place}条依据《{one.title}》今天不是现行有效文件"))
    return found


def cited(basis: Basis, policy: Policy | None) -> Basis:
    """A provision as the library has it, with the days on which its document holds."""
    if policy is None:
        raise Refused("cannot_do.policy_unknown", "政策依据库中没有所引用的文件,请先请窗口登记,或直接填写依据")
    document, article = policy.document, {each.number: each.text for each in policy.document.articles}
    if basis.article not in article:
        raise Refused("cannot_do.article_unknown", f"库中《{document.title}》没有登记“{basis.article}”,请核对条款")
    return replace(
        basis, level=document.level, title=document.title, number=document.number, issued_by=document.issued_by,
        effective_on=document.effective_on, quotation=article[basis.article],
        repealed_on=policy.ended_on + timedelta(days=1) if policy.ended_on else None,
    )  # fmt: skip


def draft(order: Order, text: StatementText, by: str, now: datetime) -> Draft:
    """Put the text down for the principal to sign; it may still lack parts."""
    order.require(*WORKABLE, doing="起草不能办情况说明")
    return Draft(order.id, text, text_hash(canonical(order, text)), by, now)


def require_later(signed_at: datetime, written: Draft, now: datetime) -> None:
    """A signature is younger than its text, and not of tomorrow (8.20)."""
    if signed_at > now:
        raise Refused("cannot_do.signed_in_future", "签字时间晚于现在,请核对")
    if signed_at < written.written_at:
        raise Refused(
            "cannot_do.signature_older", "签字早于文本定稿,不能作为对该文本的签字,请由主要负责人对定稿重新签字"
        )


def file(
    order: Order, unit: Unit | None, text: StatementText, signed_sha256: str, copied: bool, by: str, now: datetime,
    signed_at: datetime | None = None, signature_sha256: str | None = None,
) -> tuple[Order, Statement, list[Event]]:  # fmt: skip
    """File a complete statement; anything wrong and nothing is kept, and the clock runs on (R07).

    `signed_sha256` binds the signature to this text; `copied` tells that its reasons stood in an earlier statement.
    Signed by hand before, the principal held the office on that day and holds it today.
    """
    order.require(*WORKABLE, doing="报送不能办情况说明")
    days = {now.date(), (signed_at or now).date()}
    if unit is None or any(unit.principal_on(day) != by for day in days):
        raise Refused(
            "cannot_do.not_principal", "不能办情况说明须由本单位现任主要负责人本人签字报送,副职和承办人不能代签"
        )
    if wrong := faults(text, now.date()):
        listed = [{"code": fault.code, "message": fault.message} for fault in wrong]
        raise Refused(wrong[0].code, ";".join(fault.message for fault in wrong), faults=listed)
    if copied:
        raise Refused("cannot_do.copied", "理由与此前的情况说明逐字相同,请针对本件事实重新说明")
    sha256 = text_hash(canonical(order, text))
    if signed_sha256 != sha256:
        raise Refused("cannot_do.text_changed", "签字对应的文本与提交的文本不一致,请预览后重新签字")
    statement = Statement(
        new_id(), order.id, text, sha256, by, now, signed_at=signed_at or now, signature_sha256=signature_sha256
    )
    event = CannotDoFiled(
        **order.ref, statement_id=statement.id, basis_count=len(text.basis), signer_id=by, filed_at=now
    )
    return order.moved(OrderState.CANNOT_FILED), statement, [event]


def decide(
    order: Order,
    statement: Statement,
    decision: StatementDecision,
    comparison: Comparison | None,
    note: str,
    by: str,
    now: datetime,
    watch: bool = False,
) -> tuple[Order, Statement, list[Event]]:
    """Uphold with the comparison at hand (T14), or reject with the reason (T15); `watch` what it rests on (P17)."""
    order.require(OrderState.CANNOT_FILED, doing="审定不能办情况说明")
    decided = replace(statement, decision=Decision(decision, comparison.id if comparison else None, note, by, now))
    common = {**order.ref, "statement_id": statement.id, "decided_by": by, "decided_at": now}
    if decision is StatementDecision.REJECT:
        if not note:
            raise Refused("cannot_do.no_reason", "认定说明不成立须写明理由")
        return order.moved(OrderState.REJECTED), decided, [CannotDoRejected(**common)]
    if comparison is None:
        raise Refused("cannot_do.no_comparison", "认定不能办之前须先看横向对比,或登记无需对比的理由,并选定该记录")
    watched = (
        tuple(dict.fromkeys(basis.policy_id for basis in statement.text.basis if basis.policy_id)) if watch else ()
    )
    if watch and not watched:
        raise Refused("cannot_do.nothing_to_watch", "情况说明没有引用政策依据库中的文件,无法跟踪;请先登记文件")
    upheld = order.moved(OrderState.CLOSED, settlement=Settlement.CANNOT)
    event = CannotDoUpheld(**common, comparison_id=comparison.id, watched_policy_ids=list(watched))
    return upheld, replace(decided, watched_policy_ids=watched), [event]
