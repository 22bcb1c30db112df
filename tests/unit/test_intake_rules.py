"""The rules of intake beyond its table: several orders, rework, call-backs, the form, the text check."""

from dataclasses import replace

import pytest

from services.intake.domain import closing, commands, form, reactions
from services.intake.domain.callback import Report
from services.intake.domain.form import Received
from services.intake.domain.identity import Agent, Beneficiary, Identity, Representative, checked, is_id_card, is_uscc
from services.intake.domain.identity import phone as checked_phone
from services.intake.domain.matter import Matter, Moved
from services.intake.domain.register import register_number
from services.intake.domain.textcheck import Finding, findings
from shared.contracts.codes import (
    CallbackResult,
    Channel,
    Disclosure,
    IdType,
    MatterState,
    OrderState,
    Outcome,
    ReporterKind,
    RootCause,
    Satisfaction,
    Solved,
    UnsatisfiedReason,
)
from shared.contracts.intake import MatterReworkOrdered
from shared.ids import new_id
from shared.wording import line, passage, without_personal_number
from shared.workdays import DEFAULT_HOURS, builtin_calendar
from tests.unit import intake_room as room
from tests.unit.intake_room import FORM, HOUR, NOW, in_state, moves, refused, types

MISSED = Report(CallbackResult.NO_ANSWER)


def handled(*orders: object) -> Matter:
    matter = in_state(MatterState.HANDLING)
    for order in orders:
        matter, _ = reactions.order_drafted(matter, room.drafted(matter, order))  # type: ignore[arg-type]
    return matter


def test_a_statement_among_answers_is_reviewed_as_cannot_do() -> None:
    first, second = new_id(), new_id()
    matter, _ = reactions.order_moved(
        handled(first, second), room.filed(in_state(MatterState.HANDLING), first), OrderState.CANNOT_FILED, NOW
    )
    assert matter.state is MatterState.HANDLING
    outcome = reactions.order_moved(matter, room.answered(matter, second), OrderState.ANSWERED, NOW)
    assert moves(outcome) == ["T13"]


def test_a_voided_order_is_not_waited_for() -> None:
    first, second = new_id(), new_id()
    matter = handled(first, second)
    matter, _ = reactions.order_moved(matter, room.answered(matter, first), OrderState.ANSWERED, NOW)
    outcome = reactions.order_moved(matter, room.answered(matter, second), OrderState.VOIDED, NOW)
    assert moves(outcome) == ["T12"]


def test_a_rejected_order_is_waited_for_until_its_successor_has_answered() -> None:
    order, successor = new_id(), new_id()
    matter = handled(order)
    matter, _ = reactions.order_moved(matter, room.filed(matter, order), OrderState.CANNOT_FILED, NOW)
    outcome = reactions.statement_rejected(matter, room.rejected(matter, order))
    assert moves(outcome) == ["T15"]
    matter, _ = reactions.order_drafted(outcome[0], room.drafted(matter, successor, predecessor=order))
    assert matter.state is MatterState.HANDLING
    assert moves(reactions.order_moved(matter, room.answered(matter, successor), OrderState.ANSWERED, NOW)) == ["T12"]


def test_the_window_settles_nothing_itself_while_orders_are_on_their_way() -> None:
    matter, _ = reactions.approved(in_state(MatterState.TRIAGED), room.approved(in_state(MatterState.TRIAGED)))
    with refused("on_site.has_orders"):
        commands.record_on_site(matter, "410221-U09", (), "leader-1", NOW)


def test_rework_of_what_the_window_handled_itself_goes_on_at_once() -> None:
    report = Report(CallbackResult.REACHED, True, Solved.NOT_SOLVED, Satisfaction.SATISFIED)
    called = closing.call_back(in_state(MatterState.CALLBACK), report, "caller", NOW, builtin_calendar(), DEFAULT_HOURS)
    assert types(called) == ["callback.attempted", "callback.completed", "matter.proposed"]
    outcome = closing.confirm_rework(called[0], "leader-1", NOW)
    assert types(outcome) == ["matter.rework_ordered", "matter.moved", "matter.moved"]
    assert (outcome[0].state, outcome[0].round, outcome[0].proposal) == (MatterState.HANDLING, 2, None)


def dissatisfied(matter: Matter) -> Moved:
    report = Report(
        CallbackResult.REACHED, True, Solved.NOT_SOLVED, Satisfaction.DISSATISFIED, UnsatisfiedReason.U3
    )  # fmt: skip
    return closing.call_back(matter, report, "caller", NOW, builtin_calendar(), DEFAULT_HOURS)


