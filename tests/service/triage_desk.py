"""A triage service with a window on duty and a directory of units, and the people who work there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts import Event
from shared.contracts.codes import AcceptMode, SubstitutionReason, WindowLevel
from shared.contracts.intake import DutyPeriodPublished, DutySubstituted, MatterAccepted, WindowOpened
from shared.contracts.referral import UnitRegistered
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START, Client, Hall, hall

WINDOW = "410200-W1"
NOTE = "已电话核实并调阅办件记录"
PROPOSAL: dict[str, Any] = {
    "kind": "HARD",
    "sub_reasons": ["MULTI_DEPT"],
    "policy": "PUSH",
    "root_cause_main": "FLOW_POOR",
    "root_cause_other": ["DUTY_UNCLEAR"],
    "complexity": "B",
    "proposed_units": [{"unit_id": "410200-U01", "role": "MAIN"}],
    "rule": "D15",
    "duplicate_check": "NONE_FOUND",
    "verification_note": NOTE,
}
ORDER: dict[str, Any] = {"unit_id": "410200-U01", "role": "MAIN", "rule": "D15", "requirement_codes": ["RESULT"]}


@dataclass
class Desk:
    """The people of one window, and an overseer from outside."""

    hall: Hall
    staff: Client
    leader: Client
    next_leader: Client
    overseer: Client
    other_window: Client
    unit: Client

    async def accepted(self, window: str = WINDOW, org: str = "410200", blamed: tuple[str, ...] = ()) -> UUID:
        """A matter accepted by intake, its assessment open here."""
        matter_id = new_id()
        await self.hall.publish(
            MatterAccepted(
                matter_id=matter_id,
                org_code=org,
                window_id=window,
                mode=AcceptMode.MANUAL,
                accepted_at=START,
                blamed_unit_ids=list(blamed),
            )
        )
        await self.hall.caught_up()
        return matter_id

    async def proposed(self, blamed: tuple[str, ...] = (), **changes: Any) -> UUID:
        """A matter whose judgement waits for the leader."""
        matter_id = await self.accepted(blamed=blamed)
        answer = await self.staff.post(at(matter_id, "proposal"), PROPOSAL | changes)
        assert answer.status_code == 200, answer.text
        return matter_id

    async def approved(self, **changes: Any) -> UUID:
        """A matter with one order approved."""
        matter_id = await self.proposed(**changes)
        answer = await self.leader.post(at(matter_id, "approval"), {"orders": [ORDER]})
        assert answer.status_code == 200, answer.text
        return matter_id

    async def sheet(self, matter_id: UUID) -> dict[str, Any]:
        """The assessment as its window sees it."""
        answer = await self.staff.get(at(matter_id))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def said(self, matter_id: UUID) -> list[dict[str, Any]]:
        """What triage published about a matter."""
        return [event for event in await self.hall.published() if event["subject"] == str(matter_id)]


def at(matter_id: UUID, act: str = "") -> str:
    """The address of an assessment or of an act on it."""
    return f"/matters/{matter_id}/assessment" + (f"/{act}" if act else "")


def unit(
    unit_id: str, name: str, valid_to: date | None = None, successor_id: str | None = None, office: str | None = None
) -> UnitRegistered:
    return UnitRegistered(
        unit_id=unit_id, org_code="410200", name=name, kind="DEPARTMENT", principal_id=f"u-{unit_id}", deputy_ids=[],
        valid_from=date(2000, 1, 1), valid_to=valid_to, successor_id=successor_id, supervision_office_id=office,
    )  # fmt: skip


def substituted(replaced: str, by: str, day: date) -> DutySubstituted:
    """Somebody stands in at the window for a day of its first period."""
    return DutySubstituted(
        window_id=WINDOW, org_code="410200", period_id=f"{WINDOW}-2026-09-28", substitution_id=new_id(),
        replaced_id=replaced, substitute_id=by, from_day=day, to_day=day, reason=SubstitutionReason.ILLNESS,
        proposed_by=replaced, approved_by="department", approved_at=START,
    )  # fmt: skip


def period(window: str, start: date, end: date, leader: str, *staff: str) -> DutyPeriodPublished:
    return DutyPeriodPublished(
        window_id=window, org_code="410200", period_id=f"{window}-{start}", start_date=start, end_date=end,
        leader_id=leader, staff_ids=list(staff),
    )  # fmt: skip


def world() -> list[Event]:
    """What intake and referral have published before the day begins."""
    first, second = (date(2026, 9, 28), date(2026, 10, 11)), (date(2026, 10, 12), date(2026, 10, 25))
    return [
        WindowOpened(
            window_id=WINDOW, org_code="410200", level=WindowLevel.CITY, name="市民之家窗口",
            morning=(time(9), time(12)), afternoon=(time(13), time(17)),
        ),
        period(WINDOW, *first, "u-leader-1", "u-staff-1", "u-staff-2"),
        period(WINDOW, *second, "u-leader-2", "u-staff-3", "u-staff-4"),
        unit("410200-U01", "某中心", office="410200-J01"),
        unit("410200-U02", "某管理局", office="410200-J02"),
        unit("410200-U09", "原某房管所", valid_to=date(2010, 12, 31), successor_id="410200-U01"),
    ]  # fmt: skip


@asynccontextmanager
async def triage_desk(engines: Engines, folder: Path, *before: Event) -> AsyncIterator[Desk]:
    """Triage running, the given events taken in."""
    async with hall(engines, "triage", folder) as found:
        await found.publish(*before)
        await found.caught_up()
        yield Desk(
            hall=found,
            staff=found.client("u-staff-1", "duty_staff", window=WINDOW),
            leader=found.client("u-leader-1", "duty_leader", window=WINDOW),
            next_leader=found.client("u-leader-2", "duty_leader", window=WINDOW),
            overseer=found.client("u-office-1", "supervision_dept"),
            other_window=found.client("u-staff-9", "duty_staff", window="410221-W1", org="410221"),
            unit=found.client("u-handler-1", "unit_handler", unit="410200-U01", org_type="UNIT"),
        )
