"""Orders: what must be there before each act, and what each act leaves behind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from services.referral.domain import orders
from services.referral.domain.answers import BeneficiaryResult
from services.referral.domain.limits_in_force import Limits
from services.referral.domain.numbers import order_number
from services.referral.domain.orders import Order, Requirement, ReviewDecision
from shared.contracts.codes import AnswerResult, Disclosure, OrderState, UnitRole
from shared.contracts.errors import IllegalTransition, Refused
from shared.contracts.referral import OrderAccepted, OrderAnswered, OrderDrafted, OrderIssued
from tests.unit.referral_room import (
    HANDLER,
    LEADER,
    NOW,
    STAFF,
    accepted,
    answered,
    delivered,
    drafted,
    extract,
    given,
    matter,
    working,
)


def test_an_order_runs_from_draft_to_struck_off() -> None:
    of = matter()
    order = accepted(of)
    assert order.state is OrderState.CLOSED
    assert (order.signed_by, order.acked_by, order.reviews[-1].by) == (LEADER, HANDLER, STAFF)
    assert order.version == 6


def test_signing_numbers_and_delivers_at_once() -> None:
    order = orders.write_extract(drafted(matter()), extract())
    signed, [event] = orders.sign(order, "汴纪监窗交〔2026〕45号", LEADER, NOW)
    assert signed.state is OrderState.DELIVERED
    assert isinstance(event, OrderIssued)
    assert (event.order_no, event.delivered_at, event.rule) == ("汴纪监窗交〔2026〕45号", NOW, "D15")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"title": ""}, "order.extract_missing"),
        ({"facts": ""}, "order.extract_missing"),
        ({"demand": ""}, "order.extract_missing"),
        ({"requirements": ()}, "order.no_requirement"),
    ],
)
def test_an_extract_with_a_part_missing_is_not_signed(part: dict[str, Any], code: str) -> None:
    of = matter()
    order = orders.write_extract(drafted(of), replace(extract(), **part))
    with pytest.raises(Refused) as refusal:
        orders.require_signable(order, of, text_checked=True)
    assert refusal.value.code == code


@pytest.mark.parametrize("disclosure", [Disclosure.MASK, Disclosure.ANONYMOUS])
def test_a_hidden_reporter_needs_a_checked_text(disclosure: Disclosure) -> None:
    of = matter(disclosure)
    order = orders.write_extract(drafted(of), extract())
    orders.require_signable(order, of, text_checked=True)
    with pytest.raises(Refused) as refusal:
        orders.require_signable(order, of, text_checked=False)
    assert refusal.value.code == "order.text_not_checked"


def test_an_open_reporter_needs_no_text_check() -> None:
    of = matter(Disclosure.AGREE)
    orders.require_signable(orders.write_extract(drafted(of), extract()), of, text_checked=False)


def test_a_signed_order_is_not_edited_any_more() -> None:
    with pytest.raises(IllegalTransition) as refusal:
        orders.write_extract(delivered(matter()), extract())
    assert refusal.value.message == "当前状态是“已送达”,不能修改摘要;需要处于:拟制"


def test_a_requirement_may_not_run_under_a_rule_that_is_no_order_rule() -> None:
    with pytest.raises(Refused) as refusal:
        orders.write_extract(drafted(matter()), replace(extract(), requirements=(Requirement("告知", "", "D03"),)))
    assert refusal.value.code == "order.unknown_rule"


def test_an_order_that_was_not_acknowledged_is_not_answered() -> None:
    of = matter()
    with pytest.raises(IllegalTransition):
        orders.answer(delivered(of), given(), of)


def test_an_answer_without_evidence_is_refused() -> None:
    of = matter()
    with pytest.raises(Refused) as refusal:
        orders.answer(working(of), replace(given(), evidence=()), of)
    assert refusal.value.code == "answer.no_evidence"


def test_the_main_unit_of_a_group_answers_for_everybody() -> None:
    of = matter(group_size=15)
    results = [BeneficiaryResult(label, AnswerResult.SOLVED) for label in of.beneficiaries]
    with pytest.raises(Refused) as refusal:
        orders.answer(working(of), given(AnswerResult.SOLVED, *results[:-1]), of)
    assert refusal.value.extra == {"labels": ["B15"]}
    _, [event] = orders.answer(working(of), given(AnswerResult.SOLVED, *results), of)
    assert isinstance(event, OrderAnswered)
    assert (event.beneficiaries_solved, event.beneficiaries_total) == (15, 15)


def test_a_co_unit_answers_for_those_it_had_to_do_with() -> None:
    of = matter(group_size=15)
    one = BeneficiaryResult("B03", AnswerResult.SOLVED)
    orders.answer(working(of, UnitRole.CO), given(), of)
    orders.answer(working(of, UnitRole.CO), given(AnswerResult.SOLVED, one), of)
    with pytest.raises(Refused) as refusal:
        orders.answer(working(of, UnitRole.CO), given(AnswerResult.SOLVED, one, one), of)
    assert refusal.value.code == "answer.beneficiary_unknown"


def test_nobody_outside_the_group_gets_a_result() -> None:
    of = matter()
    with pytest.raises(Refused) as refusal:
        orders.answer(working(of), given(AnswerResult.SOLVED, BeneficiaryResult("B01", AnswerResult.SOLVED)), of)
    assert refusal.value.code == "answer.beneficiary_unknown"


def test_solved_means_solved_for_every_beneficiary() -> None:
    of = matter(group_size=2)
    results = (BeneficiaryResult("B01", AnswerResult.SOLVED), BeneficiaryResult("B02", AnswerResult.NOT_SOLVED))
    with pytest.raises(Refused) as refusal:
        orders.answer(working(of), given(AnswerResult.SOLVED, *results), of)
    assert refusal.value.code == "answer.result_contradicts"
    order, _ = orders.answer(working(of), given(AnswerResult.PARTLY, *results), of)
    assert order.state is OrderState.ANSWERED


def test_a_returned_answer_may_be_answered_again() -> None:
    of = matter()
    returned, _ = orders.review(answered(of), ReviewDecision.RETURN, "证据与诉求不符", STAFF, NOW)
    assert returned.state is OrderState.RETURNED
    again, _ = orders.answer(returned, given(), of)
    assert (again.state, len(again.answers)) == (OrderState.ANSWERED, 2)


def test_returning_needs_a_reason() -> None:
    with pytest.raises(Refused) as refusal:
        orders.review(answered(matter()), ReviewDecision.RETURN, "", STAFF, NOW)
    assert refusal.value.code == "review.no_reason"


def test_an_unsolved_answer_does_not_pass() -> None:
    with pytest.raises(Refused) as refusal:
        orders.review(answered(matter(), AnswerResult.NOT_SOLVED), ReviewDecision.ACCEPT, "", STAFF, NOW)
    assert refusal.value.code == "review.not_solved"


def test_passing_tells_the_result() -> None:
    _, [event] = orders.review(answered(matter(), AnswerResult.PARTLY), ReviewDecision.ACCEPT, "", STAFF, NOW)
    assert isinstance(event, OrderAccepted)
    assert event.result is AnswerResult.PARTLY


def test_a_successor_takes_unit_and_text_but_not_the_old_check() -> None:
    order = orders.write_extract(drafted(matter(Disclosure.MASK)), replace(extract(), text_check_receipt="r"))
    heir, [event] = orders.draft_successor(order, NOW, rule="D12")
    assert isinstance(event, OrderDrafted)
    assert (heir.unit_id, heir.rule, event.predecessor_id) == (order.unit_id, "D12", order.id)
    assert (heir.extract.facts, heir.extract.text_check_receipt) == (order.extract.facts, None)


def test_a_missed_acknowledgement_lights_up() -> None:
    assert orders.miss_acknowledgement(delivered(matter()), NOW).ack_missed


def test_an_acknowledgement_made_in_time_does_not_light_up() -> None:
    assert not orders.miss_acknowledgement(working(matter()), NOW + timedelta(hours=1)).ack_missed
    assert orders.miss_acknowledgement(working(matter()), NOW - timedelta(hours=1)).ack_missed


def test_the_checked_text_is_all_that_the_unit_reads() -> None:
    wanted = (Requirement("书面答复"), Requirement("联系反映人", "通话记录"))
    assert replace(extract(), requirements=wanted).checked_text.split("\n") == [
        "加油站恢复营业",
        "经营者换发许可证后申请恢复营业,未获同意。",
        "恢复营业",
        "书面答复",
        "联系反映人",
        "通话记录",
    ]


def test_the_limit_in_words_does_not_give_the_kind_away() -> None:
    limits, order = Limits({}, NOW), drafted(matter())
    said = "自签收之日起3个工作日内反馈;逾1个工作日未签收的,自送达之日起算"
    assert limits.printed(order, "D12") == limits.printed(order, "D13") == said


def test_numbers_of_two_windows_never_look_alike() -> None:
    assert order_number("410200-W1", "410200", 2026, 45) == "汴纪监窗交〔2026〕45号"
    assert order_number("410221-W1", "410200", 2026, 45) == "汴纪监窗交(410221-W1)〔2026〕45号"


@dataclass(frozen=True)
class Act:
    """A command on an order, and the only states that allow it."""

    do: Callable[[Order], object]
    allowed: set[OrderState]


OF = matter()
ACTS = {
    "extract": Act(lambda order: orders.write_extract(order, extract()), {OrderState.DRAFT}),
    "sign": Act(lambda order: orders.sign(order, "1", LEADER, NOW), {OrderState.DRAFT}),
    "acknowledge": Act(lambda order: orders.acknowledge(order, HANDLER, NOW), {OrderState.DELIVERED}),
    "answer": Act(lambda order: orders.answer(order, given(), OF), set(orders.WORKABLE)),
    "review": Act(lambda order: orders.review(order, ReviewDecision.ACCEPT, "", STAFF, NOW), {OrderState.ANSWERED}),
}


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("name", list(ACTS))
def test_an_act_is_possible_in_its_states_and_in_no_other(name: str, state: OrderState) -> None:
    order = replace(answered(OF), state=state)
    if state in ACTS[name].allowed:
        ACTS[name].do(order)
        return
    with pytest.raises(IllegalTransition):
        ACTS[name].do(order)
