"""What triage refuses, and what the rest of the system may do to an assessment."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage import domain
from services.triage.domain import ORDER_RULES, Assessment, Unit, require_known_units
from shared.contracts.codes import AssessmentState, HandlingPolicy, Kind, SubReason, UnitRole
from shared.contracts.errors import Conflict, DomainError, Forbidden, IllegalTransition, Refused, Superseded
from shared.contracts.triage import MatterReclassified, ProposedUnit
from shared.ids import new_id
from tests.unit.triage_room import (
    LEADER,
    NOW,
    OTHER_STAFF,
    STAFF,
    TODAY,
    Room,
    accepted,
    judgement,
    order,
    reopening,
    words,
)

PUSH, ORDERED, AT_ONCE = HandlingPolicy.PUSH, HandlingPolicy.ORDERED, HandlingPolicy.AT_ONCE


def proposed(kind: Kind = Kind.HARD, policy: HandlingPolicy = PUSH) -> Room:
    room = Room.with_open_sheet()
    room.propose(judgement(kind, policy))
    return room


def approved(kind: Kind = Kind.HARD) -> Room:
    room = proposed(kind)
    room.approve(order(rule=ORDER_RULES[kind][0]))
    return room


@pytest.mark.parametrize("note", [None, "", "已核实"])
def test_nobody_judges_without_having_verified(note: str | None) -> None:
    with pytest.raises(Refused, match="核查情况") as refusal:
        Room.with_open_sheet().propose(judgement(), note=note)
    assert refusal.value.code == "triage.note_missing"


def test_the_proposer_may_not_approve() -> None:
    room = Room.with_open_sheet()
    room.propose(judgement(), by=LEADER)
    with pytest.raises(Forbidden, match=r"triage\.self_approval"):
        room.approve(by=LEADER)


def test_a_leader_who_reclassified_before_the_approval_counts_as_proposer() -> None:
    room = proposed()
    room.reclassify(Kind.REFUSED, by=LEADER)
    with pytest.raises(Forbidden, match=r"triage\.self_approval"):
        room.approve(order(rule="D12"), by=LEADER)


def test_another_kind_after_a_return_needs_its_reason() -> None:
    room = proposed(Kind.HARD)
    room.send_back("请再核实")
    with pytest.raises(Refused, match="改变类别的理由"):
        room.propose(judgement(Kind.REFUSED), reason=None)
    assert room.sheet.state is AssessmentState.RETURNED


def test_the_same_kind_after_a_return_needs_none() -> None:
    room = proposed(Kind.HARD)
    room.send_back("请补充核查")
    [triaged] = room.propose(judgement(Kind.HARD, PUSH, SubReason.MULTI_DEPT), by=OTHER_STAFF)
    assert triaged.TYPE == "matter.triaged"
    assert len(room.sheet.history) == 1


@pytest.mark.parametrize("reason", [None, "。"])
def test_a_return_and_a_reclassification_say_why(reason: str | None) -> None:
    with pytest.raises(Refused, match="退回的理由"):
        proposed().send_back(reason)
    with pytest.raises(Refused, match="重新分类的理由"):
        proposed().reclassify(Kind.REFUSED, reason=reason)


def test_a_reclassification_that_changes_nothing_is_refused() -> None:
    room = approved(Kind.HARD)
    room.reclassify(Kind.HARD, [SubReason.MULTI_DEPT], rule="D16", by=LEADER)
    with pytest.raises(Refused, match=r"triage\.nothing_changed"):
        room.reclassify(Kind.HARD, [SubReason.MULTI_DEPT], by=LEADER)


def test_nobody_takes_a_kind_back_on_the_day_they_changed_it() -> None:
    room = proposed(Kind.HARD)
    room.reclassify(Kind.CANNOT, by=STAFF)
    with pytest.raises(Refused, match=r"triage\.back_and_forth"):
        room.reclassify(Kind.HARD, by=STAFF)
    room.reclassify(Kind.HARD, by=OTHER_STAFF)
    assert room.sheet.history[-1].to_kind is Kind.HARD
    room.send_back("请再核实")
    with pytest.raises(Refused, match=r"triage\.back_and_forth"):
        room.propose(judgement(Kind.CANNOT), by=OTHER_STAFF, reason="又改回")


def test_a_day_later_the_same_person_may_have_seen_more() -> None:
    room = proposed(Kind.HARD)
    room.reclassify(Kind.CANNOT, by=STAFF)
    correction = domain.Correction(Kind.HARD, ())
    later, _ = domain.reclassify(room.sheet, correction, words("查到新规定"), STAFF, NOW + timedelta(days=1))
    assert later.history[-1].to_kind is Kind.HARD


def test_a_refusal_is_not_proposed_away() -> None:
    room = proposed(Kind.REFUSED)
    room.send_back("请再核实")
    with pytest.raises(Refused, match=r"triage\.lowering"):
        room.propose(judgement(Kind.HARD), reason="材料不齐")


def test_who_asked_for_it_does_not_confirm_it() -> None:
    room = proposed(Kind.REFUSED)
    room.reclassify(Kind.HARD, by=STAFF)
    for involved in (STAFF, room.sheet.proposal.by if room.sheet.proposal else ""):
        with pytest.raises(Forbidden, match=r"triage\.self_confirmation"):
            room.confirm_lowering(by=involved)


def test_the_office_that_looks_after_one_of_the_units_does_not_review() -> None:
    looked_after = domain.Unit("410200-U01", "某中心", TODAY, supervision_office_id="J01")
    nobody_s = domain.Unit("410200-U02", "某管理局", TODAY)
    with pytest.raises(Forbidden, match=r"triage\.own_office"):
        domain.require_another_office("J01", [nobody_s, looked_after])
    for office in ("J02", None):
        domain.require_another_office(office, [nobody_s, looked_after])
    domain.require_another_office("J01", [nobody_s])


def test_after_the_end_nothing_waits_any_more() -> None:
    room = proposed(Kind.REFUSED)
    room.reclassify(Kind.HARD)
    room.closed()
    with pytest.raises(Conflict, match=r"triage\.nothing_waits"):
        room.confirm_lowering()


@pytest.mark.parametrize(
    ("kind", "fitting", "unfit"),
    [
        (Kind.CANNOT, {"D13", "D18"}, {"D11", "D12", "D15", "D16", "D17", "D14", "D19"}),
        (Kind.REFUSED, {"D11", "D12", "D18"}, {"D13", "D15", "D16", "D17", "D14"}),
        (Kind.HARD, {"D11", "D12", "D15", "D16", "D17", "D18"}, {"D13", "D14", "D22"}),
    ],
)
def test_the_limit_rule_fits_the_kind_or_is_shorter(kind: Kind, fitting: set[str], unfit: set[str]) -> None:
    for rule in fitting:
        proposed(kind).approve(order(rule=rule))
    for rule in unfit:
        with pytest.raises(Refused, match=r"triage\.rule_unfit"):
            proposed(kind).approve(order(rule=rule))
        with pytest.raises(Refused, match=r"triage\.rule_unfit"):
            Room.with_open_sheet().propose(judgement(kind, rule=rule))


@pytest.mark.parametrize(
    ("kind", "policy", "allowed"),
    [
        (Kind.HARD, PUSH, True),
        (Kind.REFUSED, AT_ONCE, True),
        (Kind.HARD, ORDERED, False),
        (Kind.REFUSED, PUSH, False),
        (Kind.CANNOT, HandlingPolicy.SUPERVISED, False),
    ],
)
def test_the_window_handles_itself_only_what_is_done_at_once_or_pushed_along(
    kind: Kind, policy: HandlingPolicy, allowed: bool
) -> None:
    room = proposed(kind, policy)
    if allowed:
        room.approve()
    else:
        with pytest.raises(Refused, match="至少列出一个主办单位"):
            room.approve()


def test_orders_have_exactly_one_main_unit_and_no_unit_twice() -> None:
    with pytest.raises(Refused, match=r"approval\.main_unit_missing"):
        proposed().approve(order(role=UnitRole.CO))
    with pytest.raises(Refused, match=r"triage\.two_main_units"):
        proposed().approve(order("410200-U01"), order("410200-U02"))
    with pytest.raises(Refused, match=r"triage\.unit_twice"):
        proposed().approve(order(), order(role=UnitRole.CO))
    unit = ProposedUnit(unit_id="410200-U01", role=UnitRole.CO)
    with pytest.raises(Refused, match=r"triage\.unit_twice"):
        Room.with_open_sheet().propose(judgement(units=[unit, unit]))


def test_a_unit_must_exist_today_and_an_abolished_one_names_its_successor() -> None:
    directory = {
        "U1": Unit("U1", "某中心", date(2026, 1, 1)),
        "U2": Unit("U2", "原某房管所", date(1990, 1, 1), date(2010, 12, 31), "U1"),
        "U3": Unit("U3", "某新局", date(2026, 12, 1)),
        "U4": Unit("U4", "某旧社", date(1990, 1, 1), date(2000, 1, 1)),
    }
    require_known_units(["U1"], directory, TODAY)
    with pytest.raises(Refused, match=r"unit\.unknown"):
        require_known_units(["U1", "U9"], directory, TODAY)
    with pytest.raises(Refused, match="承接其职责的单位“U1”"):
        require_known_units(["U2"], directory, TODAY)
    with pytest.raises(Refused, match="自2026-12-01起"):
        require_known_units(["U3"], directory, TODAY)
    with pytest.raises(Refused, match="请另选单位"):
        require_known_units(["U4"], directory, TODAY)


def test_every_command_refuses_the_states_that_do_not_fit_and_names_them() -> None:
    fresh, closed = Room.with_open_sheet(), approved()
    closed.closed()
    for room in (fresh, closed):
        with pytest.raises(IllegalTransition, match="不能批转;需要处于:已研判待批转"):
            room.approve()
        with pytest.raises(IllegalTransition, match="不能退回研判意见"):
            room.send_back("请再核实")
        with pytest.raises(IllegalTransition, match="不能重新分类"):
            room.reclassify(Kind.REFUSED)
    for room in (proposed(), approved(), closed):
        with pytest.raises(IllegalTransition, match="不能提出研判意见"):
            room.propose(judgement())


def test_an_upheld_statement_makes_the_kind_cannot_without_anybody_deciding_it() -> None:
    room = approved(Kind.HARD)
    [event] = room.statement_upheld()
    assert isinstance(event, MatterReclassified)
    assert (event.from_kind, event.to_kind, event.decided_by, event.rule) == (Kind.HARD, Kind.CANNOT, None, "D13")
    last = room.sheet.history[-1]
    assert last.by is None
    assert last.statement_id is not None


@given(st.permutations(["upheld", "closed"]))
def test_the_end_is_the_same_whichever_topic_is_read_first(acts: list[str]) -> None:
    room = approved(Kind.HARD)
    for act in acts:
        room.statement_upheld() if act == "upheld" else room.closed()
    assert room.sheet.state is AssessmentState.CLOSED
    assert room.sheet.proposal is not None
    assert room.sheet.proposal.judgement.kind is Kind.CANNOT


def test_an_upheld_statement_before_the_approval_is_a_contradiction_that_parks() -> None:
    with pytest.raises(IllegalTransition):
        proposed().statement_upheld()


def test_rework_only_counts_the_round() -> None:
    room = approved()
    assert room.rework_ordered(2) == []
    assert (room.sheet.round, room.sheet.state) == (2, AssessmentState.APPROVED)


def test_what_comes_after_the_closing_is_passed_over() -> None:
    room = approved()
    room.closed()
    with pytest.raises(Superseded):
        room.rework_ordered()
    with pytest.raises(Superseded):
        room.closed()


def test_a_reopened_matter_is_judged_again_on_what_stood_before() -> None:
    room = approved(Kind.HARD)
    room.closed()
    assert room.reopened(2) == []
    assert (room.sheet.state, room.sheet.round, room.sheet.approval) == (AssessmentState.OPEN, 2, None)
    with pytest.raises(Refused, match="改变类别的理由"):
        room.propose(judgement(Kind.REFUSED, AT_ONCE))
    room.propose(judgement(Kind.REFUSED, AT_ONCE), reason="复开后查明系人为拖延")
    assert [line.to_kind for line in room.sheet.history] == [Kind.HARD, Kind.REFUSED]


def test_what_was_settled_at_the_counter_gets_its_first_assessment_when_it_is_reopened() -> None:
    sheet, _ = domain.reopened(None, reopening(new_id()), b"key")
    assert (sheet.state, sheet.round, sheet.proposal) == (AssessmentState.OPEN, 2, None)


def test_a_statement_of_the_round_before_changes_nothing_in_a_reopened_matter() -> None:
    room = approved(Kind.HARD)
    room.closed()
    room.reopened(2)
    with pytest.raises(Superseded):
        room.statement_upheld()
    with pytest.raises(Superseded, match="once more"):
        room.reopened(2)


def test_a_matter_has_one_assessment() -> None:
    room = Room.with_open_sheet()
    with pytest.raises(Superseded, match="once more"):
        domain.accepted(room.sheet, accepted(room.sheet.matter_id), b"key")


ACTS = {
    "propose": lambda room: room.propose(judgement(), reason="核查后认定不同"),
    "propose refused": lambda room: room.propose(judgement(Kind.REFUSED, AT_ONCE), reason="核查后认定不同"),
    "send back": lambda room: room.send_back("请再核实"),
    "reclassify": lambda room: room.reclassify(Kind.CANNOT),
    "reclassify by leader": lambda room: room.reclassify(Kind.HARD, by=LEADER),
    "confirm": lambda room: room.confirm_lowering(),
    "decline": lambda room: room.decline_lowering(),
    "approve": lambda room: room.approve(order(rule="D18")),
    "upheld": lambda room: room.statement_upheld(),
    "rework": lambda room: room.rework_ordered(room.sheet.round + 1),
    "closed": lambda room: room.closed(),
    "reopened": lambda room: room.reopened(room.sheet.round + 1),
}


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_whatever_happens_the_history_is_a_chain_that_ends_in_the_kind_that_stands(acts: list[str]) -> None:
    room = Room.with_open_sheet()
    for act in acts:
        before = room.sheet
        try:
            ACTS[act](room)
        except DomainError:
            assert room.sheet is before
        assert_sound(room.sheet)


def assert_sound(sheet: Assessment) -> None:
    for line in sheet.history:
        lowered = line.from_kind is Kind.REFUSED and line.to_kind is not Kind.REFUSED
        assert (line.confirmed_by is not None) == (lowered and line.by is not None)
        assert line.confirmed_by is None or line.confirmed_by != line.by
    kinds = [line.to_kind for line in sheet.history]
    assert [line.from_kind for line in sheet.history] == [None, *kinds[:-1]][: len(kinds)]
    assert (sheet.proposal.judgement.kind if sheet.proposal else None) == (kinds[-1] if kinds else None)
    if sheet.approval:
        assert sheet.approval.by == LEADER
        assert sheet.approval.at == NOW
    if sheet.state is AssessmentState.APPROVED:
        assert sheet.approval is not None
        assert sheet.proposal is not None
        assert sheet.proposal.by == STAFF
