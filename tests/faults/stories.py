"""What each service is told of a matter: many events of several sources, and what the service had before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any
from uuid import UUID

from services.intake.domain.matter import Matter as IntakeMatter
from services.intake.store import matters as intake_matters
from services.intake.store.matters import NewMatter, Sealed
from services.referral.domain.matters import Matter as ReferralMatter
from services.referral.domain.orders import Order
from services.referral.store import matters as referral_matters
from services.referral.store import orders as referral_orders
from services.referral.store.matters import Kept
from services.referral.store.words import Words
from services.triage.store import assessments
from shared.contracts import Event, deadlines, intake, referral, triage
from shared.contracts.codes import (
    Disclosure,
    Escalation,
    MatterState,
    OrderState,
    Outcome,
    ReopenReason,
    TransferTo,
)
from shared.ids import new_id
from shared.store.unit_of_work import Transaction
from shared.store.vault import Vault
from tests.faults.inbox import Ids, Story
from tests.unit import deadlines_story as way
from tests.unit import intake_room, referral_room, triage_room
from tests.unit.deadlines_story import MATTER, ORDERS, PLACE, at
from tests.unit.test_deadlines_laws import THE_WHOLE_WAY

WINDOW = str(PLACE["window_id"])
MEETING, STATEMENT, COMPARISON = (UUID(int=n) for n in (50, 51, 52))
CLOCKS = tuple(UUID(int=200 + n) for n in range(4))
IDS = (MATTER, MEETING, STATEMENT, COMPARISON, *ORDERS, *CLOCKS)


def story(*told: Event, **before: Any) -> Story:
    """A story about the one matter."""
    return Story(told, IDS, WINDOW, **before)


# --- events that the story of deadlines has no use for ---


def window() -> Event:
    half = (time(9), time(12)), (time(13), time(17))
    return intake.WindowOpened(
        window_id=WINDOW, org_code="410200", level="CITY", name="市民之家窗口", morning=half[0], afternoon=half[1]
    )


def closed(when: str = "10-20 09:00") -> Event:
    return intake.MatterClosed(**PLACE, outcome=Outcome.DONE, root_cause="FLOW_POOR", closed_at=at(when))


def merged(when: str = "10-20 09:00") -> Event:
    return intake.MatterMerged(
        **PLACE, into_id=UUID(int=60), proposed_by="u-1", approved_by="u-leader", merged_at=at(when)
    )


def taken_back(when: str = "10-20 09:00") -> Event:
    return intake.MatterWithdrawn(**PLACE, recorded_by="u-1", withdrawn_at=at(when))


def transferred(when: str = "10-20 09:00") -> Event:
    return intake.MatterTransferred(
        **PLACE, receiver=TransferTo.PETITION, transferred_by="u-leader", transferred_at=at(when)
    )


def reopened(when: str, round: int = 2) -> Event:
    return intake.MatterReopened(
        **PLACE, round=round, reason=ReopenReason.NEW_FACT, reopened_by="u-leader", reopened_at=at(when)
    )


def reclassified(when: str, by: str | None = "u-2") -> Event:
    return triage.MatterReclassified(
        **PLACE, from_kind="HARD", to_kind="CANNOT", sub_reasons=[], policy="PUSH", rule="D13", round=1, decided_by=by,
        decided_at=at(when),
    )  # fmt: skip


def meeting_scheduled(when: str) -> Event:
    return referral.MeetingScheduled(
        **PLACE, meeting_id=MEETING, kind="COORDINATION", unit_ids=[], scheduled_at=at(when)
    )


def meeting_concluded(when: str) -> Event:
    return referral.MeetingConcluded(
        **PLACE, meeting_id=MEETING, sessions=1, task_unit_ids=[], concluded_at=at(when)
    )  # fmt: skip


def statement_rejected(when: str, n: int) -> Event:
    return referral.CannotDoRejected(**way.of_order(n), statement_id=STATEMENT, decided_by="u-2", decided_at=at(when))


def settled(when: str, round: int = 1) -> Event:
    return referral.OrdersAllSettled(**PLACE, round=round, outcome=Outcome.PARTLY, settled_at=at(when))


def compared(when: str) -> Event:
    return referral.ComparisonRecorded(
        **PLACE, comparison_id=COMPARISON, needed=True, cities=3, looser=1, recorded_by="u-1", recorded_at=at(when)
    )


def ack_missed(n: int, when: str) -> Event:
    return deadlines.OrderAckMissed(
        **PLACE, order_id=ORDERS[n], unit_id="410200-U01", delivered_at=at(when), missed_at=at(when)
    )


def _clock(n: int, rule: str) -> dict[str, Any]:
    return {**PLACE, "deadline_id": CLOCKS[n], "rule": rule, "round": 1}


def clock_started(n: int, rule: str, when: str) -> Event:
    return deadlines.DeadlineStarted(
        **_clock(n, rule), started_at=at(when), due_at=at("10-20 17:00"), limit="3WD", calendar_version="2026",
        provisional=False,
    )  # fmt: skip


def clock_stopped(n: int, rule: str, when: str) -> Event:
    return deadlines.DeadlineStopped(**_clock(n, rule), stopped_at=at(when), due_at=at("10-20 17:00"), overdue=False)


def reached(n: int, rule: str, level: Escalation, when: str) -> Event:
    return deadlines.SupervisionReached(
        **_clock(n, rule), level=level, reached_at=at(when), sent_at=at(when), due_at=at("10-20 17:00")
    )


def withdrawn(n: int, rule: str, level: Escalation, when: str) -> Event:
    return deadlines.SupervisionWithdrawn(**_clock(n, rule), level=level, withdrawn_at=at(when))


# --- what a service had before ---


async def registered_in_intake(tx: Transaction, vault: Vault, ids: Ids, **changes: Any) -> None:
    known = replace(intake_room.registered(), id=ids.of(MATTER), **changes)
    registration = known.registration and replace(known.registration, register_no=f"汴监窗{ids.of(MATTER)}")
    await _in_intake(tx, vault, replace(known, registration=registration))


async def _in_intake(tx: Transaction, vault: Vault, matter: IntakeMatter) -> None:
    key = vault.new_key()
    sealed = [vault.seal(key, "无", f"drill:{part}") for part in range(3)]
    intake_matters.add(tx, NewMatter(matter, Sealed(new_id(), key, *sealed)))


async def approved_in_triage(tx: Transaction, vault: Vault, ids: Ids) -> None:
    room = triage_room.Room.with_open_sheet()
    room.propose(triage_room.judgement())
    room.approve(triage_room.order())
    sheet = replace(room.sheet, matter_id=ids.of(MATTER), key=vault.new_key(), window_id=ids.window)
    await assessments.save(tx, [sheet])


async def ordered_in_referral(tx: Transaction, vault: Vault, ids: Ids, *orders: Order, final: bool = False) -> None:
    matter = ReferralMatter(
        ids.of(MATTER), "410200", ids.window, f"汴监窗{ids.of(MATTER)}", Disclosure.AGREE, final=final
    )  # fmt: skip
    words = Words(vault, vault.new_key())
    await referral_matters.save(tx, [Kept(matter, words)])
    placed = [
        replace(
            order,
            id=ids.of(ORDERS[n]),
            matter_id=matter.id,
            window_id=ids.window,
            order_no=order.order_no and f"{ids.of(ORDERS[n])}",
        )
        for n, order in enumerate(orders)
    ]
    await referral_orders.save(tx, [(order, words) for order in placed])


def an_order(state: OrderState) -> Order:
    """An order of referral in a state; each with the papers it has by then."""
    of = referral_room.matter()
    made: dict[OrderState, Callable[[ReferralMatter], Order]] = {
        OrderState.DRAFT: referral_room.drafted, OrderState.DELIVERED: referral_room.delivered,
        OrderState.WORKING: referral_room.working, OrderState.ANSWERED: referral_room.answered,
        OrderState.CLOSED: referral_room.accepted,
    }  # fmt: skip
    if state in made:
        return made[state](of)
    return replace(referral_room.working(of), state=state)


async def reworked_in_referral(tx: Transaction, vault: Vault, ids: Ids) -> None:
    await ordered_in_referral(tx, vault, ids, an_order(OrderState.CLOSED), an_order(OrderState.CLOSED))


async def rejected_in_referral(tx: Transaction, vault: Vault, ids: Ids) -> None:
    await ordered_in_referral(tx, vault, ids, an_order(OrderState.DELIVERED), an_order(OrderState.REJECTED))


# --- the stories ---

OF_TRIAGE: list[Event] = [
    way.triaged("09-28 09:30"), way.triage_returned("09-28 09:35"), way.triaged("09-28 09:40"),
    way.approved("09-28 09:45", orders=2), reclassified("10-09 10:00"),
]  # fmt: skip
OF_REFERRAL: list[Event] = [
    compared("09-28 09:40"), meeting_scheduled("09-28 09:42"), way.drafted("09-28 09:46", 0),
    way.drafted("09-28 09:46", 1), way.issued("09-28 10:00", 0), way.issued("09-28 10:20", 1),
    way.acked("09-28 10:30", 0), way.acked("09-28 10:40", 1), way.answered("09-30 16:50", 0),
    way.statement_filed("09-30 17:00", 1), meeting_concluded("10-08 09:00"), statement_rejected("10-08 10:00", 1),
    way.drafted("10-08 10:00", 2, predecessor=ORDERS[1]), way.issued("10-08 11:00", 2), way.acked("10-08 12:00", 2),
    way.order_returned("10-08 13:00", 0), way.answered("10-09 10:00", 0), way.answered("10-09 11:00", 2),
    way.order_accepted("10-10 09:00", 0), way.order_accepted("10-10 10:00", 2), settled("10-10 10:00"),
]  # fmt: skip
OF_DEADLINES: list[Event] = [
    clock_started(0, "D02", "09-28 09:00"), reached(0, "D02", Escalation.BLUE, "09-29 17:00"),
    reached(0, "D02", Escalation.YELLOW, "09-30 17:00"), clock_stopped(0, "D02", "09-30 17:00"),
    clock_started(1, "D15", "09-30 18:00"), reached(1, "D15", Escalation.BLUE, "10-08 09:00"),
    withdrawn(1, "D15", Escalation.BLUE, "10-08 09:00"), clock_stopped(1, "D15", "10-08 10:00"),
]  # fmt: skip
EVERYTHING = [window(), *THE_WHOLE_WAY, compared("09-28 09:40"), meeting_scheduled("09-28 09:42"), closed()]


STORIES: dict[str, list[Story]] = {
    "intake": [
        story(*OF_DEADLINES, *OF_TRIAGE, *OF_REFERRAL, before=registered_in_intake),
    ],
    "triage": [
        story(
            window(), way.rework("10-15 10:10"), compared("10-16 09:00"), way.statement_upheld("10-16 10:00"), closed(),
            before=approved_in_triage,
        ),
        story(way.accepted("09-28 09:10"), window(), compared("09-28 09:40")),
    ],
    "referral": [
        story(window(), way.registered("09-28 09:05"), way.approved("09-28 09:45", orders=2),
              reclassified("09-28 10:00", by=None)),
        story(ack_missed(0, "09-29 10:00"), reclassified("10-09 10:00"), way.rework("10-15 10:10"),
              before=reworked_in_referral),
        story(ack_missed(0, "09-29 10:00"), reclassified("10-09 10:00"), window(), before=rejected_in_referral),
    ],
    "deadlines": [story(window(), *THE_WHOLE_WAY)],
    "audit": [story(*EVERYTHING, *OF_DEADLINES)],
    "console": [story(*EVERYTHING, *OF_DEADLINES)],
}  # fmt: skip

FINAL = (MatterState.CLOSED, MatterState.NOT_ACCEPTED, MatterState.MERGED, MatterState.WITHDRAWN,
         MatterState.TRANSFERRED, MatterState.ARCHIVED)  # fmt: skip