def test_the_second_dissatisfaction_is_told_with_its_number() -> None:
    matter, _ = dissatisfied(in_state(MatterState.CALLBACK))
    matter, (first, *_) = closing.confirm_rework(matter, "leader-1", NOW)
    again = replace(matter, state=MatterState.CALLBACK, outcome=Outcome.DONE, root_cause=RootCause.FLOW_POOR)
    matter, _ = dissatisfied(again)
    _, (second, *_) = closing.confirm_rework(matter, "leader-1", NOW)
    assert isinstance(first, MatterReworkOrdered)
    assert isinstance(second, MatterReworkOrdered)
    assert [(told.reason, told.dissatisfied_times) for told in (first, second)] == [("U3", 1), ("U3", 2)]


def test_the_duty_leader_closes_what_is_complained_of_without_reason() -> None:
    matter, _ = dissatisfied(in_state(MatterState.CALLBACK))
    outcome = closing.find_unreasonable(matter, "leader-1", NOW)
    assert types(outcome) == ["matter.proposal_declined", "matter.moved", "matter.closed"]
    assert moves(outcome) == ["T19"]


def test_nobody_calls_again_while_the_duty_leader_decides() -> None:
    matter, _ = dissatisfied(in_state(MatterState.CALLBACK))
    assert not matter.is_to_be_called
    with refused("callback.proposal_open"):
        dissatisfied(matter)
    with refused("proposal.own"):
        closing.confirm_rework(matter, "caller", NOW)


def test_not_solved_but_explained_and_content_may_rest() -> None:
    report = Report(CallbackResult.REACHED, True, Solved.NOT_SOLVED, Satisfaction.BASICALLY_SATISFIED)
    matter = replace(in_state(MatterState.CALLBACK), outcome=Outcome.CANNOT_EXPLAINED)
    outcome = closing.call_back(matter, report, "caller", NOW, builtin_calendar(), DEFAULT_HOURS)
    assert moves(outcome) == ["T19"]


def test_three_failures_count_only_in_different_half_days() -> None:
    matter = in_state(MatterState.CALLBACK)
    at = NOW
    for hours, expected in ((0, []), (1, []), (4, []), (24, ["T19"])):
        outcome = closing.call_back(
            matter, MISSED, "caller", at + hours * HOUR, builtin_calendar(), DEFAULT_HOURS
        )  # fmt: skip
        matter = outcome[0]
        assert moves(outcome) == expected


def test_who_took_part_does_not_call_back() -> None:
    with refused("callback.own_matter"):
        closing.call_back(
            in_state(MatterState.CALLBACK), MISSED, "staff-1", NOW, builtin_calendar(), DEFAULT_HOURS
        )  # fmt: skip


def test_who_approved_returned_or_decided_had_a_hand_in_it() -> None:
    triaged = in_state(MatterState.TRIAGED)
    assert "leader-1" in reactions.approved(triaged, room.approved(triaged))[0].hands
    order = new_id()
    matter, _ = reactions.order_moved(handled(order), room.filed(triaged, order), OrderState.CANNOT_FILED, NOW)
    returned = room.returned(matter, order).model_copy(update={"returned_by": "staff-9"})
    assert "staff-9" in reactions.order_returned(matter, returned)[0].hands
    assert "leader-1" in reactions.statement_rejected(matter, room.rejected(matter, order))[0].hands


@pytest.mark.parametrize("written", ["13800000001", "138 0000 0001", "+86 138-0000-0001", "\uff11\uff1380000\uff10001"])
def test_a_mobile_number_is_known_however_it_is_written(written: str) -> None:
    assert checked_phone(written) == "13800000001"


@pytest.mark.parametrize("written", ["0371", "12345", "1380000000", "23800000001", "0371-123", "13800000001X"])
def test_a_malformed_phone_is_refused(written: str) -> None:
    with refused("reporter.phone_invalid"):
        checked_phone(written)


def test_papers_are_checked_by_their_check_character() -> None:
    assert is_id_card("11010519491231002X")
    assert not is_id_card("110105194912310021")
    assert not is_id_card("11010519491331002X")
    assert is_uscc("91350100M000100Y43")
    assert not is_uscc("91350100M000100Y44")
    bad = Identity("李某某", "13800000001", IdType.ID_CARD, "110105194912310021")
    with refused("reporter.id_invalid"):
        checked(bad, ReporterKind.PERSON, None, Disclosure.AGREE)


