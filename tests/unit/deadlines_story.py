"""The facts of a matter for the tests of deadlines: events as their services publish them, numbered per source."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.deadlines.domain.clock import Clock
from services.deadlines.domain.counting import Counting
from services.deadlines.domain.facts import Fact, fact_of
from services.deadlines.domain.ladder import StepState
from services.deadlines.domain.matter import MatterClocks
from shared.contracts import Event
from shared.contracts import intake as i
from shared.contracts import referral as r
from shared.contracts import triage as t
from shared.contracts.codes import MatterState as S
from shared.workdays import ZONE, builtin_calendar

MATTER = UUID(int=1)
ORDERS = [UUID(int=100 + n) for n in range(5)]
PLACE: dict[str, Any] = {"matter_id": MATTER, "org_code": "410200", "window_id": "410200-W1"}
COUNTING = Counting(builtin_calendar())
ANY = {"channel": "WALK_IN", "level": "CITY", "reporter_kind": "PERSON", "disclosure": "MASK", "urgency": "NORMAL"}
KIND: dict[str, Any] = {
    "kind": "HARD", "sub_reasons": [], "policy": "PUSH", "root_cause": "FLOW_POOR", "complexity": "B"
}  # fmt: skip


def at(text: str) -> datetime:
    """`09-28 10:00` of 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def moved(to: S, transition: str, when: str, round: int = 1) -> Event:
    return i.MatterMoved(**PLACE, from_state=None, to_state=to, transition=transition, round=round, moved_at=at(when))


def registered(when: str) -> Event:
    return i.MatterRegistered(
        **PLACE, **ANY, register_no="汴监窗〔2026〕000001号", blamed_unit_ids=[], first_receiver_id="u-1",
        received_at=at(when), registered_at=at(when),
    )  # fmt: skip


def accepted(when: str) -> Event:
    return i.MatterAccepted(**PLACE, mode="MANUAL", accepted_at=at(when))


def triaged(when: str) -> Event:
    return t.MatterTriaged(**PLACE, **KIND, proposed_units=[], proposed_by="u-1", proposed_at=at(when))


def triage_returned(when: str) -> Event:
    return t.MatterTriageReturned(**PLACE, returned_by="u-2", returned_at=at(when))


def approved(when: str, orders: int = 1, rule: str = "D15", round: int = 1) -> Event:
    drafts = [t.OrderDraft(unit_id=f"410200-U0{n}", role="MAIN", rule=rule) for n in range(orders)]
    return t.MatterApproved(
        **PLACE, **KIND, round=round, orders=drafts, proposed_by="u-1", leader_id="u-2", approved_at=at(when)
    )


def feedback(when: str) -> Event:
    return i.FeedbackGiven(**PLACE, way="PHONE", counselling=False, given_at=at(when))


def callback_attempted(when: str) -> Event:
    return i.CallbackAttempted(**PLACE, attempt_no=1, result="REACHED", attempted_at=at(when))


def rework(when: str, round: int = 2, times: int = 1) -> Event:
    return i.MatterReworkOrdered(
        **PLACE, round=round, reason="U1", dissatisfied_times=times, ordered_at=at(when)
    )  # fmt: skip


def of_order(n: int, round: int = 1) -> dict[str, Any]:
    return {**PLACE, "order_id": ORDERS[n], "unit_id": f"410200-U0{n}", "round": round}


def drafted(when: str, n: int = 0, rule: str = "D15", round: int = 1, predecessor: UUID | None = None) -> Event:
    return r.OrderDrafted(**of_order(n, round), role="MAIN", rule=rule, predecessor_id=predecessor, drafted_at=at(when))


def issued(when: str, n: int = 0, rule: str = "D15", round: int = 1) -> Event:
    return r.OrderIssued(
        **of_order(n, round),
        order_no=f"汴监交〔2026〕{n}号",
        role="MAIN",
        rule=rule,
        signed_by="u-2",
        delivered_at=at(when),
    )


def acked(when: str, n: int = 0) -> Event:
    return r.OrderAcked(**of_order(n), acked_by="u-3", acked_at=at(when))


def answered(when: str, n: int = 0) -> Event:
    return r.OrderAnswered(**of_order(n), result="SOLVED", evidence_count=1, answered_by="u-3", answered_at=at(when))


def order_returned(when: str, n: int = 0) -> Event:
    return r.OrderReturned(**of_order(n), returned_by="u-1", returned_at=at(when))


def order_accepted(when: str, n: int = 0) -> Event:
    return r.OrderAccepted(**of_order(n), result="SOLVED", reviewed_by="u-1", accepted_at=at(when))


def voided(when: str, n: int = 0) -> Event:
    return r.OrderVoided(**of_order(n), voided_at=at(when))


