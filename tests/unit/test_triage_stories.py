"""The stories C1, C2, C4 and C5 as triage lives through them (handbook 1.5)."""

from shared.contracts.codes import AssessmentState, HandlingPolicy, Kind, SubReason, UnitRole
from shared.contracts.triage import MatterApproved, MatterReclassified, MatterTriaged, MatterTriageReturned
from tests.unit.triage_room import LEADER, STAFF, Room, judgement, order


def test_c1_the_window_pushes_the_settlement_along_itself() -> None:
    room = Room.with_open_sheet()
    room.propose(judgement(Kind.HARD, HandlingPolicy.PUSH, SubReason.SYSTEM_DATA))
    [approved] = room.approve(by=LEADER)
    assert isinstance(approved, MatterApproved)
    assert (approved.orders, approved.proposed_by, approved.leader_id) == ([], STAFF, LEADER)
    assert room.sheet.state is AssessmentState.APPROVED


def test_c2_sent_back_and_judged_anew_as_refused_keeps_both_kinds_in_the_history() -> None:
    room = Room.with_open_sheet()
    room.propose(judgement(Kind.HARD, HandlingPolicy.PUSH, SubReason.MISSING_MATERIAL))
    [returned] = room.send_back("多次来访均被要求补材料,请再核")
    assert isinstance(returned, MatterTriageReturned)
    reclassified, triaged = room.propose(
        judgement(Kind.REFUSED, HandlingPolicy.SUPERVISED, SubReason.NO_ONE_TIME_NOTICE, rule="D12"),
        reason="材料早已齐全,属一次性告知不到位",
    )
    assert isinstance(reclassified, MatterReclassified)
    assert isinstance(triaged, MatterTriaged)
    assert (reclassified.from_kind, reclassified.to_kind, reclassified.decided_by) == (Kind.HARD, Kind.REFUSED, STAFF)
    room.approve(order("410200-U02", "D12", requirements=["ONE_TIME_NOTICE"]))
    assert [(line.from_kind, line.to_kind) for line in room.sheet.history] == [
        (None, Kind.HARD),
        (Kind.HARD, Kind.REFUSED),
    ]


def test_c4_what_cannot_be_done_is_ordered_as_a_statement_within_three_days() -> None:
    room = Room.with_open_sheet()
    room.propose(judgement(Kind.CANNOT, HandlingPolicy.ORDERED, rule="D13"))
    [approved] = room.approve(order("410200-U03", "D13"))
    assert isinstance(approved, MatterApproved)
    assert [(draft.unit_id, draft.role, draft.rule) for draft in approved.orders] == [
        ("410200-U03", UnitRole.MAIN, "D13")
    ]
    assert room.statement_upheld() == []
    assert len(room.sheet.history) == 1
    room.closed()
    assert room.sheet.state is AssessmentState.CLOSED


def test_c5_after_the_comparison_cannot_becomes_hard_and_the_class_is_noted() -> None:
    room = Room.with_open_sheet()
    room.propose(judgement(Kind.CANNOT, HandlingPolicy.PUSH, rule="D13"))
    [changed] = room.reclassify(Kind.HARD, [SubReason.POLICY_BARRIER], reason="省内多地视同连续缴存")
    assert isinstance(changed, MatterReclassified)
    assert (changed.rule, changed.policy, changed.round) == ("D15", HandlingPolicy.PUSH, 1)
    [approved] = room.approve(order("410200-U04", "D15"), class_hint=True)
    assert isinstance(approved, MatterApproved)
    assert (approved.kind, approved.sub_reasons, approved.class_hint) == (Kind.HARD, [SubReason.POLICY_BARRIER], True)


def test_a_rejected_statement_leads_to_a_new_judgement_after_the_approval() -> None:
    room = Room.with_open_sheet()
    room.propose(judgement(Kind.CANNOT, HandlingPolicy.ORDERED, rule="D13"))
    room.approve(order("410200-U03", "D13"))
    [changed] = room.reclassify(
        Kind.HARD, [SubReason.MULTI_DEPT], policy=HandlingPolicy.PUSH, rule="D16", reason="依据已废止", by=LEADER
    )
    assert isinstance(changed, MatterReclassified)
    assert (changed.from_kind, changed.to_kind, changed.rule) == (Kind.CANNOT, Kind.HARD, "D16")
    assert room.sheet.state is AssessmentState.APPROVED
    assert room.sheet.proposal is not None
    assert room.sheet.proposal.by == STAFF
