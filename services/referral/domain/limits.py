"""The limits an order may run under, in the words the unit reads (handbook 5.1, D11–D18)."""

from shared.contracts.codes import Kind
from shared.contracts.errors import Refused
from shared.workdays import Limit

_LIMITS = {
    rule: Limit.parse(limit)
    for rule, limit in {
        "D11": "1WD", "D12": "3WD", "D13": "3WD", "D15": "7WD", "D16": "15WD", "D17": "P1M", "D18": "1WD",
    }.items()
}  # fmt: skip

# How long each is in working days, for what may not be longer; a month is taken as its usual number.
_WORKING_DAYS = {"D11": 1, "D12": 3, "D13": 3, "D15": 7, "D16": 15, "D17": 21, "D18": 1, "D22": 3}

# R07: the three days of a cannot-do answer are neither extended nor suspended.
ABSOLUTE = ("D13",)

# T15: the new order follows the kind that triage found after the statement was rejected.
RULE_OF_KIND = {Kind.REFUSED: "D12", Kind.HARD: "D15", Kind.CANNOT: "D13"}


def require_known(rule: str) -> str:
    """The rule itself, refused unless an order may run under it."""
    if rule not in _LIMITS:
        raise Refused("order.unknown_rule", f"交办单不适用时限规则{rule},可用的有:{'、'.join(_LIMITS)}", rule=rule)
    return rule


def binds_work(rule: str) -> bool:
    """Whether a clock is one under which a unit works on an order, not one to acknowledge or to review it."""
    return rule in _WORKING_DAYS


def working_days(rule: str) -> int:
    """The length of an order's limit, or of its rework (D22), in working days."""
    return _WORKING_DAYS[rule]


def in_words(rule: str) -> str:
    """限期办结 as printed: the rule id would give the kind away, and the date only comes with the acknowledgement."""
    return f"自签收之日起{_LIMITS[rule].in_words}内反馈;逾1个工作日未签收的,自送达之日起算"
