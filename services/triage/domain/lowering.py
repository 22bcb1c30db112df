"""改判: a kind that is changed, and the second approval that it takes where it is no longer to be 不给办.

Whoever judges a refusal away must not be alone: 党风政风监督室 agrees first, and where it looks after the unit itself,
as in a small county, the department above.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.triage.domain.assessment import (
    APPROVED,
    Assessment,
    Change,
    Correction,
    Judgement,
    Lowering,
    Outcome,
    Proposal,
    Return,
    Words,
    matter_of,
    reason_of,
    reclassified,
)
from services.triage.domain.orders import Unit, kept_or_usual_rule
from shared.contracts.codes import Kind
from shared.contracts.errors import Conflict, Forbidden
from shared.contracts.triage import MatterLoweringDeclined


def is_lowered(before: Kind | None, after: Kind) -> bool:
    """Whether a matter that people were found to refuse is to count as something else."""
    return before is Kind.REFUSED and after is not Kind.REFUSED


def corrected(before: Judgement, to: Correction) -> Judgement:
    """The judgement after a correction."""
    return replace(
        before,
        kind=to.kind,
        sub_reasons=to.sub_reasons,
        policy=to.policy or before.policy,
        rule=to.rule or kept_or_usual_rule(before.rule, to.kind),
    )


def changed(sheet: Assessment, proposal: Proposal, to: Correction, line: Change) -> Outcome:
    """The sheet with another judgement and a line of its history."""
    before, after = proposal.judgement, corrected(proposal.judgement, to)
    # Four eyes on the kind: before the approval, whoever set it last counts as its proposer.
    proposer = proposal.by if sheet.state is APPROVED else line.by or proposal.by
    new = sheet.moved(
        sheet.state,
        proposal=replace(proposal, judgement=after, by=proposer),
        history=(*sheet.history, line),
        lowering=None,
    )
    return new, [reclassified(sheet, before.kind, after, line.by, line.at, line.confirmed_by)]


def require_another_office(office_id: str | None, units: Iterable[Unit]) -> None:
    """Refuse the review by the supervision office that looks after one of the sheet's units; none looks after none."""
    if office_id is not None and any(unit.supervision_office_id == office_id for unit in units):
        raise Forbidden(
            "triage.own_office", "本室联系本件所涉单位,不能复核由“不给办”改为其他类别,请由上级或其他监督检查室复核"
        )


def confirm_lowering(sheet: Assessment, by: str, now: datetime) -> Outcome:
    """复核同意: the kind changes now."""
    asked, proposal = _waiting(sheet), sheet.proposal
    assert proposal is not None
    if by in (asked.by, proposal.by):
        raise Forbidden("triage.self_confirmation", "这项改判是您本人提出的,不能由您复核")
    line = Change(proposal.judgement.kind, asked.to.kind, now, asked.by, asked.reason, confirmed_by=by)
    return changed(sheet, proposal, asked.to, line)


def decline_lowering(sheet: Assessment, reason: Words | None, by: str, now: datetime) -> Outcome:
    """复核不同意: the kind stays, and why is kept beside the returns."""
    asked = _waiting(sheet)
    said = reason_of(reason, "请写明不同意改判的理由")
    declined = MatterLoweringDeclined(
        **matter_of(sheet), to_kind=asked.to.kind, asked_by=asked.by, declined_by=by, declined_at=now
    )
    return sheet.moved(sheet.state, lowering=None, returns=(*sheet.returns, Return(by, now, said))), [declined]


def _waiting(sheet: Assessment) -> Lowering:
    if sheet.lowering is None:
        raise Conflict("triage.nothing_waits", "没有等待复核的改判,可能已由他人处理,请刷新查看")
    return sheet.lowering
