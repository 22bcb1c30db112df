"""The README's state diagram is the table the code runs by."""

from services.intake.state_diagram import README, renewed


def test_the_readme_shows_the_transitions_as_they_are() -> None:
    text = README.read_text("utf-8")
    assert renewed(text) == text, "renew it: python -m services.intake.state_diagram"
