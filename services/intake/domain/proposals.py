"""提请: what the duty leader decides, one at a time; until then the matter stays as it is."""

from dataclasses import replace
from datetime import datetime

from services.intake.domain.matter import Matter, Moved, Proposal
from shared.contracts.codes import ProposalKind
from shared.contracts.errors import Conflict, Forbidden
from shared.contracts.intake import MatterProposalDeclined, MatterProposed


def proposed(matter: Matter, proposal: Proposal) -> Moved:
    """The matter with something to decide."""
    if matter.proposal is not None:
        raise Conflict("proposal.open", "本事项已有提请等待带班领导决定")
    told = MatterProposed(
        **matter.ref, kind=proposal.kind, reason=proposal.reason, into_id=proposal.into, proposed_by=proposal.by,
        proposed_at=proposal.at,
    )  # fmt: skip
    return replace(matter, proposal=proposal, version=matter.version + 1), [told]


def waiting(matter: Matter, by: str, *kinds: ProposalKind) -> Proposal:
    """What of these kinds waits for this leader; nobody decides what they proposed themselves."""
    if matter.proposal is None or matter.proposal.kind not in (kinds or ProposalKind):
        raise Conflict("proposal.missing", "没有等待决定的提请,可能已被处理,请刷新")
    if matter.proposal.by == by:
        raise Forbidden("proposal.own", "不能决定自己提请的事项")
    return matter.proposal


def declined(matter: Matter, by: str, now: datetime) -> Moved:
    """不同意: the matter goes on as if nothing had been proposed."""
    proposal = waiting(matter, by)
    after = replace(matter, proposal=None, version=matter.version + 1, hands=matter.with_hand(by))
    return after, [MatterProposalDeclined(**matter.ref, kind=proposal.kind, declined_by=by, declined_at=now)]
