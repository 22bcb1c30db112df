"""What the console makes of events: columns of its projection, lines of a timeline, stages of the progress bar."""

from services.console.domain.lines import LINES, LineSpec, told
from services.console.domain.projection import Changes, Line, project
from services.console.domain.stages import Stage, StageMark, stages
from services.console.domain.supervision import SHAPES, highest

__all__ = [
    "LINES",
    "SHAPES",
    "Changes",
    "Line",
    "LineSpec",
    "Stage",
    "StageMark",
    "highest",
    "project",
    "stages",
    "told",
]
