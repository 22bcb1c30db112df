"""The rules D01–D27 as data: what a limit is called, how long it is, and how its ladder differs (handbook 5.1)."""

from dataclasses import dataclass

from shared.workdays import Limit


@dataclass(frozen=True, slots=True)
class Rule:
    """期限规则. `limits` holds more than one where the rule has steps; an active rule has exactly one."""

    id: str
    name: str
    limits: tuple[Limit, ...]
    inactive: str = ""  # why no clock runs by it
    extendable: bool = True
    suspendable: bool = True
    binds_unit: bool = False
    red_at_once: bool = False
    red_after: Limit | None = None  # counted from the start; without it red comes 3 WD after the due time
    listed: bool = True

    @property
    def active(self) -> bool:
        """Whether clocks run by it."""
        return not self.inactive

    @property
    def limit(self) -> Limit:
        """The one limit of an active rule."""
        return self.limits[0]


def _rule(id: str, name: str, *limits: str, **more: object) -> Rule:
    return Rule(id, name, tuple(map(Limit.parse, limits)), **more)  # type: ignore[arg-type]


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        _rule("D01", "线上/转来事项登记", "1WD"),
        _rule("D02", "受理审查(超期视为受理)", "3WD"),
        _rule("D03", "首次响应反映人", "SAME_DAY", extendable=False, suspendable=False,
              inactive="no event tells that the reporter was told; only who comes in gets a slip"),
        _rule("D04", "研判", "1WD"),
        _rule("D05", "批转并下发交办单", "SAME_DAY"),
        # An order not acknowledged within 1 WD counts as acknowledged for its own clock, which carries the rest of
        # the ladder: so red comes then, and D06 itself is never listed.
        _rule("D06", "承办单位签收", "4WH", binds_unit=True, red_after=Limit.parse("1WD"), listed=False),
        _rule("D07", "承办单位联系反映人", "SAME_DAY", extendable=False, suspendable=False, binds_unit=True,
              inactive="nobody has decreed which units are to call; `order.contacted` tells when one did"),
        _rule("D08", "退单异议", "1WD", binds_unit=True,
              inactive="a right that lapses, not a duty to be late with: referral refuses an objection after it"),
        _rule("D10", "当场办结", "SAME_DAY"),
        _rule("D11", "符合政策马上办·一般", "1WD", binds_unit=True),
        _rule("D12", "不给办", "3WD", binds_unit=True),
        # R07: the three working days of a cannot-do statement are absolute, and red comes with the first minute.
        _rule("D13", "办不了·不能办情况说明", "3WD", extendable=False, suspendable=False, binds_unit=True,
              red_at_once=True),
        _rule("D14", "不能办反馈反映人", "1WD"),
        _rule("D15", "很难办", "7WD", binds_unit=True),
        _rule("D16", "复杂·需会商", "15WD", binds_unit=True),
        _rule("D17", "历史遗留/特别复杂", "P1M", binds_unit=True),
        _rule("D18", "一次性告知", "1WD", binds_unit=True),
        _rule("D19", "结果审核", "1WD"),
        _rule("D20", "反馈反映人", "1WD"),
        _rule("D21", "首次回访", "1WD"),
        _rule("D22", "重办", "3WD", binds_unit=True),
        _rule("D23", "差评联系/整改", "1WD", "5WD", inactive="no ratings yet"),
        _rule("D24", "入企访廉问题登记", "1WD", inactive="no event tells the day of the visit"),
        _rule("D25", "类案建议采纳答复", "15WD", inactive="no classes of matters yet"),
        _rule("D26", "通报签收/行动反馈", "2WD", "10WD", inactive="no bulletins yet"),
        _rule("D27", "信访条例长限", "15ND", "60ND", "30ND", inactive="no matter is marked as 信访 yet"),
    )
}  # fmt: skip

# The rules an order may be issued under.
ORDER_RULES = ("D11", "D12", "D13", "D15", "D16", "D17", "D18")

# The rules whose name tells the kind of a matter (三类事): a unit is shown the limit instead.
TELLING_RULES = frozenset(ORDER_RULES)


__all__ = ["ORDER_RULES", "RULES", "TELLING_RULES", "Rule"]
