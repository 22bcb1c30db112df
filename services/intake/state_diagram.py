"""The state diagram of intake's README, made from the table of transitions.

python -m services.intake.state_diagram     after a change of domain/transitions.py
"""

from collections.abc import Iterator
from pathlib import Path

from services.intake.domain.transitions import OPEN, TRANSITIONS, Transition
from shared.contracts.codes import MatterState, label

README = Path(__file__).with_name("README.md")
BEGIN, END = "```mermaid\nstateDiagram-v2\n", "```"
ANY_OPEN = "any_open"


def renewed(text: str) -> str:
    """The README with the diagram as the table has it."""
    before, rest = text.split(BEGIN, 1)
    return before + BEGIN + "".join(f"  {line}\n" for line in _lines()) + END + rest.split(END, 1)[1]


def _lines() -> Iterator[str]:
    yield from (f'state "{state}<br>{label(state)}" as {state}' for state in MatterState)
    yield f'state "any registered state before the end" as {ANY_OPEN}'
    for row in TRANSITIONS:
        event = f"<br>{row.event}" if row.event else ""
        yield from (f"{source} --> {row.to}: {row.number} {row.doing}{event}" for source in _sources(row))


def _sources(row: Transition) -> list[str]:
    return [ANY_OPEN] if row.sources == OPEN else [source or "[*]" for source in row.sources]


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
