"""The colours of supervision (督办): never a colour alone, always a shape and a word beside it (handbook 5.2)."""

from collections.abc import Iterable

from shared.contracts.codes import Escalation

LADDER = tuple(Escalation)  # declared from the lowest step to the highest

SHAPES: dict[Escalation, str] = {
    Escalation.REMIND: "○",
    Escalation.BLUE: "●",
    Escalation.YELLOW: "▲",
    Escalation.RED: "◆",
    Escalation.RAISED: "■",
    Escalation.LISTED: "★",
}


def highest(levels: Iterable[str]) -> Escalation | None:
    """The highest step among these."""
    return max((Escalation(level) for level in levels), key=LADDER.index, default=None)
