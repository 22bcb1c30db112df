"""What pages and the API show, made from rows that are already cut to the reader's rights."""

from services.console.view.clocks import ClockView, clocks_of
from services.console.view.deadlines import BoardView, OpenClock, board_of, open_clocks_of
from services.console.view.inbox import Letter, Sent, letters_of, sent_of
from services.console.view.matters import (
    ListView,
    MatterLine,
    MatterView,
    lines_of,
    of_list,
    of_matter,
    units_named,
)

__all__ = [
    "BoardView",
    "ClockView",
    "Letter",
    "ListView",
    "MatterLine",
    "MatterView",
    "OpenClock",
    "Sent",
    "board_of",
    "clocks_of",
    "letters_of",
    "lines_of",
    "of_list",
    "of_matter",
    "open_clocks_of",
    "sent_of",
    "units_named",
]
