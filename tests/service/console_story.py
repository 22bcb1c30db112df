"""Whole stories as the four publishers tell them, and ways of mixing what they say; page text as a reader sees it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from shared.contracts import Event, MatterEvent, deadlines, intake, referral, triage
from shared.contracts.codes import (
    AcceptMode,
    AnswerResult,
    CallbackResult,
    Channel,
    Complexity,
    Disclosure,
    Escalation,
    FeedbackWay,
    HandlingPolicy,
    Kind,
    Outcome,
    ReporterKind,
    RootCause,
    Satisfaction,
    Solved,
    SubReason,
    UnitRole,
    Urgency,
    WindowLevel,
)
from shared.contracts.codes import MatterState as S
from shared.ids import new_id
from shared.workdays import ZONE
from tests.harness import Hall

CITY, ZONE_WINDOW, COUNTY = "410200-W1", "410200Z1-W1", "410221-W1"
ORGS = {CITY: "410200", ZONE_WINDOW: "410200Z1", COUNTY: "410221"}
REGISTRY_OFFICE, SUPPLY = "410200-U01", "410200-U02"
UNITS = {REGISTRY_OFFICE: "市不动产登记中心", SUPPLY: "市供销社"}


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 9, 1, hour, minute, tzinfo=ZONE) + timedelta(days=day - 1)


def names() -> list[Event]:
    """Windows, units and the roster, before any matter."""
    half = (time(9), time(12)), (time(13), time(17))
    windows = [
        intake.WindowOpened(
            window_id=window,
            org_code=org,
            level=WindowLevel.CITY,
            name=f"窗口{window}",
            morning=half[0],
            afternoon=half[1],
        )
        for window, org in ORGS.items()
    ]
    units = [
        referral.UnitRegistered(
            unit_id=unit, org_code="410200", name=name, kind="事业单位", principal_id=f"principal@{unit}",
            deputy_ids=[], valid_from=date(2020, 1, 1),
        )
        for unit, name in UNITS.items()
    ]  # fmt: skip
    duty = intake.DutyPeriodPublished(
        window_id=CITY, org_code="410200", period_id="p1", start_date=date(2026, 9, 28), end_date=date(2026, 10, 11),
        leader_id="leader-1", staff_ids=["staff-1", "staff-2"],
    )  # fmt: skip
    return [*windows, duty, *units]


@dataclass
class Story:
    """One matter and what is told of it, in the order in which it happened."""

    window: str = CITY
    matter_id: UUID = field(default_factory=new_id)
    told: list[tuple[UUID, MatterEvent]] = field(default_factory=list)
    orders: list[UUID] = field(default_factory=lambda: [new_id(), new_id()])
    clocks: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(4)])

    def tell(self, event: type[MatterEvent], /, **what: Any) -> None:
        ref = {"matter_id": self.matter_id, "org_code": ORGS[self.window], "window_id": self.window}
        self.told.append((new_id(), event(**ref, **what)))

    def move(self, found: S | None, to: S, transition: str, when: datetime) -> None:
        self.tell(intake.MatterMoved, from_state=found, to_state=to, transition=transition, round=1, moved_at=when)

    def clock(self, event: type[MatterEvent], number: int, rule: str, **what: Any) -> None:
        order = None if number == 0 else self.orders[0]
        unit = None if number == 0 else REGISTRY_OFFICE
        self.tell(event, deadline_id=self.clocks[number], rule=rule, order_id=order, unit_id=unit, round=1, **what)

    def started(self, number: int, rule: str, start: datetime, due: datetime, limit: str, **what: bool) -> None:
        self.clock(
            deadlines.DeadlineStarted, number, rule, started_at=start, due_at=due, limit=limit, calendar_version="2026",
            provisional=what.get("provisional", False),
        )  # fmt: skip

    def register(self, number: str = "汴监窗〔2026〕000001号") -> "Story":
        self.move(None, S.REGISTERED, "T02", at(28))
        self.tell(
            intake.MatterRegistered, register_no=number, channel=Channel.WALK_IN, level=WindowLevel.CITY,
            reporter_kind=ReporterKind.GROUP, disclosure=Disclosure.MASK, group_size=15, urgency=Urgency.NORMAL,
            blamed_unit_ids=[REGISTRY_OFFICE], first_receiver_id="staff-1", received_at=at(28), registered_at=at(28),
        )  # fmt: skip
        self.started(0, "D02", at(28), at(31, 17), "3WD")
        return self

    def order(self, rule: str = "D12") -> "Story":
        """Up to two delivered orders, the kind changed on the way."""
        judged: dict[str, Any] = {
            "sub_reasons": [SubReason.MULTI_DEPT],
            "root_cause": RootCause.DUTY_UNCLEAR,
            "complexity": Complexity.B,
        }
        self.tell(intake.MatterAccepted, mode=AcceptMode.MANUAL, accepted_at=at(28, 9, 10), accepted_by="staff-1")
        self.move(S.REGISTERED, S.ACCEPTED, "T05", at(28, 9, 10))
        self.clock(deadlines.DeadlineStopped, 0, "D02", stopped_at=at(28, 9, 10), due_at=at(31, 17), overdue=False)
        self.tell(
            triage.MatterTriaged, kind=Kind.HARD, policy=HandlingPolicy.PUSH, proposed_units=[], rule="D15",
            proposed_by="staff-1", proposed_at=at(28, 9, 20), **judged,
        )  # fmt: skip
        self.move(S.ACCEPTED, S.TRIAGED, "T06", at(28, 9, 20))
        self.tell(
            triage.MatterReclassified, from_kind=Kind.HARD, to_kind=Kind.REFUSED, sub_reasons=[SubReason.SHIRKING],
            policy=HandlingPolicy.ORDERED, rule=rule, round=1, decided_by="leader-1", decided_at=at(28, 9, 30),
        )  # fmt: skip
        drafts = [
            triage.OrderDraft(unit_id=unit, role=role, rule=rule)
            for unit, role in ((REGISTRY_OFFICE, UnitRole.MAIN), (SUPPLY, UnitRole.CO))
        ]
        self.tell(
            triage.MatterApproved, round=1, kind=Kind.REFUSED, policy=HandlingPolicy.ORDERED, orders=drafts,
            class_hint=True, proposed_by="staff-1", leader_id="leader-1", approved_at=at(28, 9, 40), **judged,
        )  # fmt: skip
        self.move(S.TRIAGED, S.HANDLING, "T07", at(28, 9, 40))
        for draft, order_id in zip(drafts, self.orders, strict=True):
            held = {"order_id": order_id, "unit_id": draft.unit_id, "round": 1}
            self.tell(referral.OrderDrafted, **held, role=draft.role, rule=rule, drafted_at=at(28, 9, 40))
            self.tell(
                referral.OrderIssued, **held, order_no=f"汴交〔2026〕{len(self.told)}号", role=draft.role, rule=rule,
                signed_by="leader-1", delivered_at=at(28, 10),
            )  # fmt: skip
        self.started(1, "D06", at(28, 10), at(28, 15), "4WH")
        return self

    def supervise(self, *levels: Escalation) -> "Story":
        for hour, level in enumerate(levels, start=13):
            self.clock(
                deadlines.SupervisionReached, 1, "D06", level=level, reached_at=at(28, hour), sent_at=at(28, hour),
                due_at=at(28, 15),
            )  # fmt: skip
        return self

    def finish(self) -> "Story":
        """Acknowledged, answered, reviewed, told, called back and closed."""
        for order_id, unit in zip(self.orders, UNITS, strict=True):
            held = {"order_id": order_id, "unit_id": unit, "round": 1}
            self.tell(referral.OrderAcked, **held, acked_by=f"handler@{unit}", acked_at=at(28, 12))
        self.clock(deadlines.DeadlineStopped, 1, "D06", stopped_at=at(28, 12), due_at=at(28, 15), overdue=False)
        self.clock(deadlines.SupervisionWithdrawn, 1, "D06", level=Escalation.BLUE, withdrawn_at=at(28, 13, 30))
        self.started(2, "D12", at(28, 12), at(40, 17), "3WD", provisional=True)
        for order_id, unit in zip(self.orders, UNITS, strict=True):
            held = {"order_id": order_id, "unit_id": unit, "round": 1}
            self.tell(
                referral.OrderAnswered, **held, result=AnswerResult.SOLVED, evidence_count=2, beneficiaries_solved=15,
                beneficiaries_total=15, answered_by=f"handler@{unit}", answered_at=at(30),
            )  # fmt: skip
        self.clock(deadlines.DeadlineStopped, 2, "D12", stopped_at=at(30), due_at=at(40, 17), overdue=False)
        self.move(S.HANDLING, S.RESULT_REVIEW, "T12", at(30, 9, 1))
        for order_id, unit in zip(self.orders, UNITS, strict=True):
            held = {"order_id": order_id, "unit_id": unit, "round": 1}
            self.tell(
                referral.OrderAccepted,
                **held,
                result=AnswerResult.SOLVED,
                reviewed_by="staff-1",
                accepted_at=at(30, 10),
            )
        self.tell(referral.OrdersAllSettled, round=1, outcome=Outcome.DONE, settled_at=at(30, 10))
        self.move(S.RESULT_REVIEW, S.FEEDBACK, "T17", at(30, 10, 1))
        self.tell(intake.FeedbackGiven, way=FeedbackWay.PHONE, counselling=False, given_at=at(30, 11))
        self.move(S.FEEDBACK, S.CALLBACK, "T18", at(30, 11))
        self.tell(intake.CallbackAttempted, attempt_no=1, result=CallbackResult.REACHED, attempted_at=at(38))
        self.tell(
            intake.CallbackCompleted, attempts=1, reached=True, solved=Solved.SOLVED,
            satisfaction=Satisfaction.VERY_SATISFIED, completed_at=at(38),
        )  # fmt: skip
        self.move(S.CALLBACK, S.CLOSED, "T19", at(38))
        self.tell(intake.MatterClosed, outcome=Outcome.DONE, root_cause=RootCause.FLOW_POOR, closed_at=at(38))
        return self


Told = tuple[UUID, MatterEvent]
Mixing = Callable[[Sequence[Told]], list[Told]]


def in_order(told: Sequence[Told]) -> list[Told]:
    return list(told)


def service_by_service(*services: str) -> Mixing:
    """Everything of one publisher before anything of the next."""

    def mixed(told: Sequence[Told]) -> list[Told]:
        return sorted(told, key=lambda pair: services.index(pair[1].SOURCE))

    return mixed


def at_random(seed: int) -> Mixing:
    """Any interleaving that keeps each publisher's own order."""

    def mixed(told: Sequence[Told]) -> list[Told]:
        chance = random.Random(seed)
        queues = {event.SOURCE: [pair for pair in told if pair[1].SOURCE == event.SOURCE] for _, event in told}
        found = []
        while queues:
            source = chance.choice(sorted(queues))
            found.append(queues[source].pop(0))
            queues = {name: queue for name, queue in queues.items() if queue}
        return found

    return mixed


async def publish(hall: Hall, told: Sequence[Told]) -> None:
    """Put events on the bus with the ids they were published under."""
    for event_id, event in told:
        key = event.SOURCE, event.subject
        hall.sequences[key] += 1
        await hall.publish_raw(
            *key, hall.sequences[key], event.CE_TYPE, event.model_dump_json().encode(), id=str(event_id)
        )


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def text_of(html: str) -> str:
    """What a reader without styles and scripts reads."""
    reader = _Text()
    reader.feed(html)
    return " ".join(reader.words)
