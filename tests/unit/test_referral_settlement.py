"""When a round is settled, and as what."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.referral.domain import orders
from services.referral.domain.matters import Matter
from services.referral.domain.orders import Order, Settlement
from services.referral.domain.settlement import require_without_successor, settle, without_successor
from services.referral.domain.statements import StatementDecision, decide
from shared.contracts.codes import AnswerResult, OrderState, Outcome
from shared.contracts.errors import Conflict, IllegalTransition
from shared.contracts.referral import OrdersAllSettled
from tests.unit.referral_room import LEADER, NOW, accepted, comparison, drafted, filed, matter, working


def outcome(of: Matter, *of_matter: Order) -> Outcome | None:
    """The outcome published, if the round is settled."""
    for event in settle(of, of_matter, NOW):
        assert isinstance(event, OrdersAllSettled)
        return event.outcome
    return None


def upheld(of: Matter) -> Order:
    """An order whose statement stands."""
    order, statement = filed(of)
    return decide(order, statement, StatementDecision.UPHOLD, comparison(of), "", LEADER, NOW)[0]


def rejected(of: Matter) -> Order:
    """An order whose statement does not stand."""
    order, statement = filed(of)
    return decide(order, statement, StatementDecision.REJECT, None, "条文不适用", LEADER, NOW)[0]


def test_the_matter_settles_only_after_both_orders() -> None:
    of = matter()
    assert outcome(of, accepted(of), working(of)) is None
    assert outcome(of, accepted(of), accepted(of)) is Outcome.DONE


def test_only_upheld_statements_end_as_explained() -> None:
    of = matter()
    assert outcome(of, upheld(of)) is Outcome.CANNOT_EXPLAINED


def test_mixed_ends_are_partly() -> None:
    of = matter()
    assert outcome(of, accepted(of), upheld(of)) is Outcome.PARTLY
    assert outcome(of, accepted(of), accepted(of, AnswerResult.PARTLY)) is Outcome.PARTLY


def test_a_matter_without_orders_never_settles_here() -> None:
    assert outcome(matter()) is None


def test_a_rejected_order_is_open_until_its_successor_is_settled() -> None:
    of = matter()
    lost = rejected(of)
    heir, _ = orders.draft_successor(lost, NOW, rule="D15")
    assert outcome(of, lost) is None
    assert outcome(of, lost, heir) is None
    assert outcome(of, lost, replace(accepted(of), predecessor_id=lost.id)) is Outcome.DONE


def test_a_rejected_order_gets_one_successor() -> None:
    of = matter()
    lost = rejected(of)
    require_without_successor(lost, [lost])
    heir, _ = orders.draft_successor(lost, NOW)
    with pytest.raises(Conflict):
        require_without_successor(lost, [lost, heir])
    with pytest.raises(IllegalTransition):
        require_without_successor(heir, [lost, heir])


def test_orders_of_an_earlier_round_do_not_count() -> None:
    of = matter()
    again = of.in_round(2)
    assert outcome(again, accepted(of)) is None
    assert outcome(again, accepted(of), accepted(again)) is Outcome.DONE


def test_a_voided_order_does_not_count() -> None:
    of = matter()
    assert outcome(of, accepted(of), replace(drafted(of), state=OrderState.VOIDED)) is Outcome.DONE
    assert outcome(of, replace(drafted(of), state=OrderState.VOIDED)) is None


OPEN = [state for state in OrderState if state not in (OrderState.CLOSED, OrderState.VOIDED, OrderState.REJECTED)]


@settings(deadline=None)
@given(ends=st.lists(st.sampled_from(Settlement), max_size=5), still=st.lists(st.sampled_from(OPEN), max_size=3))
def test_one_open_order_keeps_the_round_open_whatever_the_others_are(
    ends: list[Settlement], still: list[OrderState]
) -> None:
    of = matter()
    closed = [replace(drafted(of), state=OrderState.CLOSED, settlement=end) for end in ends]
    unsettled = [replace(drafted(of), state=state) for state in still]
    assert (outcome(of, *closed, *unsettled) is not None) == bool(ends and not still)


def test_what_was_rejected_and_not_followed_is_found() -> None:
    of = matter()
    lost, followed = rejected(of), rejected(of)
    heir, _ = orders.draft_successor(followed, NOW)
    assert without_successor([lost, followed, heir]) == [lost]
