"""How a matter ends otherwise than by being done, is put away, and begins again (T04, T21–T26).

Refusing and merging are proposed by staff and decided by the duty leader; until that the matter goes on as it is, so
that D02 deems accepted what nobody decides.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.intake.domain.callback import SampleResult
from services.intake.domain.matter import Matter, Moved, Proposal
from services.intake.domain.proposals import proposed, waiting
from services.intake.domain.transitions import OPEN
from shared.contracts.actor import SYSTEM
from shared.contracts.codes import (
    Disclosure,
    FeedbackWay,
    MatterState,
    NotAcceptedReason,
    Outcome,
    ProposalKind,
    ReopenReason,
    ReporterKind,
    TransferTo,
)
from shared.contracts.errors import Refused, Superseded
from shared.contracts.intake import (
    MatterArchived,
    MatterMerged,
    MatterNotAccepted,
    MatterReopened,
    MatterTransferred,
    MatterWithdrawn,
)

SAME_AGAIN = timedelta(days=30)  # T22
POLICY_HINDERED = (Outcome.CANNOT_EXPLAINED, Outcome.POLICY_WATCH)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """撤回: who asked for it was recognised as the reporter; of a group all agree."""

    identity_checked: bool
    all_agree: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Which way the reporters of two matters were told that these become one; None: not told."""

    own: FeedbackWay | None
    main: FeedbackWay | None


def propose_refusal(matter: Matter, reason: NotAcceptedReason, by: str, now: datetime) -> Moved:
    """提请不予受理 (T04): the duty leader confirms."""
    matter.require(MatterState.REGISTERED, doing="提请不予受理")
    if reason is NotAcceptedReason.N12:
        raise Refused("refusal.merge_instead", "重复反映的不作不予受理,请提请并件")
    matter = replace(matter, hands=matter.with_hand(by))
    return proposed(matter, Proposal(ProposalKind.REFUSAL, by, now, reason=reason))


def propose_merger(matter: Matter, main: Matter, same_reporter: bool, told: Told, by: str, now: datetime) -> Moved:
    """提请并件 (T23): the matter is to be joined to `main`; both reporters know."""
    matter.require(*OPEN, doing="提请并件")
    _require_main(matter, main)
    if told.own is None or (told.main is None and not same_reporter):
        raise Refused("merger.tell_both", "并件前须告知双方反映人,请填写告知方式")
    matter = replace(matter, hands=matter.with_hand(by))
    return proposed(matter, Proposal(ProposalKind.MERGER, by, now, into=main.id))


def confirm_refusal(matter: Matter, by: str, now: datetime) -> Moved:
    """不予受理 (T04), final."""
    proposal = waiting(matter, by, ProposalKind.REFUSAL)
    assert proposal.reason is not None
    after, moved = matter.moved("T04", now, outcome=Outcome.NOT_ACCEPTED, hands=matter.with_hand(by))
    told = MatterNotAccepted(
        **matter.ref, reason=proposal.reason, proposed_by=proposal.by, approved_by=by, decided_at=now
    )
    return after, [told, moved]


def confirm_merger(matter: Matter, main: Matter, by: str, now: datetime) -> Moved:
    """并件 (T23), final: what is still to be done is done for `main`."""
    proposal = waiting(matter, by, ProposalKind.MERGER)
    _require_main(matter, main)
    hands = matter.with_hand(by)
    after, moved = matter.moved("T23", now, outcome=Outcome.MERGED, merged_into=main.id, hands=hands)
    told = MatterMerged(**matter.ref, into_id=main.id, proposed_by=proposal.by, approved_by=by, merged_at=now)
    return after, [told, moved]


def withdraw(matter: Matter, given: Withdrawal, by: str, now: datetime) -> Moved:
    """撤回 (T24): only the reporter's own act, and a group's only if none of it is against."""
    matter.require(*OPEN, doing="撤回")
    line = matter.registration
    if line is not None and line.disclosure is Disclosure.ANONYMOUS:
        raise Refused("withdrawal.anonymous", "匿名反映的事项无法核对反映人身份,不能撤回,请继续办理")
    if not given.identity_checked:
        raise Refused("withdrawal.not_the_reporter", "只有反映人本人可以撤回,请先核对身份")
    if line is not None and line.reporter_kind is ReporterKind.GROUP and not given.all_agree:
        raise Refused("withdrawal.group_disagrees", "群体反映的事项须全体成员同意方可撤回")
    after, moved = matter.moved("T24", now, outcome=Outcome.WITHDRAWN, hands=matter.with_hand(by))
    return after, [MatterWithdrawn(**matter.ref, recorded_by=by, withdrawn_at=now), moved]


