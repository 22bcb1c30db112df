"""The rules as the README shows them; `python -m services.deadlines.rule_table` renews it."""

from pathlib import Path

from services.deadlines.domain.rules import RULES, Rule
from services.deadlines.domain.triggers import TRIGGERS, Trigger

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- rules: generated -->\n", "<!-- end of rules -->\n"


def rule_table() -> str:
    """A Markdown table, one line for each rule and way it starts."""
    lines = ["| rule | 期限 | limit | starts with | stops with |", "|---|---|---|---|---|"]
    for rule in RULES.values():
        triggers = [trigger for trigger in TRIGGERS if rule.id in trigger.rules]
        lines += [_line(rule, trigger) for trigger in triggers] or [_line(rule, None)]
    return "\n".join(lines) + "\n"


def renewed(readme: str) -> str:
    """The README's text with the table as it is now."""
    before, rest = readme.split(BEGIN)
    return before + BEGIN + rule_table() + END + rest.split(END)[1]


def _line(rule: Rule, trigger: Trigger | None) -> str:
    limits = " / ".join(limit.in_words for limit in rule.limits)
    if trigger is None:
        return f"| {rule.id} | {rule.name} | {limits} | not yet: {rule.inactive} | |"
    scope = " (each order)" if trigger.per_order else ""
    starts, stops = (", ".join(f"`{mark}`" for mark in marks) for marks in (trigger.starts, trigger.stops))
    return f"| {rule.id} | {rule.name} | {limits} | {starts}{scope} | {stops} |"


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
