"""What intake has of the roster: clashes are found before anything is sent, then period by period is published."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bancheng.client.calling import Caller, problem_of
from bancheng.client.problems import WrongInput
from bancheng.roster.plan import Planned
from shared.contracts.duty import DutyPeriod, Substitution

PLANNED, THERE, PUBLISHED, REFUSED = "planned", "there", "published", "refused"


@dataclass(frozen=True)
class Roster:
    """The published periods: of the window, and of all others in sight."""

    of_window: Sequence[DutyPeriod]
    elsewhere: Sequence[DutyPeriod]

    def has(self, period: DutyPeriod) -> bool:
        """Whether this very period is published, under whatever number."""
        return any(_plain(other) == _plain(period) for other in self.of_window)


async def read_roster(caller: Caller, window_id: str) -> Roster:
    """Ask intake; raises WrongInput for a window that is not there."""
    windows = [window["window_id"] for window in await _items(caller, "/windows")]
    if window_id not in windows:
        raise WrongInput(f"no window {window_id!r}; there are {', '.join(windows) or 'none'}")
    periods = [_period(item) for item in await _items(caller, "/duty-periods")]
    here = [period for period in periods if period.window_id == window_id]
    return Roster(here, [period for period in periods if period.window_id != window_id])


def clashes(planned: Iterable[Planned], roster: Roster) -> list[str]:
    """Everything that intake would refuse, each in a line."""
    new = [each.period for each in planned if not roster.has(each.period)]
    return [line for period in new for line in _clashes(period, roster)] + _gap(new, roster)


async def publish(caller: Caller, planned: Planned) -> tuple[str, str]:
    """Publish one period: what became of it, and intake's sentence where it refused."""
    period = planned.period
    body = {
        "period_id": period.period_id, "window_id": period.window_id, "start_date": str(period.start_date),
        "end_date": str(period.end_date), "leader_id": period.leader_id, "staff_ids": period.staff_ids,
    }  # fmt: skip
    content = json.dumps(body).encode()
    answer = await caller.post("/duty-periods", content, hashlib.sha256(content).hexdigest())
    if answer.status_code == 201:
        return PUBLISHED, ""
    if answer.status_code in (409, 422):
        return REFUSED, problem_of(answer)[1]
    raise caller.stopped_by(answer)


def _clashes(period: DutyPeriod, roster: Roster) -> Iterable[str]:
    days = f"{period.start_date}…{period.end_date}"
    for other in roster.of_window:
        if period.overlaps(other):
            yield f"{days} overlaps the published {other.start_date}…{other.end_date} ({other.period_id})"
    for other in roster.elsewhere:
        if period.shares_somebody(other):
            shared = ", ".join(sorted(period.everybody & _everybody(other)))
            yield f"{days}: {shared} at {other.window_id} as well ({other.start_date}…{other.end_date})"


def _gap(new: Sequence[DutyPeriod], roster: Roster) -> list[str]:
    if not new or not roster.of_window:
        return []
    day = timedelta(days=1)
    ends = {period.end_date + day for period in roster.of_window}
    starts = {period.start_date - day for period in roster.of_window}
    if new[0].start_date in ends or new[-1].end_date in starts:
        return []
    return [f"the plan must join the published roster: start on {max(ends)}"]


def _everybody(period: DutyPeriod) -> frozenset[str]:
    return period.everybody | {each.substitute_id for each in period.substitutions}


def _plain(period: DutyPeriod) -> DutyPeriod:
    return replace(period, period_id="", org_code="", substitutions=())


async def _items(caller: Caller, path: str) -> list[dict[str, Any]]:
    answer = await caller.get(path)
    if answer.status_code != 200:
        raise caller.stopped_by(answer)
    try:
        return list(answer.json()["items"])
    except (ValueError, KeyError, TypeError) as error:
        raise caller.is_another() from error


def _period(item: dict[str, Any]) -> DutyPeriod:
    first, last = (date.fromisoformat(item[name]) for name in ("start_date", "end_date"))
    substitutions = tuple(
        Substitution.from_json(str(number), each) for number, each in enumerate(item["substitutions"])
    )
    return DutyPeriod(
        item["period_id"], item["window_id"], item["org_code"], first, last, item["leader_id"],
        tuple(item["staff_ids"]), substitutions,
    )  # fmt: skip
