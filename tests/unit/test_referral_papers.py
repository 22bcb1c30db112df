"""What papers say: the text as it went out, whom they are for, and neither rule nor kind."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.referral import printing
from services.referral.domain import orders
from services.referral.domain.limits_in_force import Limits
from services.referral.domain.orders import Order, Requirement
from services.referral.domain.supervision import Step, document
from services.referral.store.orders import Shown
from shared.contracts.codes import Escalation, OrderState
from shared.contracts.deadlines import RuleAmended
from shared.contracts.errors import Gone, NotFound
from shared.ids import new_id
from tests.unit.referral_room import NOW, TODAY, delivered, drafted, extract, filed, matter, working

OF = matter()
AS_BUILT = Limits({}, NOW)
PLACE = "http://127.0.0.1:8006"


def shown(order: Order, limits: Limits = AS_BUILT) -> Shown:
    return Shown(order, None, "汴监窗〔2026〕000123号", None, "市商务局", "市民之家窗口", limits)  # type: ignore[arg-type]


def amended(since: datetime, **more: Any) -> Limits:
    """D15 amended to ten working days."""
    version = RuleAmended(
        rule="D15", version=2, valid_from=since.date(), since=since, limit="10WD", extendable=True, suspendable=True,
        red_at_once=False, listed=True, amended_by="u-9", amended_at=since,
        **{"org_code": None, "window_id": None, "applies_to_running": False} | more,
    )  # fmt: skip
    return Limits({"D15": (version,)}, NOW)


def reached(level: Escalation, rule: str = "D15", withdrawn: bool = False) -> Step:
    return Step(new_id(), new_id(), level, rule, NOW, NOW, NOW + timedelta(hours=16), withdrawn)


def test_an_order_names_unit_limit_and_number_and_no_rule() -> None:
    values = printing.order_values(shown(delivered(OF)), PLACE)
    assert (values["number"], values["unit"], values["role"]) == ("汴纪监窗交〔2026〕45号", "市商务局", "主办")
    assert values["limit"].startswith("自签收之日起7个工作日内反馈")
    assert "D15" not in str(values)
    assert values["mark"] == ""


def test_a_paper_names_the_limit_in_force_for_its_window_when_it_was_signed() -> None:
    order = delivered(OF)
    before, after = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    said = [
        printing.order_values(shown(order, limits), PLACE)["limit"][:13]
        for limits in (
            amended(before), amended(after), amended(after, applies_to_running=True),
            amended(before, org_code=order.org_code, window_id=order.window_id),
            amended(before, org_code=order.org_code, window_id="410200-W9"),
        )
    ]  # fmt: skip
    seven, ten = "自签收之日起7个工作日内反", "自签收之日起10个工作日内"
    assert said == [ten, seven, seven, ten, seven]


@pytest.mark.parametrize(
    ("order", "mark"),
    [(drafted(OF), "草稿 未签发"), (replace(delivered(OF), state=OrderState.VOIDED), "已作废"),
     (replace(delivered(OF), state=OrderState.REASSIGNED), "已改派")],
)  # fmt: skip
def test_a_paper_that_does_not_stand_says_so(order: Order, mark: str) -> None:
    assert printing.order_values(shown(order), PLACE)["mark"] == mark


def test_the_check_value_is_bound_to_the_text_and_not_to_what_came_later() -> None:
    one, other = delivered(OF), delivered(OF)
    assert printing.check_of(one) == printing.check_of(other)
    task = Requirement("补录信息", due=TODAY)
    assert printing.check_of(orders.with_tasks(working(OF), [task])) == printing.check_of(one)
    changed = replace(one, extract=replace(extract(), demand="赔偿损失"))
    assert orders.paper_hash(changed) != orders.paper_hash(one)
    assert printing.check_of(replace(one, paper_sha256=None)) == printing.check_of(one)


def test_what_is_added_later_is_not_on_the_paper() -> None:
    order = orders.with_tasks(working(OF), [Requirement("补录信息", due=TODAY)])
    assert len(order.extract.requirements) == 2
    assert len(printing.order_values(shown(order), PLACE)["requirements"]) == 1


def test_a_statement_says_every_part_and_who_signed_it() -> None:
    order, statement = filed(OF)
    values = printing.statement_values(shown(order), statement)
    names = [name for name, _ in values["lines"]]
    assert names[:3] == ["交办单编号", "事由", "结论"]
    assert {"理由", "其他途径", "救济途径", "解释人"} <= set(names)
    assert (values["signer"], values["sha256"]) == (statement.signer_id, statement.text_sha256)
    assert values["signature"] == ""
    by_hand = replace(statement, signature_sha256="ab" * 32)
    assert printing.statement_values(shown(order), by_hand)["signature"] == "ab" * 32


@pytest.mark.parametrize(
    ("level", "name", "said"),
    [(Escalation.BLUE, "提醒单", "期限将至"), (Escalation.YELLOW, "催办通知书", "说明超期原因"),
     (Escalation.RED, "督办单", "主要负责人在1个工作日内书面说明"), (Escalation.LISTED, "挂牌督办单", "挂牌督办")],
)  # fmt: skip
def test_each_step_has_its_paper_with_order_number_text_and_addressee(
    level: Escalation, name: str, said: str
) -> None:  # fmt: skip
    values = printing.supervision_values(shown(delivered(OF)), reached(level))
    assert (values["name"], values["number"]) == (name, "汴纪监窗交〔2026〕45号")
    assert said in values["demand"]
    assert values["addressee"]


@pytest.mark.parametrize("rule", ["D12", "D13", "D15"])
def test_supervision_does_not_give_the_kind_away(rule: str) -> None:
    values = printing.supervision_values(shown(delivered(OF)), reached(Escalation.RED, rule))
    assert "反馈办理结果" in values["demand"]
    assert rule not in str(values)


def test_withdrawn_steps_and_reminders_have_no_paper() -> None:
    with pytest.raises(Gone):
        document(reached(Escalation.RED, withdrawn=True))
    with pytest.raises(NotFound):
        document(reached(Escalation.REMIND))
