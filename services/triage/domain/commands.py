"""What people do with an assessment: propose, send back, reclassify, approve."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.triage.domain.assessment import (
    APPROVED,
    OPEN,
    PROPOSED,
    RETURNED,
    Approval,
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
    written,
)
from services.triage.domain.lowering import changed, corrected, is_lowered
from services.triage.domain.orders import (
    require_fitting_rule,
    require_one_part_each,
    require_orders,
)
from shared.contracts import Event
from shared.contracts.codes import Kind
from shared.contracts.errors import Conflict, Forbidden, Refused
from shared.contracts.triage import (
    MatterApproved,
    MatterLoweringAsked,
    MatterTriaged,
    MatterTriageReturned,
    OrderDraft,
)
from shared.workdays import ZONE

NOTE_LENGTH: Final = 5


def propose(
    sheet: Assessment, judgement: Judgement, note: Words | None, reason: Words | None, by: str, now: datetime
) -> Outcome:
    """研判 (T06): put a judgement forward; another kind than before needs its reason and is a reclassification too."""
    sheet.require(OPEN, RETURNED, doing="提出研判意见")
    # R10: the verification comes before the approval.
    note = written(note, NOTE_LENGTH, "triage.note_missing", "请先写明核查情况(至少5个字),再提出研判意见")
    require_fitting_rule(judgement.kind, judgement.rule)
    require_one_part_each(judgement.units)
    before = sheet.proposal.judgement.kind if sheet.proposal else None
    _require_not_lowered(sheet, before, judgement.kind)
    _require_not_back_and_forth(sheet, before, judgement.kind, by, now)
    events: list[Event] = []
    history = sheet.history
    if before is None:
        history = (Change(None, judgement.kind, now, by),)
    elif before is not judgement.kind:
        said = reason_of(reason, "类别与上次研判不同,请写明改变类别的理由")
        history = (*history, Change(before, judgement.kind, now, by, said))
        events.append(reclassified(sheet, before, judgement, by, now))
    events.append(_triaged(sheet, judgement, by, now))
    return sheet.moved(PROPOSED, proposal=Proposal(judgement, note, by, now), history=history), events


def send_back(sheet: Assessment, reason: Words | None, by: str, now: datetime) -> Outcome:
    """退回重研 (T08): the duty leader wants the matter judged again."""
    sheet.require(PROPOSED, doing="退回研判意见")
    said = reason_of(reason, "请写明退回的理由")
    event = MatterTriageReturned(**matter_of(sheet), returned_by=by, returned_at=now)
    return sheet.moved(RETURNED, returns=(*sheet.returns, Return(by, now, said))), [event]


def reclassify(sheet: Assessment, to: Correction, reason: Words | None, by: str, now: datetime) -> Outcome:
    """重新分类: another kind, or after a rejected statement (T15) the same kind under another policy or rule.

    What is no longer to be 不给办 waits for a second approval and stays what it is until then.
    """
    proposal = sheet.standing(PROPOSED, RETURNED, APPROVED, doing="重新分类")
    said = reason_of(reason, "请写明重新分类的理由")
    require_fitting_rule(to.kind, to.rule)
    before = proposal.judgement
    if corrected(before, to) == before:
        raise Refused("triage.nothing_changed", "类别、具体情形、办理方式和时限规则都没有变化,无需重新分类")
    _require_not_waiting(sheet)
    _require_not_back_and_forth(sheet, before.kind, to.kind, by, now)
    if is_lowered(before.kind, to.kind):
        asked = MatterLoweringAsked(**matter_of(sheet), to_kind=to.kind, asked_by=by, asked_at=now)
        return sheet.moved(sheet.state, lowering=Lowering(to, said, by, now)), [asked]
    return changed(sheet, proposal, to, Change(before.kind, to.kind, now, by, said))


def approve(
    sheet: Assessment, orders: Sequence[OrderDraft], opinion: Words | None, class_hint: bool, compared: bool, by: str,
    now: datetime,
) -> Outcome:  # fmt: skip
    """批转 (T07): the duty leader who did not propose approves; an order is drafted for each unit named."""
    proposal = sheet.standing(PROPOSED, doing="批转")
    _require_not_waiting(sheet)
    if by == proposal.by:
        raise Forbidden(
            "triage.self_approval", "这份研判意见是您本人提出的,不能由您批转;请退回后由其他值班人员重新提出"
        )
    if proposal.judgement.kind is Kind.CANNOT and not compared:  # R16
        raise Refused(
            "approval.comparison_missing", "批转“办不了”之前,请先登记与其他城市的横向对比;无需对比的,登记理由"
        )
    require_orders(proposal.judgement, orders)
    event = _approved(sheet, proposal, orders, class_hint, by, now)
    return sheet.moved(APPROVED, approval=Approval(by, now, tuple(orders), class_hint, opinion)), [event]


def _require_not_waiting(sheet: Assessment) -> None:
    if sheet.lowering is not None:
        raise Conflict(
            "triage.second_approval_waits", "由“不给办”改为其他类别的申请正等待党风政风监督室复核,复核后再办理"
        )


def _require_not_lowered(sheet: Assessment, before: Kind | None, after: Kind) -> None:
    _require_not_waiting(sheet)
    if is_lowered(before, after):
        raise Refused("triage.lowering", "由“不给办”改为其他类别,请先重新分类,经党风政风监督室复核同意后再提出研判意见")


def _require_not_back_and_forth(sheet: Assessment, before: Kind | None, after: Kind, by: str, now: datetime) -> None:
    """Handbook 8, 33: nobody takes a kind back to what they changed it from on the same day."""
    today = now.astimezone(ZONE).date()
    for line in sheet.history:
        same_day = line.by == by and line.at.astimezone(ZONE).date() == today
        if same_day and line.from_kind is after and after is not before:
            raise Refused("triage.back_and_forth", "您今天已将类别由此改出,同一人不得当日改回;确需改回的请由他人办理")


def _triaged(sheet: Assessment, judgement: Judgement, by: str, now: datetime) -> MatterTriaged:
    return MatterTriaged(
        **matter_of(sheet),
        kind=judgement.kind,
        sub_reasons=list(judgement.sub_reasons),
        policy=judgement.policy,
        root_cause=judgement.root_cause,
        complexity=judgement.complexity,
        proposed_units=list(judgement.units),
        rule=judgement.rule,
        proposed_by=by,
        proposed_at=now,
    )


def _approved(
    sheet: Assessment, proposal: Proposal, orders: Sequence[OrderDraft], class_hint: bool, by: str, now: datetime
) -> MatterApproved:
    judgement = proposal.judgement
    return MatterApproved(
        **matter_of(sheet),
        round=sheet.round,
        kind=judgement.kind,
        sub_reasons=list(judgement.sub_reasons),
        policy=judgement.policy,
        root_cause=judgement.root_cause,
        complexity=judgement.complexity,
        orders=list(orders),
        class_hint=class_hint,
        proposed_by=proposal.by,
        leader_id=by,
        approved_at=now,
    )
