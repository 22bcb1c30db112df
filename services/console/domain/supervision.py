"""The colours of supervision (督办): never a colour alone, always a shape and a word beside it (handbook 5.2)."""

from collections.abc import Iterable

from shared.contracts.codes import Escalation, label

LADDER = tuple(level.value for level in Escalation)  # declared from the lowest step to the highest

SHAPES: dict[Escalation, str] = {
    Escalation.REMIND: "○",
    Escalation.BLUE: "●",
    Escalation.YELLOW: "▲",
    Escalation.RED: "◆",
    Escalation.RAISED: "■",
    Escalation.LISTED: "★",
}
UNKNOWN_SHAPE = "◈"

# What goes out with each step; a reminder is a message only. As referral prints them.
PAPERS: dict[Escalation, str] = {
    Escalation.BLUE: "提醒单",
    Escalation.YELLOW: "催办通知书",
    Escalation.RED: "督办单",
    Escalation.LISTED: "挂牌督办单",
}


def shape(level: str) -> str:
    """The shape of a step, also of one that is newer than this console."""
    step = _known(level)
    return SHAPES.get(step, UNKNOWN_SHAPE) if step else UNKNOWN_SHAPE


def name(level: str) -> str:
    """A step in words; the bare code where it is not known."""
    step = _known(level)
    return label(step) if step else level


def paper(level: str) -> str | None:
    """The paper of a step; none where there is none, or none known."""
    step = _known(level)
    return PAPERS.get(step) if step else None


def highest(levels: Iterable[str]) -> str | None:
    """The highest step among these; one that is newer than this console counts as higher than all it knows."""
    return max(levels, key=lambda level: LADDER.index(level) if level in LADDER else len(LADDER), default=None)


def _known(level: str) -> Escalation | None:
    return Escalation(level) if level in LADDER else None
