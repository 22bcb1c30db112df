"""What a unit may ask for beside its work: objections, extensions, suspensions, contacts (5.3, 5.4, 8.21–8.24)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.referral.domain import contacts, extensions, objections, orders, suspensions
from services.referral.domain.extensions import Running, Wish
from services.referral.domain.histories import ContactKind
from services.referral.domain.limits import BUILT_IN, Terms
from services.referral.domain.orders import Order
from shared.contracts.codes import Disclosure, ExtensionReason, ObjectionReason, OrderState, SuspendReason
from shared.contracts.errors import Conflict, DomainError, IllegalTransition, Refused
from shared.contracts.referral import (
    OrderContacted,
    OrderContactRequested,
    OrderExtensionDecided,
    OrderExtensionRequested,
    OrderObjected,
    OrderObjectionDecided,
    OrderResumed,
    OrderSuspended,
)
from shared.workdays import Limit
from tests.unit.referral_room import HANDLER, LEADER, NOW, TODAY, answered, delivered, given, matter, working

OF = matter()
TOMORROW = NOW + timedelta(days=1)
BASIS = "权责清单第十二项列明由市自然资源和规划局办理"
DUE = Running("D15", NOW + timedelta(days=5))
WISH = Wish(5, ExtensionReason.E2, "调档函及回执", "收到档案后两日内办结")


def objected(order: Order, now: datetime = NOW) -> Order:
    after, _ = objections.object_to(order, ObjectionReason.O1, BASIS, "410200-U02", TOMORROW, HANDLER, now)
    return after


def asked(order: Order, clock: Running = DUE, wish: Wish = WISH) -> Order:
    after, _ = extensions.ask(order, wish, clock, BUILT_IN[clock.rule], HANDLER, NOW)
    return after


def granted(order: Order) -> Order:
    after, _ = extensions.decide(asked(order), True, "理由成立", True, LEADER, NOW)
    return after


def waiting(
    order: Order, reason: SuspendReason = SuspendReason.S1, resume_by: date = TODAY + timedelta(days=9)
) -> Order:
    after, _ = suspensions.ask(order, reason, "房产测绘委托合同", resume_by, True, BUILT_IN[order.rule], HANDLER, NOW)
    return after


def suspended(order: Order) -> Order:
    after, _ = suspensions.decide(waiting(order), True, "属于法定测绘", None, LEADER, NOW)
    return after


def code(refusal: pytest.ExceptionInfo[DomainError]) -> str:
    return refusal.value.code


@pytest.mark.parametrize("before", [delivered(OF), working(OF)])
def test_an_objection_that_does_not_stand_puts_the_order_back_and_is_the_last(before: Order) -> None:
    waits, [told] = objections.object_to(before, ObjectionReason.O2, BASIS, None, TOMORROW, HANDLER, NOW)
    assert (waits.state, type(told)) == (OrderState.OBJECTED, OrderObjected)
    back, [decided] = objections.decide(waits, False, "职责清楚", LEADER, NOW)
    assert isinstance(decided, OrderObjectionDecided)
    assert (back.state, decided.state, decided.upheld) == (before.state, before.state, False)
    with pytest.raises(Conflict) as refusal:
        objected(back)
    assert code(refusal) == "objection.final"


def test_an_objection_that_stands_ends_the_order_for_this_unit() -> None:
    ended, [told] = objections.decide(objected(working(OF)), True, "确非其职责", LEADER, NOW)
    assert ended.state is OrderState.REASSIGNED
    assert ended.histories.objections[0].decision is not None
    assert isinstance(told, OrderObjectionDecided)
    assert told.state is OrderState.REASSIGNED


def test_a_unit_that_answered_objects_no_more() -> None:
    returned, _ = orders.review(answered(OF), orders.ReviewDecision.RETURN, "缺证据", "u-staff-1", NOW)
    for order in (answered(OF), returned):
        with pytest.raises(Conflict) as refusal:
            objected(order)
        assert code(refusal) == "objection.answered"


def test_an_objection_comes_in_time_with_its_basis_and_names_another_unit() -> None:
    with pytest.raises(Refused) as refusal:
        objected(working(OF), TOMORROW + timedelta(seconds=1))
    assert code(refusal) == "objection.late"
    with pytest.raises(Refused) as refusal:
        objections.object_to(working(OF), ObjectionReason.O1, "不归我管", None, TOMORROW, HANDLER, NOW)
    assert code(refusal) == "objection.no_basis"
    with pytest.raises(Refused) as refusal:
        objections.object_to(working(OF), ObjectionReason.O1, BASIS, "410200-U01", TOMORROW, HANDLER, NOW)
    assert code(refusal) == "objection.same_unit"
    with pytest.raises(Refused) as refusal:
        objections.decide(objected(working(OF)), True, "", LEADER, NOW)
    assert code(refusal) == "objection.no_reason"


def test_an_extension_is_asked_for_granted_and_owed_to_the_reporter() -> None:
    waits, [told] = extensions.ask(working(OF), WISH, DUE, BUILT_IN[DUE.rule], HANDLER, NOW)
    assert isinstance(told, OrderExtensionRequested)
    assert (waits.state, told.number, told.limit) == (OrderState.EXT_ASKED, 1, "5WD")
    runs, [decided, owed] = extensions.decide(waits, True, "理由成立", False, LEADER, NOW)
    assert isinstance(decided, OrderExtensionDecided)
    assert (runs.state, decided.limit, decided.state) == (OrderState.WORKING, "5WD", OrderState.WORKING)
    assert isinstance(owed, OrderContactRequested)
    assert runs.histories.contacts[0].kind is ContactKind.EXTENSION


def test_an_extension_that_is_not_granted_changes_no_limit() -> None:
    runs, [decided] = extensions.decide(asked(working(OF)), False, "可在期限内办结", False, LEADER, NOW)
    assert isinstance(decided, OrderExtensionDecided)
    assert (runs.state, decided.granted, decided.limit) == (OrderState.WORKING, False, None)


def test_a_rule_amended_to_run_without_change_lets_nothing_be_added_to_it() -> None:
    terms = Terms(BUILT_IN["D15"].limit, extendable=False, suspendable=False)
    with pytest.raises(Refused, match="不得延长"):
        extensions.ask(working(OF), WISH, DUE, terms, HANDLER, NOW)
    with pytest.raises(Refused, match="不得中止"):
        suspensions.ask(working(OF), SuspendReason.S1, "测绘合同", TODAY, False, terms, HANDLER, NOW)


def test_an_extension_is_no_longer_than_the_limit_as_amended() -> None:
    with pytest.raises(Refused, match="最多可申请延长2个工作日"):
        extensions.ask(working(OF), replace(WISH, days=3), DUE, Terms(Limit.parse("2WD")), HANDLER, NOW)


@pytest.mark.parametrize(
    ("clock", "wish", "expected"),
    [
        (Running("D13", DUE.due_at), WISH, "extension.forbidden"),
        (Running("D15", NOW - timedelta(seconds=1)), WISH, "extension.late"),
        (DUE, replace(WISH, days=8), "extension.too_long"),
        (Running("D16", DUE.due_at), replace(WISH, days=11), "extension.too_long"),
        (Running("D22", DUE.due_at), replace(WISH, days=4), "extension.too_long"),
        (DUE, replace(WISH, days=0), "extension.too_long"),
        (DUE, replace(WISH, evidence=""), "extension.incomplete"),
        (DUE, replace(WISH, plan=""), "extension.incomplete"),
    ],
)
def test_an_extension_the_rules_do_not_know_is_refused(clock: Running, wish: Wish, expected: str) -> None:
    with pytest.raises(Refused) as refusal:
        asked(working(OF), clock, wish)
    assert code(refusal) == expected


def test_the_due_time_itself_is_still_in_time() -> None:
    assert asked(working(OF), Running("D15", NOW)).state is OrderState.EXT_ASKED


def test_a_second_extension_only_the_committee_grants_and_anybody_in_charge_declines() -> None:
    second = asked(granted(working(OF)))
    with pytest.raises(Refused) as refusal:
        extensions.decide(second, True, "理由成立", False, LEADER, NOW)
    assert code(refusal) == "extension.needs_committee"
    assert extensions.decide(second, False, "不再延长", False, LEADER, NOW)[0].state is OrderState.WORKING
    assert extensions.decide(second, True, "理由成立", True, "u-committee", NOW)[0].state is OrderState.WORKING


def test_a_third_request_is_on_record_and_refused_at_once() -> None:
    order, [told, decided] = extensions.ask(granted(granted(working(OF))), WISH, DUE, BUILT_IN[DUE.rule], HANDLER, NOW)
    assert isinstance(told, OrderExtensionRequested)
    assert isinstance(decided, OrderExtensionDecided)
    assert (order.state, told.number, decided.granted, decided.decided_by) == (OrderState.WORKING, 3, False, "system")


def test_who_asked_for_more_time_may_still_answer() -> None:
    after, _ = orders.answer(asked(working(OF)), given(), OF)
    assert after.state is OrderState.ANSWERED


def test_a_suspension_stands_still_and_goes_on_where_it_stood() -> None:
    order, events = suspensions.decide(
        waiting(working(OF)), True, "属于法定测绘", TODAY + timedelta(days=5), LEADER, NOW
    )
    assert isinstance(events[0], OrderSuspended)
    assert (order.state, events[0].resume_by) == (OrderState.SUSPENDED, TODAY + timedelta(days=5))
    runs, [told] = suspensions.resume(order, HANDLER, NOW + timedelta(days=2))
    assert isinstance(told, OrderResumed)
    assert (runs.state, told.state, told.automatic) == (OrderState.WORKING, OrderState.WORKING, False)


def test_the_leader_shortens_a_suspension_but_does_not_lengthen_it() -> None:
    later = TODAY + timedelta(days=20)
    _, [event, _] = suspensions.decide(waiting(working(OF)), True, "属于法定测绘", later, LEADER, NOW)
    assert isinstance(event, OrderSuspended)
    assert event.resume_by == TODAY + timedelta(days=9)


@pytest.mark.parametrize(
    ("rule", "resume_by", "gave_notice", "basis", "expected"),
    [
        ("D13", TODAY + timedelta(days=3), True, "合同", "suspension.forbidden"),
        ("D15", TODAY, True, "合同", "suspension.day"),
        ("D15", TODAY + timedelta(days=31), True, "合同", "suspension.day"),
        ("D15", TODAY + timedelta(days=3), False, "合同", "suspension.no_notice"),
        ("D15", TODAY + timedelta(days=3), True, "", "suspension.no_basis"),
    ],
)
def test_a_suspension_the_rules_do_not_know_is_refused(
    rule: str, resume_by: date, gave_notice: bool, basis: str, expected: str
) -> None:
    order = replace(working(OF), rule=rule)
    with pytest.raises(Refused) as refusal:
        suspensions.ask(order, SuspendReason.S2, basis, resume_by, gave_notice, BUILT_IN[order.rule], HANDLER, NOW)
    assert code(refusal) == expected


def test_one_suspension_at_a_time_and_none_decided_twice() -> None:
    with pytest.raises(Conflict) as refusal:
        waiting(waiting(working(OF)))
    assert code(refusal) == "suspension.waiting"
    with pytest.raises(Conflict) as refusal:
        suspensions.decide(suspended(working(OF)), True, "再批一次", None, LEADER, NOW)
    assert code(refusal) == "suspension.none_waits"


def test_an_order_that_stands_still_is_not_answered() -> None:
    with pytest.raises(IllegalTransition):
        orders.answer(suspended(working(OF)), given(), OF)


def test_only_what_waits_for_the_reporter_ends_with_their_material() -> None:
    assert not suspensions.waits_for_material(suspended(working(OF)))
    order, _ = suspensions.decide(waiting(working(OF), SuspendReason.S2), True, "已一次性告知", None, LEADER, NOW)
    assert suspensions.waits_for_material(order)


def test_the_window_asks_the_reporter_once_for_the_unit() -> None:
    order, [told] = contacts.request(working(OF), "请补充2024年缴费记录", HANDLER, NOW)
    assert isinstance(told, OrderContactRequested)
    done, [contacted] = contacts.carry_out(order, OF, told.contact_id, "已转告,本周内送来", False, "u-staff-1", NOW)
    assert isinstance(contacted, OrderContacted)
    assert (done.histories.contacts[0].outcome, contacted.by_unit) == ("已转告,本周内送来", False)
    with pytest.raises(Conflict):
        contacts.carry_out(done, OF, told.contact_id, "再次联系", False, "u-staff-1", NOW)


@pytest.mark.parametrize("disclosure", [Disclosure.MASK, Disclosure.ANONYMOUS])
def test_what_a_hidden_reporter_said_is_checked_before_the_unit_reads_it(disclosure: Disclosure) -> None:
    hidden = matter(disclosure)
    order, [told] = contacts.request(working(hidden), "请补充缴费记录", HANDLER, NOW)
    assert isinstance(told, OrderContactRequested)
    with pytest.raises(Refused) as refusal:
        contacts.carry_out(order, hidden, told.contact_id, "已转告", False, "u-staff-1", NOW)
    assert code(refusal) == "contact.text_not_checked"
    done, _ = contacts.carry_out(order, hidden, told.contact_id, "已转告", True, "u-staff-1", NOW)
    assert done.histories.contacts[0].outcome == "已转告"


@pytest.mark.parametrize("disclosure", [Disclosure.MASK, Disclosure.ANONYMOUS])
def test_a_unit_that_does_not_know_the_reporter_cannot_have_spoken_to_them(disclosure: Disclosure) -> None:
    hidden = matter(disclosure)
    with pytest.raises(Refused) as refusal:
        contacts.record(working(hidden), hidden, "已电话联系", HANDLER, NOW)
    assert code(refusal) == "contact.hidden"


def test_contacts_say_what_was_asked_and_what_came_of_it() -> None:
    with pytest.raises(Refused):
        contacts.request(working(OF), "", HANDLER, NOW)
    with pytest.raises(Refused):
        contacts.record(working(OF), OF, "", HANDLER, NOW)
    _, [told] = contacts.record(working(OF), OF, "已电话联系,说明办理进度", HANDLER, NOW)
    assert isinstance(told, OrderContacted)
    assert told.by_unit
