"""A referral service with two windows on duty and a unit directory, and the people who work there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from shared import receipts
from shared.contracts import Event
from shared.contracts.codes import (
    Channel,
    Complexity,
    Disclosure,
    HandlingPolicy,
    Kind,
    Outcome,
    ReporterKind,
    RootCause,
    UnitRole,
    Urgency,
    WindowLevel,
)
from shared.contracts.deadlines import DeadlineStarted
from shared.contracts.intake import (
    DutyPeriodPublished,
    MatterClosed,
    MatterRegistered,
    ReporterErased,
    WindowOpened,
)
from shared.contracts.triage import MatterApproved, OrderDraft
from shared.ids import new_id
from tests import papers
from tests.engines import Engines
from tests.harness import START, Client, Hall, hall

WINDOW = "410200-W1"
U1, U2, GONE = "410200-U01", "410200-U02", "410200-U09"
EXTRACT: dict[str, Any] = {
    "title": "加油站恢复营业",
    "facts_extract": "经营者换发许可证后申请恢复营业,未获同意。",
    "demand": "恢复营业",
    "requirements": [{"what": "书面答复", "evidence": "答复文书", "due_rule": "D18"}],
}
ANSWER: dict[str, Any] = {
    "process": "已补录登记信息并通知办理",
    "result": "SOLVED",
    "evidence": [{"name": "登记截图.png", "sha256": "ab" * 32}],
    "handler": "王某",
    "approved_by": "赵某",
}
STATEMENT: dict[str, Any] = {
    "conclusion": "NOT_NOW",
    "basis": [
        {
            "level": "RULE",
            "title": "成品油市场管理办法",
            "number": "商务部令2006年第23号",
            "article": "第十七条",
            "quotation": "换发批准证书后,应当重新接受主管部门审查。",
            "issued_by": "商务部",
            "effective_on": "2007-01-01",
        }
    ],
    "facts_vs_basis": "该站9月换发批准证书,尚未按第十七条重新审查。",
    "alternatives": "两项审查合格后即可恢复营业。",
    "remedy": "可在60日内申请行政复议。",
    "counsellor": "市场科,电话由窗口转接",
}
COMPARISON: dict[str, Any] = {
    "needed": True,
    "rows": [
        {
            "city": "洛阳市",
            "document": "洛阳市成品油管理规定",
            "number": "洛政〔2020〕8号",
            "article": "第九条",
            "text": "审查合格前不得营业。",
            "effective_on": "2020-05-01",
            "verdict": "SAME",
        }
    ],
}


def reasons(mark: str) -> str:
    """Reasons long enough, and no copy of another test's."""
    return (
        f"关于{mark}:该站换发新证后,须由主管部门会同有关部门重新审查经营条件,"
        "审查合格前不得恢复营业;目前消防和计量两项审查尚在进行,无权同意先行营业。"
    )