@pytest.mark.parametrize(
    ("identity", "kind", "size", "code"),
    [
        (Identity("李某某"), ReporterKind.PERSON, None, "reporter.phone_missing"),
        (Identity(None, "13800000001"), ReporterKind.PERSON, None, "reporter.name_missing"),
        (Identity("李", "13800000001"), ReporterKind.PERSON, None, "text.length"),
        (Identity("职工", "13800000001"), ReporterKind.GROUP, 1, "group.size_missing"),
        (Identity("李某某", "13800000001"), ReporterKind.PERSON, 3, "group.not_a_group"),
        (
            Identity("职工", "13800000001", representatives=(Representative("代表某"),) * 6),
            ReporterKind.GROUP, 15, "group.too_many_representatives",
        ),
        (
            Identity("职工", "13800000001", representatives=(Representative("代表某"),) * 3),
            ReporterKind.GROUP, 2, "group.size_too_small",
        ),
        (
            Identity("李某某", "13800000001", beneficiary=Beneficiary("徐某某")),
            ReporterKind.PERSON, None, "agent.missing",
        ),
        (
            Identity("李某某", "13800000001", agent=Agent("李某某", "邻居"), beneficiary=Beneficiary("徐某某", 9)),
            ReporterKind.PERSON, None, "agent.guardian_needed",
        ),
    ],
)  # fmt: skip
def test_who_reports_is_said_in_full(identity: Identity, kind: ReporterKind, size: int | None, code: str) -> None:
    with refused(code):
        checked(identity, kind, size, Disclosure.MASK)


def test_the_anonymous_need_neither_name_nor_phone() -> None:
    assert checked(Identity(), ReporterKind.PERSON, None, Disclosure.ANONYMOUS) == Identity()


def test_rare_characters_and_dots_in_names_are_welcome_hidden_ones_are_not() -> None:
    assert line("𠮷某·买买提", "姓名") == "𠮷某·买买提"
    for name in ("李\u200b某", "李\u202e某", "李\u2066某", "李\x00某"):
        with refused("text.invisible"):
            line(name, "姓名")


@pytest.mark.parametrize("dot", "·•‧⋅・．･")
def test_the_dot_in_a_name_is_one_dot_however_it_was_typed(dot: str) -> None:
    typed = Identity(name=f"买买提{dot}阿某", phone="13800000001")
    assert checked(typed, ReporterKind.PERSON, None, Disclosure.MASK).name == "买买提·阿某"


def test_a_long_text_keeps_its_lines_and_loses_what_cannot_be_seen() -> None:
    assert passage(" 一\u200b二\r\n三\t4\x00 ", "反映内容", 1, 100) == "一二\n三\t4"


@pytest.mark.parametrize("title", ["联系13800000001", "联系0371-12345678", "证件11010519491231002X", "138 0000 0001"])
def test_a_title_gives_nobody_away(title: str) -> None:
    with refused("title.personal_data"):
        without_personal_number(title)


def test_an_ordinary_number_in_a_title_is_no_phone() -> None:
    assert without_personal_number("1994年交款2010年停办的32号院") == "1994年交款2010年停办的32号院"


def test_what_comes_from_elsewhere_has_no_hidden_characters_and_no_future() -> None:
    row = Received(Channel.ONLINE, "1", "停车\u200b收费", "反映内容反映内容反映内容", NOW - HOUR)
    assert form.checked_received(row, NOW).title == "停车收费"
    with refused("received_at.future"):
        form.checked_received(replace(row, received_at=NOW + HOUR), NOW)


def test_an_item_that_is_not_in_the_list_is_named() -> None:
    other = replace(FORM, particulars=replace(FORM.particulars, item_code="OTHER"))
    with refused("item.text_missing"):
        form.checked(other, NOW)
    named = replace(other, content=replace(FORM.content, item_text="集体房产分户"))
    assert form.checked(named, NOW).content.item_text == "集体房产分户"


def test_register_numbers_keep_six_digits_and_grow_beyond() -> None:
    assert register_number("汴监窗", 2026, 123) == "汴监窗〔2026〕000123号"
    assert register_number("汴监窗", 2026, 1234567) == "汴监窗〔2026〕1234567号"


def test_a_text_check_sees_through_spacing_width_and_dots() -> None:
    identity = Identity(
        "古丽·买买提", "0371-12345678", IdType.ID_CARD, "11010519491231002X",
        representatives=(Representative("贾某某", "13800000002"),),
    )  # fmt: skip
    assert findings(identity, "古丽买买提 反映") == [Finding.REPORTER_NAME]
    assert findings(identity, "电话1234 5678") == [Finding.REPORTER_PHONE]
    assert findings(identity, "11010519491231002x") == [Finding.ID_NUMBER]
    assert findings(identity, "代表贾 某 某 138-0000-0002") == [Finding.REPRESENTATIVE]
    assert findings(identity, "反映人多次要求办理") == []
