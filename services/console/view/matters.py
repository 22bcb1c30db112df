"""Matters as the list and their own pages show them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console import words
from services.console.access import Sight
from services.console.desk.forms import OPEN
from services.console.domain import Stage, highest, stages
from services.console.view.clocks import ClockView, clock_of
from services.console.view.inbox import Sent, sent_of
from shared.contracts.codes import (
    AnswerResult,
    Channel,
    Disclosure,
    HandlingPolicy,
    Kind,
    MatterState,
    OrderState,
    Outcome,
    ProposalKind,
    RootCause,
    UnitRole,
    Urgency,
)
from shared.roster import OnDuty
from shared.store.statements import Row
from shared.web import Answer

Rows = Sequence[Row]
Names = Mapping[str, str]


class MatterLine(Answer):
    """One line of the list; `level` is the highest step of supervision on a running clock."""

    matter_id: UUID
    register_no: str | None
    state: MatterState | None
    kind: Kind | None
    channel: Channel | None
    window_id: str
    window_name: str
    due_at: datetime | None
    provisional: bool
    level: str | None
    historical: bool
    updated_at: datetime
    revision: int


class ListView(Answer):
    """A page of matters, how many there are in each state, and the windows to choose from."""

    items: list[MatterLine]
    more: bool
    counts: dict[MatterState, int]
    windows: dict[str, str]
    many_windows: bool
    internal: bool
    revision: int


class OrderView(Answer):
    order_id: UUID
    unit_id: str
    unit_name: str
    round: int
    state: OrderState
    order_no: str | None
    role: UnitRole | None
    rule: str | None
    result: AnswerResult | None
    delivered_at: datetime | None
    acked_at: datetime | None
    answered_at: datetime | None
    settled_at: datetime | None


class StepView(Answer):
    deadline_id: UUID
    clock_name: str
    unit_name: str
    level: str
    reached_at: datetime | None
    sent_at: datetime | None
    withdrawn: bool
    sent: list[Sent]


class LineView(Answer):
    source: str
    type: str
    at: datetime
    actor: str
    sentence: str


class MatterView(Answer):
    """One matter; empty fields are not known yet, or not for this reader."""

    matter_id: UUID
    revision: int
    register_no: str | None
    state: MatterState | None
    round: int | None
    kind: Kind | None
    policy: HandlingPolicy | None
    root_cause: RootCause | None
    root_cause_confirmed: bool
    outcome: Outcome | None
    proposal: ProposalKind | None
    channel: Channel | None
    disclosure: Disclosure | None
    urgency: Urgency | None
    group_size: int | None
    class_hint: bool
    historical: bool
    window_id: str
    window_name: str
    leader_on_duty: str | None
    responsible_unit: str | None
    received_at: datetime | None
    registered_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    internal: bool
    contact_sheet: bool
    level: str | None
    stages: list[Stage]
    orders: list[OrderView]
    clocks: list[ClockView]
    steps: list[StepView]
    timeline_count: int
    timeline: list[LineView]


def of_list(rows: Rows, limit: int, counts: Mapping[str, int], windows: Names, sight: Sight, revision: int) -> ListView:
    """The page from at most `limit` + 1 rows."""
    return ListView(
        items=lines_of(rows[:limit], windows), more=len(rows) > limit,
        counts={MatterState(state): count for state, count in counts.items()},
        windows=dict(windows), many_windows=sight.many_windows, internal=sight.internal, revision=revision,
    )  # fmt: skip


def lines_of(rows: Rows, windows: Names) -> list[MatterLine]:
    """The lines of a list."""
    return [
        MatterLine(
            **_pick(row, "matter_id register_no state kind channel window_id due_at updated_at revision"),
            window_name=windows.get(row.window_id, row.window_id),
            provisional=bool(row.provisional),
            historical=bool(row.historical),
            level=highest(row.levels or ()),
        )
        for row in rows
    ]


def units_named(matter: Row, orders: Rows, clocks: Rows, lines: Rows) -> set[str]:
    """The units whose names the page needs."""
    found = {row.unit_id for rows in (orders, clocks, lines) for row in rows} | {matter.responsible_unit_id}
    for line in lines:
        for name, value in line.facts.items():
            if name.endswith("unit_ids"):
                found.update(value)
            elif name.endswith("unit_id"):
                found.add(value)
        found.update(order["unit_id"] for order in line.facts.get("orders", ()))
    return found - {None}


_OUT_OF_HAND = (
    OrderState.ACCEPTED, OrderState.CLOSED, OrderState.VOIDED, OrderState.REJECTED, OrderState.REASSIGNED,
)  # fmt: skip
_DECIDED = frozenset({MatterState.FEEDBACK, MatterState.CALLBACK, MatterState.CLOSED, MatterState.ARCHIVED})


def of_matter(
    row: Row, orders: Rows, clocks: Rows, steps: Rows, sent: Rows, lines: Rows, units: Names, windows: Names,
    duty: OnDuty | None, sight: Sight, now: datetime,
) -> MatterView:  # fmt: skip
    """The page of one matter."""
    by_clock = {
        clock.deadline_id: clock_of(clock, units.get(clock.unit_id, clock.unit_id or ""), now) for clock in clocks
    }
    running = [clock.level for clock in by_clock.values() if clock.level and clock.stopped_at is None]
    papers = sent_of(sent, sight.internal)
    state = MatterState(row.state) if row.state else None
    # A later round, after rework or reopening, has no result yet; the one before stands in the timeline.
    outcome = Outcome(row.outcome) if row.outcome and state in _DECIDED else None
    unsigned = any(order.state == OrderState.DRAFT and order.round == row.round for order in orders)
    return MatterView(
        **_pick(
            row,
            "matter_id revision register_no state round kind policy channel disclosure urgency group_size"
            " window_id received_at registered_at updated_at",
        ),
        outcome=outcome,
        proposal=_proposal(row, state),
        closed_at=row.closed_at if state in (MatterState.CLOSED, MatterState.ARCHIVED) else None,
        root_cause=row.root_cause or row.assessed_cause,
        root_cause_confirmed=row.root_cause is not None,
        class_hint=bool(row.class_hint),
        historical=bool(row.historical),
        window_name=windows.get(row.window_id, row.window_id),
        leader_on_duty=duty.leader_id if duty else None,
        responsible_unit=units.get(row.responsible_unit_id, row.responsible_unit_id),
        internal=sight.internal,
        contact_sheet=not sight.internal and _may_call(row, orders, state),
        level=highest(running),
        stages=stages(state, outcome, unsigned, bool(running), any(not step.withdrawn for step in steps)),
        orders=[_order(order, units) for order in orders],
        clocks=list(by_clock.values()),
        # Clocks and steps are read one after the other: a step may come of a clock that was not there yet.
        steps=[_step(step, by_clock, papers) for step in steps if step.reached_at and step.deadline_id in by_clock],
        timeline_count=len(lines),
        timeline=[_line(line, units) for line in lines],
    )


def _may_call(row: Row, orders: Rows, state: MatterState | None) -> bool:
    """Whether a unit is offered the contact sheet; intake decides in the end."""
    holds = any(order.round == row.round and order.state not in _OUT_OF_HAND for order in orders)
    return row.disclosure == Disclosure.AGREE and holds and state in OPEN


def _proposal(row: Row, state: MatterState | None) -> ProposalKind | None:
    """What waits for the duty leader; a refusal lapses with the decision on the scope, whichever it was."""
    kind = ProposalKind(row.proposal) if row.proposal in ProposalKind._value2member_map_ else None
    waits = state is MatterState.REGISTERED if kind is ProposalKind.REFUSAL else state in OPEN
    return kind if waits else None


def _order(row: Row, units: Names) -> OrderView:
    names = "order_id unit_id round state order_no role rule result delivered_at acked_at answered_at settled_at"
    return OrderView(**_pick(row, names), unit_name=units.get(row.unit_id, row.unit_id))


def _step(row: Row, clocks: Mapping[UUID, ClockView], papers: Sequence[Sent]) -> StepView:
    clock = clocks[row.deadline_id]
    return StepView(
        **_pick(row, "deadline_id level reached_at sent_at withdrawn"),
        clock_name=clock.name,
        unit_name=clock.unit_name,
        sent=[each for each in papers if (each.deadline_id, each.level) == (row.deadline_id, row.level)],
    )


def _line(row: Row, units: Names) -> LineView:
    sentence = words.sentence(row.type, row.facts, units)
    return LineView(**_pick(row, "source type at actor"), sentence=sentence)


def _pick(row: Row, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}
