"""Versions of the rules (期限规则版本): which one a clock runs by.

Version 1 of each is the built-in table, everywhere and always.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from services.deadlines.domain.rules import RULES, Rule
from shared.contracts.rules import in_force

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """期限规则的一个版本: the rule as it is amended, where and since when, on what basis and by whom."""

    rule: Rule
    version: int = 1
    since: datetime = ALWAYS  # the opening of `valid_from`, or the amendment itself if that came later
    amended_at: datetime = ALWAYS
    org_code: str | None = None
    window_id: str | None = None
    applies_to_running: bool = False
    valid_from: date | None = None
    basis: str = ""
    reason: str = ""
    amended_by: str | None = None

    def extends(self, granted_at: datetime) -> bool:
        """Whether an extension counts; one granted before the amendment stands."""
        return self.rule.extendable or granted_at < self.amended_at

    def suspends(self, paused_at: datetime) -> bool:
        """Whether a pause counts; one agreed to before the amendment stands."""
        return self.rule.suspendable or paused_at < self.amended_at


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions there are, those of each rule by their numbers; the built-in ones need not be named."""

    amended: Mapping[str, tuple[RuleVersion, ...]] = field(default_factory=dict)

    @classmethod
    def of_all(cls, amended: Iterable[RuleVersion]) -> "Versions":
        """From the versions after the first, of any rules."""
        grouped: dict[str, tuple[RuleVersion, ...]] = {}
        for version in sorted(amended, key=lambda each: each.version):
            grouped[version.rule.id] = (*grouped.get(version.rule.id, ()), version)
        return cls(grouped)

    def of_rule(self, rule: str) -> tuple[RuleVersion, ...]:
        """Every version of a rule, the built-in one first."""
        return BUILT_IN[rule], *self.amended.get(rule, ())

    def numbered(self, rule: str, version: int) -> RuleVersion:
        """The version that a clock says it runs by."""
        return next(each for each in self.of_rule(rule) if each.version == version)

    def for_clock(
        self, rule: str, org_code: str, window_id: str, promised_at: datetime, stopped_at: datetime | None
    ) -> RuleVersion:
        """The version a clock runs by: a function of when it was promised, of its stop, and of the versions."""
        amended = self.amended.get(rule, ())
        return in_force(amended, org_code, window_id, promised_at, stopped_at, running=True) or BUILT_IN[rule]

    def on(self, rule: str, org_code: str | None, window_id: str | None, at: datetime) -> RuleVersion:
        """The version in force somewhere at a moment."""
        return in_force(self.amended.get(rule, ()), org_code, window_id, at) or BUILT_IN[rule]

    def beside(self, version: RuleVersion) -> "Versions":
        """These and one more."""
        rule = version.rule.id
        return Versions({**self.amended, rule: (*self.amended.get(rule, ()), version)})


BUILT_IN = {rule.id: RuleVersion(rule, basis="办不成事监督窗口期限规则(系统内置)") for rule in RULES.values()}

NOT_AMENDED = Versions()

__all__ = ["BUILT_IN", "NOT_AMENDED", "RuleVersion", "Versions"]
