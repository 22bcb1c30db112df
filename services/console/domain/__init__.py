"""What the console makes of events: columns of its projection, lines of a timeline, stages of the progress bar."""

from services.console.domain.days import Days, When, days_of
from services.console.domain.inbox import boxes_of
from services.console.domain.lines import LINES, LineSpec, told
from services.console.domain.projection import Changes, Line, project
from services.console.domain.stages import Stage, StageMark, stages
from services.console.domain.supervision import PAPERS, SHAPES, highest

__all__ = [
    "LINES",
    "PAPERS",
    "SHAPES",
    "Changes",
    "Days",
    "Line",
    "LineSpec",
    "Stage",
    "StageMark",
    "When",
    "boxes_of",
    "days_of",
    "highest",
    "project",
    "stages",
    "told",
]