@dataclass
class Desk:
    """The people of one window and of two units."""

    hall: Hall
    staff: Client
    leader: Client
    other_window: Client
    overseer: Client
    handler: Client
    deputy: Client
    principal: Client
    second_unit: Client

    async def approved(
        self,
        *drafts: OrderDraft,
        disclosure: Disclosure = Disclosure.AGREE,
        group_size: int | None = None,
        window: str = WINDOW,
    ) -> UUID:
        """A matter registered and approved with these orders."""
        matter_id = new_id()
        await self.hall.publish(
            registered(matter_id, disclosure, group_size, window), approval(matter_id, *drafts, window=window)
        )
        await self.hall.caught_up()
        return matter_id

    async def drafted(self, **changes: Any) -> tuple[UUID, str]:
        """A matter with one order for the first unit."""
        matter_id = await self.approved(draft(), **changes)
        [order] = await self.orders(matter_id)
        return matter_id, order["order_id"]

    async def delivered(self, order_id: str, leader: Client | None = None) -> None:
        """The draft gets its extract and is signed."""
        leader = leader or self.leader
        ok(await leader.put(f"/orders/{order_id}/extract", EXTRACT))
        ok(await leader.post(f"/orders/{order_id}/signature"))

    async def working(self, **changes: Any) -> tuple[UUID, str]:
        """An order its unit has acknowledged."""
        matter_id, order_id = await self.drafted(**changes)
        await self.delivered(order_id)
        ok(await self.handler.post(f"/orders/{order_id}/acknowledgement"))
        return matter_id, order_id

    async def clock(
        self, matter_id: UUID, order_id: str, rule: str = "D15", due_at: str = "2026-10-09T17:00:00+08:00"
    ) -> UUID:
        """Deadlines tells of the clock that runs on an order."""
        started = DeadlineStarted(
            matter_id=matter_id, org_code="410200", window_id=WINDOW, deadline_id=new_id(), rule=rule,
            order_id=UUID(order_id), unit_id=U1, round=1, started_at=START, due_at=due_at, limit="7WD",
            calendar_version="1", provisional=False,
        )  # fmt: skip
        await self.hall.publish(started)
        await self.hall.caught_up()
        return started.deadline_id

    async def filed(self, mark: str) -> tuple[UUID, str]:
        """An order with a filed statement."""
        matter_id, order_id = await self.working()
        body = STATEMENT | {"reasons": reasons(mark)}
        ok(await self.principal.post(f"/orders/{order_id}/cannot-do-statement", await self.signed(order_id, body)), 201)
        return matter_id, order_id

    async def handed_in(
        self, order_id: str, content: bytes | None = None, file_name: str = "截图.pdf", **said: str
    ) -> dict[str, Any]:
        """A file that the unit has uploaded to its order."""
        said = {"name": "登记截图", "purpose": "EVIDENCE"} | said
        return ok(
            await self.handler.upload(f"/orders/{order_id}/files", file_name, content or papers.pdf(), **said), 201
        )

    async def minutes(self, meeting_id: str) -> dict[str, Any]:
        """The signed minutes that the window has uploaded to a meeting."""
        path = f"/meetings/{meeting_id}/files"
        return ok(await self.staff.upload(path, "纪要.pdf", papers.pdf(), name="签字的会议纪要"), 201)

    async def signed(self, order_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """The statement with the hash of the text that was previewed."""
        preview = ok(await self.handler.post(f"/orders/{order_id}/cannot-do-statement/preview", body))
        return body | {"text_sha256": preview["text_sha256"]}

    async def orders(self, matter_id: UUID) -> list[dict[str, Any]]:
        """The orders of a matter as the window sees them."""
        items: list[dict[str, Any]] = ok(await self.staff.get(f"/matters/{matter_id}/orders"))["items"]
        return items

    async def order(self, order_id: str, by: Client | None = None) -> dict[str, Any]:
        """One order as its window sees it."""
        return ok(await (by or self.staff).get(f"/orders/{order_id}"))

    async def said(self, matter_id: UUID, *kinds: str) -> list[dict[str, Any]]:
        """What referral published about a matter."""
        events = [event for event in await self.hall.published() if event["subject"] == str(matter_id)]
        return [event for event in events if not kinds or event["type"] in kinds]

    def receipt(self, matter_id: UUID, text: str, clean: bool = True) -> str:
        """What intake's text check answers."""
        key = receipts.read_key(self.hall.settings.receipt_key_file)
        return receipts.sign(key, matter_id, text, clean)


def ok(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of a success."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal with this code."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    return body


def draft(unit_id: str = U1, role: UnitRole = UnitRole.MAIN, rule: str = "D13") -> OrderDraft:
    """What an approval asks to draft."""
    return OrderDraft(unit_id=unit_id, role=role, rule=rule, requirement_codes=["RESULT"])


def registered(
    matter_id: UUID, disclosure: Disclosure = Disclosure.AGREE, group_size: int | None = None, window: str = WINDOW
) -> MatterRegistered:
    return MatterRegistered(
        matter_id=matter_id, org_code=window.split("-")[0], window_id=window, register_no="汴监窗〔2026〕000001号",
        channel=Channel.WALK_IN, level=WindowLevel.CITY, reporter_kind=ReporterKind.PERSON, disclosure=disclosure,
        group_size=group_size, urgency=Urgency.NORMAL, blamed_unit_ids=[], first_receiver_id="u-staff-1",
        received_at=START, registered_at=START,
    )  # fmt: skip


def approval(matter_id: UUID, *drafts: OrderDraft, round: int = 1, window: str = WINDOW) -> MatterApproved:
    return MatterApproved(
        matter_id=matter_id, org_code=window.split("-")[0], window_id=window, round=round, kind=Kind.CANNOT,
        sub_reasons=[], policy=HandlingPolicy.PUSH, root_cause=RootCause.POLICY_UNCLEAR, complexity=Complexity.C,
        orders=list(drafts), proposed_by="u-staff-1", leader_id="u-leader-1", approved_at=START,
    )  # fmt: skip


def closed(matter_id: UUID) -> MatterClosed:
    return MatterClosed(
        matter_id=matter_id, org_code="410200", window_id=WINDOW, outcome=Outcome.DONE, root_cause=RootCause.STYLE,
        closed_at=START,
    )  # fmt: skip


def erased(matter_id: UUID) -> ReporterErased:
    return ReporterErased(
        matter_id=matter_id, org_code="410200", window_id=WINDOW, ground="REQUEST", erased_by="u-office-1",
        erased_at=START,
    )  # fmt: skip


def unit(unit_id: str, **changes: Any) -> dict[str, Any]:
    """A line of the unit directory."""
    return {
        "unit_id": unit_id, "org_code": "410200", "name": f"某中心{unit_id[-2:]}", "kind": "INSTITUTION",
        "principal_id": f"u-principal-{unit_id}", "deputy_ids": [f"u-deputy-{unit_id}"], "valid_from": "2020-01-01",
    } | changes  # fmt: skip


def world() -> list[Event]:
    """What intake has published before the day begins."""
    return [
        WindowOpened(
            window_id=WINDOW, org_code="410200", level=WindowLevel.CITY, name="市民之家窗口",
            morning=(time(9), time(12)), afternoon=(time(13), time(17)),
        ),
        period(WINDOW, "u-leader-1", "u-staff-1", "u-staff-2"),
        period("410221-W1", "u-leader-9", "u-staff-9", "u-staff-8"),
    ]  # fmt: skip


def period(window: str, leader: str, *staff: str) -> DutyPeriodPublished:
    return DutyPeriodPublished(
        window_id=window, org_code=window.split("-")[0], period_id=f"{window}-1", start_date=date(2026, 9, 28),
        end_date=date(2026, 10, 11), leader_id=leader, staff_ids=list(staff),
    )  # fmt: skip


@asynccontextmanager
async def referral_desk(engines: Engines, folder: Path) -> AsyncIterator[Desk]:
    """Referral running, windows, duty and directory known."""
    async with hall(engines, "referral", folder) as found:
        await found.publish(*world())
        await found.caught_up()
        of_unit: dict[str, Any] = {"org_type": "UNIT", "unit": U1}
        desk = Desk(
            hall=found,
            staff=found.client("u-staff-1", "duty_staff", window=WINDOW),
            leader=found.client("u-leader-1", "duty_leader", window=WINDOW),
            other_window=found.client("u-leader-9", "duty_leader", window="410221-W1", org="410221"),
            overseer=found.client("u-office-1", "supervision_dept"),
            handler=found.client("u-handler-1", "unit_handler", **of_unit),
            deputy=found.client(f"u-deputy-{U1}", "unit_deputy", **of_unit),
            principal=found.client(f"u-principal-{U1}", "unit_principal", **of_unit),
            second_unit=found.client("u-handler-2", "unit_handler", org_type="UNIT", unit=U2),
        )
        rows = [unit(U1), unit(U2), unit(GONE, valid_from="1990-01-01", valid_to="2010-12-31", successor_id=U1)]
        ok(await desk.overseer.post("/units/import", {"rows": rows}))
        yield desk