def objected(when: str, n: int = 0) -> Event:
    return r.OrderObjected(**of_order(n), reason="O1", objected_by="u-3", objected_at=at(when))


def objection_decided(when: str, upheld: bool, n: int = 0) -> Event:
    state = "REASSIGNED" if upheld else "DELIVERED"
    return r.OrderObjectionDecided(**of_order(n), upheld=upheld, state=state, decided_by="u-2", decided_at=at(when))


def reassigned(when: str, n: int = 0, to: int = 4) -> Event:
    return r.OrderReassigned(
        **of_order(n), successor_id=ORDERS[to], successor_unit_id=f"410200-U0{to}", reassigned_by="u-2",
        reassigned_at=at(when),
    )  # fmt: skip


def dropped(when: str, n: int = 0) -> Event:
    return r.OrderDropped(**of_order(n), dropped_by="leader-1", dropped_at=at(when))


def policy_changed(when: str, n: int = 0) -> Event:
    return r.CannotDoPolicyChanged(**of_order(n), statement_id=UUID(int=7), policy_id=UUID(int=8), changed_at=at(when))


def extension_asked(when: str, limit: str = "5WD", n: int = 0, number: int = 1) -> Event:
    return r.OrderExtensionRequested(
        **of_order(n), number=number, limit=limit, reason="E2", requested_by="handler", requested_at=at(when)
    )


def extension_decided(when: str, limit: str = "5WD", granted: bool = True, n: int = 0) -> Event:
    return r.OrderExtensionDecided(
        **of_order(n), number=1, granted=granted, limit=limit, state="WORKING", decided_by="u-2", decided_at=at(when)
    )


def suspended(when: str, resume_by: str, n: int = 0) -> Event:
    """Until a day written like `10-20`."""
    return r.OrderSuspended(
        **of_order(n), reason="S3", resume_by=at(f"{resume_by} 00:00").date(), suspended_by="u-2", suspended_at=at(when)
    )


def resumed(when: str, n: int = 0, automatic: bool = False) -> Event:
    return r.OrderResumed(
        **of_order(n), automatic=automatic, state="WORKING", resumed_by="u-2", resumed_at=at(when)
    )  # fmt: skip


def statement_filed(when: str, n: int = 0) -> Event:
    return r.CannotDoFiled(
        **of_order(n), statement_id=UUID(int=7), basis_count=1, signer_id="u-4", filed_at=at(when)
    )  # fmt: skip


def statement_upheld(when: str, n: int = 0) -> Event:
    return r.CannotDoUpheld(
        **of_order(n), statement_id=UUID(int=7), comparison_id=UUID(int=8), decided_by="u-2", decided_at=at(when)
    )


def facts(events: Iterable[Event]) -> list[Fact]:
    """The facts of a story, each event numbered by the service that publishes it."""
    numbers: dict[str, itertools.count[int]] = {}
    told = (fact_of(e, e.SOURCE, next(numbers.setdefault(e.SOURCE, itertools.count(1)))) for e in events)
    return [fact for fact in told if fact is not None]


def nothing_yet() -> MatterClocks:
    return MatterClocks(MATTER, PLACE["org_code"], PLACE["window_id"])


def told(events: Sequence[Event], until: str | None = None) -> tuple[MatterClocks, list[Event]]:
    """The matter after a story, timers firing in between as time passes, and everything published."""
    matter, published = nothing_yet(), list[Event]()
    for fact in facts(events):
        matter, before = time_passes(matter, fact.at)
        matter, news = matter.noted(fact, COUNTING)
        published += before + news
    if until:
        matter, news = time_passes(matter, at(until))
        published += news
    return matter, published


def time_passes(matter: MatterClocks, now: datetime) -> tuple[MatterClocks, list[Event]]:
    """Fire every step whose moment is before `now`, in order."""
    matter, fired = matter.passed(now - timedelta(microseconds=1), COUNTING)
    return matter, [event for each in fired for event in each.events]


def clock(matter: MatterClocks, rule: str, order: int | None = None) -> Clock:
    """The only clock of a rule (and order)."""
    [found] = clocks(matter, rule, order)
    return found


def clocks(matter: MatterClocks, rule: str, order: int | None = None) -> list[Clock]:
    """The clocks of a rule, oldest first."""
    wanted = [c for c in matter.clocks.values() if c.rule == rule and (order is None or c.order_id == ORDERS[order])]
    return sorted(wanted, key=lambda c: c.started_at)


def ladder_of(clock: Clock) -> dict[str, str]:
    """The steps that stand or are to come: level → when reached, and when its paper goes out if later."""
    standing = [step for step in clock.steps if step.state is not StepState.WITHDRAWN]
    return {
        step.level.value: f"{step.at:%m-%d %H:%M}"
        + (f" → {step.sent_at:%m-%d %H:%M}" if step.sent_at != step.at else "")
        for step in standing
    }
