"""Due times and explanations counted here, as `bancheng deadline` prints them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bancheng.client.problems import WrongInput
from bancheng.deadline.given import limit_of, start_of
from shared.workdays import ZONE, Calendar, Due, Explanation, OfficeHours, due, explain

TOO_FAR = "the due time lies beyond the years that can be counted"


@dataclass(frozen=True)
class Counter:
    """What dates are counted by."""

    calendar: Calendar
    hours: OfficeHours

    def due(self, start: str, limit: str) -> Due:
        """When the limit ends."""
        begin, parsed = start_of(start), limit_of(limit)
        try:
            return due(begin, parsed, self.calendar, self.hours)
        except (ValueError, OverflowError) as error:
            raise WrongInput(TOO_FAR) from error

    def explained(self, start: str, limit: str) -> Explanation:
        """How it comes to its end."""
        self.due(start, limit)  # refuses what has no due time
        return explain(start_of(start), limit_of(limit), self.calendar, self.hours)

    def answer(self, found: Due) -> dict[str, Any]:
        """A due time for programs."""
        due_at = found.at.astimezone(ZONE).isoformat()
        return {"due": due_at, "provisional": found.provisional, "calendar": self.calendar.version}

    def answers(self, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        """An answer to each line as it comes; a line that cannot be counted is answered by what is wrong with it."""
        for line in lines:
            try:
                yield self.answer(self.due(*_asked(line)))
            except WrongInput as error:
                yield {"error": str(error)}


def _asked(line: bytes) -> tuple[str, str]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WrongInput('the line is no JSON: write {"from": "2026-09-30T10:00+08:00", "limit": "3WD"}') from error
    if not isinstance(asked, dict):
        raise WrongInput('the line is no object with "from" and "limit"')
    for name in ("from", "limit"):
        if not isinstance(asked.get(name), str):
            raise WrongInput(f'"{name}" is missing or no text')
    return asked["from"], asked["limit"]
