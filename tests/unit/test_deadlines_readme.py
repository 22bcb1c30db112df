"""The README's table of rules is the table the code runs by."""

from services.deadlines.rule_table import README, renewed


def test_the_readme_shows_the_rules_as_they_are() -> None:
    text = README.read_text("utf-8")
    assert renewed(text) == text, "renew it: python -m services.deadlines.rule_table"
