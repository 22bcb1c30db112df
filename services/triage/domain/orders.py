"""What an order may look like when it is proposed or approved: units, roles, limit rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.triage.domain.assessment import Judgement
from shared.contracts.codes import Kind, UnitRole, label
from shared.contracts.errors import Refused
from shared.contracts.triage import OrderDraft, ProposedUnit

# Handbook 5.1. Each kind has its own rules, the usual one first; a shorter one is always allowed. For 办不了 that is
# only D18 beside the statement: no rule but D13 excludes extension and suspension (R07).
ORDER_RULES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.REFUSED: ("D12", "D11", "D18"),
    Kind.HARD: ("D15", "D16", "D17", "D12", "D11", "D18"),
    Kind.CANNOT: ("D13", "D18"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of the unit directory, as referral published it."""

    unit_id: str
    name: str
    valid_from: date
    valid_to: date | None = None
    successor_id: str | None = None
    supervision_office_id: str | None = None  # 联系该单位的监督检查室


def require_known_units(unit_ids: Collection[str], directory: Mapping[str, Unit], today: date) -> None:
    """Only units of the directory that exist today; the refusal names the successor of one that was abolished."""
    for unit_id in unit_ids:
        unit = directory.get(unit_id)
        if unit is None:
            raise Refused("unit.unknown", f"单位名录中没有“{unit_id}”,请从名录中选择单位")
        if today < unit.valid_from:
            raise Refused("unit.not_valid", f"{unit.name}自{unit.valid_from}起才可承办,请另选单位")
        if unit.valid_to is not None and today > unit.valid_to:
            advice = f"请改选承接其职责的单位“{unit.successor_id}”" if unit.successor_id else "请另选单位"
            raise Refused("unit.not_valid", f"{unit.name}已于{unit.valid_to}停止承办,{advice}")


def require_orders(judgement: Judgement, orders: Sequence[OrderDraft]) -> None:
    """Exactly one main unit and fitting rules; no order at all only where the window may handle the matter itself."""
    if not orders and not judgement.window_may_handle:
        raise Refused(
            "approval.unit_missing",
            "只有“符合政策马上办”和很难办事项的“疑难复杂推动办”可由窗口自行办理;"
            f"本件为{label(judgement.kind)}、“{label(judgement.policy)}”,请至少列出一个主办单位",
        )
    require_one_part_each(orders)
    if orders and all(order.role is UnitRole.CO for order in orders):
        raise Refused("approval.main_unit_missing", "请指定一个主办单位,其余列为协办")
    for order in orders:
        require_fitting_rule(judgement.kind, order.rule)


def require_one_part_each(units: Sequence[ProposedUnit]) -> None:
    """No unit twice, and not more than one of them the main unit."""
    if len({unit.unit_id for unit in units}) < len(units):
        raise Refused("triage.unit_twice", "同一单位只能列一次")
    if sum(unit.role is UnitRole.MAIN for unit in units) > 1:
        raise Refused("triage.two_main_units", "主办单位只能有一个,其余请列为协办")


def require_fitting_rule(kind: Kind, rule: str | None) -> None:
    """The limit rule must be one of its kind, or a shorter one."""
    fitting = ORDER_RULES[kind]
    if rule is not None and rule not in fitting:
        raise Refused("triage.rule_unfit", f"{label(kind)}事项的时限规则只能选{'、'.join(fitting)}", allowed=fitting)


def kept_or_usual_rule(rule: str | None, kind: Kind) -> str:
    """The rule so far if it fits another kind too, else that kind's usual one."""
    fitting = ORDER_RULES[kind]
    return rule if rule in fitting else fitting[0]
