"""反映人联系单: who may call the reporter, and what stands on the sheet."""

from dataclasses import asdict, replace

import pytest

from services.intake.domain.identity import Agent, Beneficiary, Identity, Representative
from services.intake.domain.matter import Matter, Order
from services.intake.domain.transitions import FINAL
from shared.contracts.codes import Disclosure, IdType, MatterState, OrderState
from shared.ids import new_id
from tests.unit.intake_room import in_state

UNIT, OTHER = "410200-U01", "410200-U02"
IN_HAND = {
    OrderState.DELIVERED, OrderState.ACKED, OrderState.OBJECTED, OrderState.WORKING,
    OrderState.EXT_ASKED, OrderState.ANSWERED, OrderState.CANNOT_FILED, OrderState.RETURNED, OrderState.SUSPENDED,
}  # fmt: skip


def ordered(
    state: OrderState = OrderState.WORKING, disclosure: Disclosure = Disclosure.AGREE,
    at: MatterState = MatterState.HANDLING, round: int = 1, replaced: bool = False,
) -> Matter:  # fmt: skip
    order = Order(new_id(), UNIT, round, state, replaced)
    matter = in_state(at, orders=(order,))
    assert matter.registration
    return replace(matter, registration=replace(matter.registration, disclosure=disclosure))


@pytest.mark.parametrize("state", OrderState)
def test_a_unit_may_call_while_it_has_an_order_in_hand(state: OrderState) -> None:
    assert ordered(state).may_be_called_by(UNIT) is (state in IN_HAND)
    assert not ordered(state).may_be_called_by(OTHER)


@pytest.mark.parametrize("disclosure", [Disclosure.MASK, Disclosure.ANONYMOUS])
def test_nobody_may_call_who_did_not_agree(disclosure: Disclosure) -> None:
    assert not ordered(disclosure=disclosure).may_be_called_by(UNIT)


@pytest.mark.parametrize("state", MatterState)
def test_after_the_end_no_unit_may_call(state: MatterState) -> None:
    assert ordered(at=state).may_be_called_by(UNIT) is (state not in FINAL)


def test_an_order_of_an_earlier_round_or_one_that_was_replaced_gives_no_right() -> None:
    assert not replace(ordered(), round=2).may_be_called_by(UNIT)
    assert not ordered(replaced=True).may_be_called_by(UNIT)


def test_the_sheet_has_name_and_phone_and_nothing_of_papers_or_of_whom_it_is_about() -> None:
    person = Identity(
        "李某某", "13800000001", IdType.ID_CARD, "11010519491231002X", Agent("李某某", "舅舅", "13800000002"),
        Beneficiary("徐某某", 24),
    )  # fmt: skip
    assert asdict(person.contact_sheet) == {
        "name": "李某某", "phone": "13800000001", "agent": None, "representatives": (),
    }  # fmt: skip


def test_where_the_reporter_left_no_number_the_agent_is_named_with_theirs() -> None:
    sheet = Identity("徐某某", agent=Agent("李某某", "舅舅", "13800000002")).contact_sheet
    assert (sheet.phone, sheet.agent) == (None, Representative("李某某", "13800000002"))


def test_of_a_group_its_representatives_are_named() -> None:
    people = (Representative("王某", "13800000003"), Representative("赵某"))
    sheet = Identity("三十二号院住户", "13800000001", representatives=people).contact_sheet
    assert sheet.representatives == people
