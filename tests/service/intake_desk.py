"""An intake service with two windows and their rosters, and the people who work there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts import Event
from shared.contracts.codes import AnswerResult, Complexity, HandlingPolicy, Kind, Outcome, RootCause, UnitRole
from shared.contracts.referral import OrderAccepted, OrderAnswered, OrderDrafted, OrderIssued, OrdersAllSettled
from shared.contracts.triage import MatterApproved, MatterTriaged, OrderDraft
from shared.ids import new_id
from tests.engines import Engines
from tests.harness import START, Client, Hall, hall

WINDOW, ZONE = "410200-W1", "410200Z1-W1"
UNIT = "410200-U01"
PLACE = {"org_code": "410200", "window_id": WINDOW}

FORM: dict[str, Any] = {
    "reporter": {
        "kind": "PERSON", "name": "李某某", "phone": "13800000001",
        "agent": {"name": "李某某", "relation": "舅舅"}, "beneficiary": {"name": "徐某某", "age": 24},
    },
    "disclosure": "MASK",
    "title": "住院费用无法医保结算",
    "facts": "外甥女在县人民医院住院,出院时被告知查不到参保信息,跑了卫健委和乡政府多次没有结果。",
    "demand": "尽快恢复参保信息并结算住院费用",
    "blamed_unit_ids": ["410200-U02"],
    "item_code": "YB-0001",
    "urgency": "URGENT",
    "confirm_mode": "ORAL_READBACK",
    "privacy_notice_version": "2026-01",
}  # fmt: skip


@dataclass
class Desk:
    """The people of the city's window, of the zone's, and those above."""

    hall: Hall
    staff: Client
    colleague: Client
    leader: Client
    next_leader: Client
    caller: Client
    zone_staff: Client
    overseer: Client
    unit: Client

    async def registered(self, **changes: Any) -> UUID:
        """A matter in the register."""
        answer = await self.staff.post("/matters", FORM | changes)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["matter_id"])

    async def accepted(self, **changes: Any) -> UUID:
        """A matter that triage is at."""
        matter = await self.registered(**changes)
        assert (await self.staff.post(f"/matters/{matter}/acceptance")).status_code == 200
        return matter

    async def handled(self, *orders: UUID, **changes: Any) -> UUID:
        """A matter approved, with orders drafted and issued."""
        matter = await self.accepted(**changes)
        await self.hall.publish(triaged(matter), approved(matter, len(orders)))
        for order in orders:
            await self.hall.publish(drafted(matter, order), issued(matter, order))
        await self.reaches(matter, "HANDLING")
        await self.hall.caught_up()
        return matter

    async def in_callback(self) -> UUID:
        """A matter done by one order and told to the reporter; the call-back is open."""
        order = new_id()
        matter = await self.handled(order)
        await self.hall.publish(answered(matter, order), settled(matter))
        await self.reaches(matter, "FEEDBACK")
        answer = await self.staff.post(f"/matters/{matter}/feedback", {"way": "PHONE", "content": "已经办好,可以结算"})
        assert answer.status_code == 200, answer.text
        return matter

    async def state(self, matter: UUID) -> str:
        """The state as the window's staff see it."""
        answer = await self.staff.get(f"/matters/{matter}")
        return str(answer.json()["state"])

    async def reaches(self, matter: UUID, state: str) -> None:
        """Wait until events have brought the matter there."""

        async def there() -> bool:
            return await self.state(matter) == state

        await self.hall.until(there)

    async def told(self, matter: UUID) -> list[str]:
        """What was published about a matter: types, transitions by their number."""
        events = [event for event in await self.hall.published() if event["subject"] == str(matter)]
        return [event["data"].get("transition") or event["type"] for event in events]

    def at(self, moment: datetime) -> None:
        """Set the time."""
        self.hall.time.set(moment)


@asynccontextmanager
async def intake_desk(engines: Engines, folder: Path) -> AsyncIterator[Desk]:
    """The service, open for business on the morning of 2026-09-28."""
    async with hall(engines, "intake", folder) as running:
        desk = desk_at(running)
        await _open(desk.overseer)
        yield desk