def transfer(matter: Matter, receiver: TransferTo, by: str, now: datetime) -> Moved:
    """转其他渠道 (T25), with the other side's receipt."""
    after, moved = matter.moved("T25", now, outcome=Outcome.TRANSFERRED, hands=matter.with_hand(by))
    return after, [MatterTransferred(**matter.ref, receiver=receiver, transferred_by=by, transferred_at=now), moved]


def reopen(matter: Matter, reason: ReopenReason, by: str, now: datetime) -> Moved:
    """复开 (T22): the number stays, the next round begins with a new judgement."""
    matter.require(MatterState.CLOSED, doing="复开")
    if reason is ReopenReason.SAME_AGAIN and now - matter.state_since > SAME_AGAIN:
        raise Refused("reopening.too_late", "办结已超过30日,再次反映的请重新登记;有新情况的请选择“出现新情况”")
    if reason is ReopenReason.DISSATISFIED and not _was_dissatisfied(matter):
        raise Refused("reopening.not_dissatisfied", "该事项没有不满意的抽查回访记录,请选择其他复开原因")
    if reason is ReopenReason.POLICY_CHANGED and matter.outcome not in POLICY_HINDERED:
        raise Refused("reopening.no_policy", "该事项不是因政策不能办的,请选择其他复开原因")
    return _reopened(replace(matter, hands=matter.with_hand(by)), "T22", reason, by, now)


def reopen_for_policy(matter: Matter, now: datetime) -> Moved:
    """政策调整后重新办理 (T26): what a policy hindered is judged anew, unless nobody is left to be told of it."""
    if matter.state is not MatterState.CLOSED or matter.outcome not in POLICY_HINDERED:
        raise Superseded(f"the matter is {matter.state}: no policy keeps it closed")
    if matter.is_erased:
        raise Superseded("the reporter is erased: nobody can be told")
    return _reopened(matter, "T26", ReopenReason.POLICY_CHANGED, SYSTEM.id, now)


def archive(matter: Matter, by: str, now: datetime) -> Moved:
    """归档 (T21), final: once nothing can come any more, neither a call-back nor the reporter with the same again."""
    matter.require(MatterState.CLOSED, doing="归档")
    if matter.is_to_be_called:
        raise Refused("archiving.to_be_called", "该事项的抽查回访尚未完成,完成后再归档")
    if matter.alarm is not None and matter.alarm.acked_at is None:
        raise Refused("archiving.alarm_open", "该事项的紧急提醒尚未处置,处置后再归档")
    if now - matter.state_since <= SAME_AGAIN:
        raise Refused("archiving.too_early", "办结满30日方可归档,此前反映人就同一事项再次反映的可以复开")
    after, moved = matter.moved("T21", now)
    return after, [MatterArchived(**matter.ref, archived_by=by, archived_at=now), moved]


def _reopened(matter: Matter, number: str, reason: ReopenReason, by: str, now: datetime) -> Moved:
    after, moved = matter.moved(number, now, **_fresh_round(matter))
    told = MatterReopened(**matter.ref, round=after.round, reason=reason, reopened_by=by, reopened_at=now)
    return after, [told, moved]


def _was_dissatisfied(matter: Matter) -> bool:
    return matter.sample is not None and matter.sample.result is SampleResult.DISSATISFIED


def _fresh_round(matter: Matter) -> dict[str, object]:
    return {
        "round": matter.round + 1, "outcome": None, "root_cause": None, "responsible_unit_id": None,
        "orders_awaited": 0, "meetings": (), "sample": None,
    }  # fmt: skip


def _require_main(matter: Matter, main: Matter) -> None:
    if main.id == matter.id:
        raise Refused("merger.itself", "不能并入事项本身,请核对主件的登记编号")
    if main.state not in OPEN:
        raise Refused("merger.main_not_open", "主件已办结或尚未登记,不能并入;主件办结后有新情况的请申请复开")
