"""改派、作废、另行交办; numbers and names on the paper; what a meeting puts on an order; the statement's signature."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.referral.domain import meetings, objections, orders, reassigning, statements
from services.referral.domain.meetings import Task
from services.referral.domain.naming import marks
from services.referral.domain.numbers import order_number, require_prefix, year_and_serial
from services.referral.domain.orders import Order
from services.referral.domain.policies import Article, Document, Policy
from services.referral.domain.settlement import settle, without_successor
from services.referral.domain.statements import StatementDecision, canonical, text_hash
from shared.contracts.codes import BasisLevel, Disclosure, ObjectionReason, OrderState, UnitRole
from shared.contracts.errors import Conflict, DomainError, IllegalTransition, Refused
from shared.contracts.referral import (
    CannotDoUpheld,
    OrderDrafted,
    OrderDropped,
    OrderReassigned,
    OrdersAllSettled,
    OrderVoided,
)
from shared.ids import new_id
from tests.unit.referral_room import (
    HANDLER,
    LEADER,
    NOW,
    PRINCIPAL,
    TODAY,
    accepted,
    basis,
    comparison,
    delivered,
    drafted,
    extract,
    filed,
    matter,
    statement_text,
    unit,
    working,
)

OF = matter()
U2 = "410200-U02"


def reassigned() -> Order:
    asked, _ = objections.object_to(
        working(OF), ObjectionReason.O1, "权责清单第十二项列明由他局办理", U2, NOW, HANDLER, NOW
    )
    return objections.decide(asked, True, "确非其职责", LEADER, NOW)[0]


def code(refusal: pytest.ExceptionInfo[DomainError]) -> str:
    return refusal.value.code


def test_an_upheld_objection_holds_the_round_until_another_unit_has_the_order() -> None:
    ended, done = reassigned(), accepted(OF)
    assert settle(OF, [ended, done], NOW) == []
    heir, [told, link] = reassigning.follow(ended, [ended, done], U2, None, LEADER, NOW)
    assert isinstance(told, OrderDrafted)
    assert isinstance(link, OrderReassigned)
    assert (heir.unit_id, heir.predecessor_id, heir.state) == (U2, ended.id, OrderState.DRAFT)
    assert (link.order_id, link.successor_unit_id) == (ended.id, U2)
    assert settle(OF, [ended, done, heir], NOW) == []
    assert without_successor([ended, done, heir]) == []


def test_a_unit_rid_of_an_order_does_not_get_it_back() -> None:
    ended = reassigned()
    with pytest.raises(Refused) as refusal:
        reassigning.follow(ended, [ended], None, None, LEADER, NOW)
    assert code(refusal) == "order.same_unit"


def test_reassigning_without_an_objection_ends_the_one_and_drafts_the_other() -> None:
    ended, heir, [link, told] = reassigning.reassign(working(OF), U2, "机构改革,职责已划转", LEADER, NOW)
    assert (ended.state, ended.ended_because, heir.unit_id) == (OrderState.REASSIGNED, "机构改革,职责已划转", U2)
    assert isinstance(link, OrderReassigned)
    assert isinstance(told, OrderDrafted)
    with pytest.raises(IllegalTransition):
        reassigning.reassign(ended, U2, "再改一次", LEADER, NOW)


def test_nothing_follows_and_the_round_settles_without_it() -> None:
    ended, done = reassigned(), accepted(OF)
    dropped, [told] = reassigning.drop(ended, [ended, done], "另一单位已一并办结", LEADER, NOW)
    assert isinstance(told, OrderDropped)
    [settled] = settle(OF, [dropped, done], NOW)
    assert isinstance(settled, OrdersAllSettled)
    with pytest.raises(Conflict) as refusal:
        reassigning.follow(dropped, [dropped, done], U2, None, LEADER, NOW)
    assert code(refusal) == "order.dropped"


def test_the_only_order_of_a_round_is_neither_voided_nor_dropped() -> None:
    ended = reassigned()
    with pytest.raises(Refused) as refusal:
        reassigning.drop(ended, [ended], "没有单位办", LEADER, NOW)
    assert code(refusal) == "order.last_one"
    with pytest.raises(Refused) as refusal:
        reassigning.void(working(OF), [], "发错了", NOW)
    assert code(refusal) == "order.last_one"


def test_voiding_says_why_and_keeps_the_number() -> None:
    mine, other = working(OF), delivered(OF, UnitRole.CO)
    voided, [told] = reassigning.void(mine, [mine, other], "重复交办", NOW)
    assert isinstance(told, OrderVoided)
    assert (voided.state, voided.order_no) == (OrderState.VOIDED, mine.order_no)
    with pytest.raises(Refused):
        reassigning.void(other, [mine, other], "", NOW)
    with pytest.raises(Conflict):
        reassigning.void(voided, [mine, other], "再作废", NOW)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("该中心张某某科长要求重新排队,李副主任未答复。", ["张某某科长", "李副主任"]),
        ("欧阳局长口头答应;工号:A1023的人员态度冷淡。", ["欧阳局长", "工号:A1023"]),
        ("窗口工作人员要求补充材料,办公室未回复。", []),
    ],
)
def test_names_with_titles_and_badge_numbers_are_marked(text: str, found: list[str]) -> None:
    assert marks([text]) == found


def test_a_name_in_the_extract_is_confirmed_before_it_goes_out() -> None:
    named = replace(extract(), facts="王科长两次拒收材料。")
    order = orders.write_extract(drafted(OF), named)
    with pytest.raises(Refused) as refusal:
        orders.require_signable(order, OF, text_checked=True)
    assert code(refusal) == "order.names_unconfirmed"
    assert "王科长" not in refusal.value.message
    orders.require_signable(orders.write_extract(order, replace(named, confirmed=("王科长",))), OF, text_checked=True)


def test_a_window_numbers_by_its_own_prefix_and_no_two_look_alike() -> None:
    number = order_number("410221-W1", "410200", 2026, 7, "杞纪监窗交")
    assert (number, year_and_serial(number)) == ("杞纪监窗交〔2026〕7号", (2026, 7))
    assert require_prefix("杞纪监窗交", "410221-W1", "410200", None) == "杞纪监窗交"
    for prefix, holder, expected in (
        ("杞", None, "order_prefix.form"),
        ("杞纪〔2026〕", None, "order_prefix.form"),
        ("汴纪监窗交", None, "order_prefix.reserved"),
        ("尉纪监窗交", "410223-W1", "order_prefix.taken"),
    ):
        with pytest.raises(DomainError) as refusal:
            require_prefix(prefix, "410221-W1", "410200", holder)
        assert code(refusal) == expected


def test_what_a_meeting_agrees_on_becomes_a_requirement_of_the_units_order() -> None:
    task = Task("410200-U01", "补录房屋登记信息", TODAY + timedelta(days=2))
    draft = orders.write_extract(drafted(OF), replace(extract(), text_check_receipt="r"))
    running, done = working(OF), accepted(OF)
    given = meetings.given_out([task], [draft, running, done], 1)
    assert [order.id for order in given] == [draft.id, running.id]
    for order in given:
        assert (order.extract.requirements[-1].what, order.extract.requirements[-1].due) == (task.task, task.due)
    assert given[0].extract.text_check_receipt is None


def test_tasks_of_a_hidden_reporters_matter_are_checked_first() -> None:
    with pytest.raises(Refused):
        meetings.require_checked(matter(Disclosure.MASK), is_clean=False)
    meetings.require_checked(matter(Disclosure.AGREE), is_clean=False)


def policy(ended_on: date | None = None) -> Policy:
    law = Document(
        BasisLevel.RULE, "成品油市场管理办法", "商务部令2006年第23号", "商务部", date(2007, 1, 1),
        (Article("第十七条", "换发批准证书后,应当重新接受主管部门审查。"),),
    )  # fmt: skip
    return Policy(new_id(), "410200", law, "u-office-1", NOW, ended_on)


def test_a_provision_of_the_library_is_quoted_as_it_stands_there() -> None:
    law = policy()
    stands = statements.cited(basis(policy_id=law.id, title="", number="", quotation=""), law)
    assert (stands.title, stands.quotation) == ("成品油市场管理办法", "换发批准证书后,应当重新接受主管部门审查。")
    ended = statements.cited(basis(policy_id=law.id), policy(ended_on=TODAY - timedelta(days=1)))
    assert [fault.code for fault in statements.faults(statement_text(basis=(ended,)), TODAY)] == [
        "cannot_do.basis_not_in_force"
    ]
    last_day = statements.cited(basis(policy_id=law.id), policy(ended_on=TODAY))
    assert statements.faults(statement_text(basis=(last_day,)), TODAY) == []
    with pytest.raises(Refused) as refusal:
        statements.cited(basis(policy_id=law.id, article="第九条"), law)
    assert code(refusal) == "cannot_do.article_unknown"
    with pytest.raises(Refused):
        statements.cited(basis(policy_id=law.id), None)


def test_a_signature_is_younger_than_its_text() -> None:
    order = working(OF)
    written = statements.draft(order, statement_text(), HANDLER, NOW)
    assert written.text_sha256 == text_hash(canonical(order, statement_text()))
    statements.require_later(NOW, written, NOW)
    with pytest.raises(Refused) as refusal:
        statements.require_later(NOW - timedelta(seconds=1), written, NOW)
    assert code(refusal) == "cannot_do.signature_older"
    with pytest.raises(Refused):
        statements.require_later(NOW + timedelta(seconds=1), written, NOW)


def test_who_signed_held_the_office_on_that_day_too() -> None:
    order, young = working(OF), unit(valid_from=TODAY)
    signature = text_hash(canonical(order, statement_text()))
    with pytest.raises(Refused) as refusal:
        statements.file(
            order, young, statement_text(), signature, False, PRINCIPAL, NOW, signed_at=NOW - timedelta(days=1)
        )
    assert code(refusal) == "cannot_do.not_principal"


def test_an_upheld_statement_watches_the_documents_it_rests_on() -> None:
    order, statement = filed(OF)
    with pytest.raises(Refused) as refusal:
        statements.decide(order, statement, StatementDecision.UPHOLD, comparison(OF), "", LEADER, NOW, watch=True)
    assert code(refusal) == "cannot_do.nothing_to_watch"
    law = policy()
    cites = replace(statement, text=statement_text(basis=(basis(policy_id=law.id), basis(policy_id=law.id))))
    _, decided, [told] = statements.decide(
        order, cites, StatementDecision.UPHOLD, comparison(OF), "", LEADER, NOW, watch=True
    )
    assert isinstance(told, CannotDoUpheld)
    assert decided.watched_policy_ids == (law.id,) == tuple(told.watched_policy_ids)
