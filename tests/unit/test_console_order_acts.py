"""The forms of orders: filled in whole, each is what referral takes; small parts of them."""

from typing import Any

import orjson
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from services.console.desk.fields import Field
from services.console.desk.order_acts import ORDER_ACTS, acts_on, unread
from services.console.desk.unit_acts import labels
from services.console.desk.window_acts import checked_text
from services.referral.domain.orders import ENDED, WORKABLE, Extract, Requirement
from services.referral.http import routers
from shared.contracts.actor import Actor
from shared.contracts.codes import OrderState, Role
from shared.ids import new_id
from tests.service.console_orders import ORDER

CONTACT = str(new_id())
WAITING = {"id": CONTACT, "kind": "ASKED", "what": "补充", "done_at": None}
SEEN: dict[str, Any] = ORDER | {
    "group_size": 15, "marks": ["王主任"], "contacts": [WAITING], "draft": None, "reporter_known": True,
    "files": [{"file_id": CONTACT, "purpose": purpose, "name": "截图", "is_erased": False}
              for purpose in ("EVIDENCE", "SIGNATURE")],
    "comparisons": [{"comparison_id": CONTACT, "needed": False, "reason": "已有统一规定", "rows": []}],
}  # fmt: skip


def model_of(act: str) -> type[BaseModel]:
    """What referral takes from this form."""
    path, method = f"/orders/{{order_id}}/{ORDER_ACTS[act].path}", ORDER_ACTS[act].method
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.path == path and method in (route.methods or ()):
                model: Any = route.dependant.body_params[0].field_info.annotation
                return model  # type: ignore[no-any-return]
    raise AssertionError(f"referral has no {method} {path}")


def filled_in(field: Field) -> list[str]:
    """A plausible answer."""
    by_name = {"copies": "2", "days": "3", "sha256": "ab" * 32, "policy_id": CONTACT, "SOLVED": "B01-B13",
               "PARTLY": "B14", "NOT_SOLVED": "B15"}  # fmt: skip
    if said := by_name.get(field.name.rsplit(".", 1)[-1]):
        return [said]
    match field.shape:
        case "one" | "many":
            return [field.choices[0][0]]
        case "unit":
            return ["410200-U02"]
        case "day":
            return ["2026-10-08"]
        case "moment":
            return ["2026-09-28T09:30"]
        case "tick":
            return ["yes"]
        case _:
            return ["核实过的情况"]


@pytest.mark.parametrize("act", [act for act, each in ORDER_ACTS.items() if not each.form.carries_file])
def test_a_form_filled_in_whole_is_what_referral_takes(act: str) -> None:
    form = ORDER_ACTS[act].form_for(SEEN)
    fields = [field for group in form.groups for field in group.fields]
    body = form.filled({field.name: filled_in(field) for field in fields})
    body.pop("contact_id", None)  # stands in the address
    more = {"text_sha256": "ab" * 32} if act == "statement-signature" else {}
    taken = model_of(act).model_validate_json(orjson.dumps(body | more))
    assert len(taken.model_dump(exclude_unset=True)) == len(body | more)


@pytest.mark.parametrize("act", ORDER_ACTS)
def test_a_form_can_be_shown_again_while_the_order_cannot_be_read(act: str) -> None:
    fields = [field for group in ORDER_ACTS[act].form_for(SEEN).groups for field in group.fields]
    again = ORDER_ACTS[act].form_for(unread(new_id(), {field.name: filled_in(field) for field in fields}))
    assert {field.name for field in fields} == {field.name for group in again.groups for field in group.fields}


def test_nobody_is_led_to_an_act_of_the_other_side() -> None:
    unit = Actor("u-9", "410200", "UNIT", frozenset({Role.UNIT_HANDLER, Role.UNIT_PRINCIPAL}), unit_id="410200-U01")
    leader = Actor("u-1", "410200", "DISCIPLINE", frozenset({Role.DUTY_LEADER, Role.DUTY_STAFF}), window_id="410200-W1")
    for state in OrderState:
        for changes in ({}, {"suspension_waits": True, "open_contacts": 1}):
            order = SEEN | {"state": state.value} | changes
            both = acts_on(unit, order).keys() & acts_on(leader, order).keys()
            assert bool(acts_on(unit, order)) == (state not in (OrderState.DRAFT, *ENDED)), state
            assert both == ({"resumption"} if state is OrderState.SUSPENDED else set()), state


def test_ended_orders_and_those_in_hand_are_what_referral_says() -> None:
    for act in ("answer", "notices", "statement"):
        assert set(ORDER_ACTS[act].states) == set(WORKABLE)
    assert set(OrderState) - set(ORDER_ACTS["voiding"].states) == set(ENDED)


def test_the_text_for_intakes_check_is_the_one_that_referral_compares() -> None:
    wanted = (Requirement("书面答复", "答复文书"), Requirement("说明理由"))
    extract = Extract("加油站恢复营业", "换发许可证后\r\n申请恢复营业", "恢复营业", wanted)
    body = {"title": extract.title, "facts_extract": extract.facts, "demand": extract.demand,
            "requirements": [{"what": "书面答复", "evidence": "答复文书"}, {"what": "说明理由"}]}  # fmt: skip
    assert checked_text(body) == extract.checked_text


def test_beneficiaries_are_written_as_spans_or_one_by_one() -> None:
    assert labels("B01-B03、b07") == ["B01", "B02", "B03", "B07"]
    assert labels("B98至B101") == ["B98", "B99", "B100", "B101"]
    assert labels("") == []
    assert labels("张某 B9-B1 B01-B99999") == ["张某", "B9-B1", "B01-B99999"]
