"""The rules an order may run under, and what they say as long as nobody amends them (handbook 5.1, D11–D18)."""

from dataclasses import dataclass

from shared.contracts.codes import Kind
from shared.contracts.errors import Refused
from shared.workdays import Limit, Unit

# R07: the three days of a cannot-do answer are neither extended nor suspended.
ABSOLUTE = ("D13",)
# T15: the new order follows the kind that triage found after the statement was rejected.
RULE_OF_KIND = {Kind.REFUSED: "D12", Kind.HARD: "D15", Kind.CANNOT: "D13"}
DAYS_OF_MONTH = 21  # working days, for what may not be longer; a month is taken as its usual number


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule says in one version."""

    limit: Limit
    extendable: bool = True
    suspendable: bool = True

    @property
    def working_days(self) -> int:
        """The length of the limit in working days, for what may not be longer."""
        match self.limit.unit:
            case Unit.WORKING_DAYS:
                return self.limit.amount
            case Unit.MONTHS:
                return self.limit.amount * DAYS_OF_MONTH
            case Unit.NATURAL_DAYS:
                return max(1, self.limit.amount * 5 // 7)
        return 1


_FIXED = {"extendable": False, "suspendable": False}
ISSUED_UNDER = {
    "D11": Terms(Limit.parse("1WD")),
    "D12": Terms(Limit.parse("3WD")),
    "D13": Terms(Limit.parse("3WD"), **_FIXED),
    "D15": Terms(Limit.parse("7WD")),
    "D16": Terms(Limit.parse("15WD")),
    "D17": Terms(Limit.parse("P1M")),
    "D18": Terms(Limit.parse("1WD")),
}
# The first version of each rule; an order is never issued under that of a rework.
BUILT_IN = ISSUED_UNDER | {"D22": Terms(Limit.parse("3WD"))}


def require_known(rule: str) -> str:
    """The rule itself, refused unless an order may run under it."""
    if rule not in ISSUED_UNDER:
        known = "、".join(ISSUED_UNDER)
        raise Refused("order.unknown_rule", f"交办单不适用时限规则{rule},可用的有:{known}", rule=rule)
    return rule


def binds_work(rule: str) -> bool:
    """Whether a clock is one under which a unit works on an order, not one to acknowledge or to review it."""
    return rule in BUILT_IN