def desk_at(running: Hall) -> Desk:
    """Everybody at a process of the service."""
    here = {"window": WINDOW}
    return Desk(
        running,
        staff=running.client("staff-1a", "duty_staff", **here),
        colleague=running.client("staff-1b", "duty_staff", **here),
        leader=running.client("leader-1", "duty_leader", **here),
        next_leader=running.client("leader-2", "duty_leader", **here),
        caller=running.client("caller", "callback_officer", **here),
        zone_staff=running.client("zone-1a", "duty_staff", org="410200Z1", window=ZONE),
        overseer=running.client("department", "supervision_dept"),
        unit=running.client("handler", "unit_handler", org_type="UNIT", unit=UNIT),
    )


async def _open(overseer: Client) -> None:
    windows = [
        {"window_id": WINDOW, "org_code": "410200", "level": "CITY", "name": "市民之家监督窗口"},
        {"window_id": ZONE, "org_code": "410200Z1", "level": "ZONE", "name": "示范区监督窗口"},
    ]
    periods = [
        period(WINDOW, START, "leader-1", "staff-1a", "staff-1b"),
        period(WINDOW, START + timedelta(days=14), "leader-2", "staff-2a", "staff-2b"),
        period(ZONE, START, "zone-leader", "zone-1a", "zone-1b"),
    ]
    for path, bodies in (("/windows", windows), ("/duty-periods", periods)):
        for body in bodies:
            answer = await overseer.post(path, body)
            assert answer.status_code == 201, answer.text


def period(window: str, start: datetime, leader: str, *staff: str) -> dict[str, Any]:
    """A duty period as its route takes it."""
    return {"window_id": window, "start_date": str(start.date()), "leader_id": leader, "staff_ids": list(staff)}


def triaged(matter: UUID) -> Event:
    return MatterTriaged(
        matter_id=matter, **PLACE, kind=Kind.HARD, sub_reasons=[], policy=HandlingPolicy.PUSH,
        root_cause=RootCause.FLOW_POOR, complexity=Complexity.B, proposed_units=[], proposed_by="staff-1b",
        proposed_at=START,
    )  # fmt: skip


def approved(matter: UUID, orders: int) -> Event:
    drafts = [OrderDraft(unit_id=UNIT, role=UnitRole.MAIN, rule="D15")] * orders
    return MatterApproved(
        matter_id=matter, **PLACE, round=1, kind=Kind.HARD, sub_reasons=[], policy=HandlingPolicy.PUSH,
        root_cause=RootCause.FLOW_POOR, complexity=Complexity.B, orders=drafts, proposed_by="staff-1b",
        leader_id="leader-1", approved_at=START,
    )  # fmt: skip


def _of(matter: UUID, order: UUID, round: int = 1) -> dict[str, Any]:
    return {"matter_id": matter, "order_id": order, "unit_id": UNIT, "round": round, **PLACE}


def drafted(matter: UUID, order: UUID, round: int = 1, predecessor: UUID | None = None) -> Event:
    return OrderDrafted(
        **_of(matter, order, round), role=UnitRole.MAIN, rule="D15", predecessor_id=predecessor, drafted_at=START
    )


def issued(matter: UUID, order: UUID) -> Event:
    return OrderIssued(
        **_of(matter, order), order_no="汴纪监窗交〔2026〕1号", role=UnitRole.MAIN, rule="D15", signed_by="leader-1",
        delivered_at=START,
    )  # fmt: skip


def answered(matter: UUID, order: UUID, round: int = 1) -> Event:
    return OrderAnswered(
        **_of(matter, order, round), result=AnswerResult.SOLVED, evidence_count=1, answered_by="handler",
        answered_at=START,
    )  # fmt: skip


def reviewed(matter: UUID, order: UUID) -> Event:
    return OrderAccepted(
        **_of(matter, order), result=AnswerResult.SOLVED, reviewed_by="staff-1a", accepted_at=START
    )  # fmt: skip


def settled(matter: UUID, outcome: Outcome = Outcome.DONE, round: int = 1) -> Event:
    return OrdersAllSettled(matter_id=matter, **PLACE, round=round, outcome=outcome, settled_at=START)
