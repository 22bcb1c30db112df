"""Explanations as deadlines would give them, for the console's pages and the command line."""

from typing import Any

from services.deadlines.domain.counting import Counting
from services.deadlines.explaining import explained
from services.deadlines.http.explanations import answer_of
from shared.workdays import OfficeHours
from tests.unit.deadlines_story import COUNTING, acked, clock, extension_decided, issued, suspended, told

STORY = [
    issued("09-29 16:00"), acked("09-30 10:00"), suspended("10-09 10:00", "10-13"),
    extension_decided("10-14 10:00", "2WD"),
]  # fmt: skip


def explanation(*, plain: bool = True, hours: OfficeHours | None = None) -> dict[str, Any]:
    """A clock over the National Day, paused and extended; to a unit without its rule; by other hours than it began."""
    known = clock(told(STORY)[0], "D15")
    counting = Counting(COUNTING.calendar, hours) if hours else COUNTING
    return answer_of(explained(known, counting), plain).model_dump(mode="json")
