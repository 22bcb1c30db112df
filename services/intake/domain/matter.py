"""The matter (事项): its state, its registration, its orders as far as intake knows them, and how it moves."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.callback import Attempt, Sample
from services.intake.domain.transitions import BEFORE_HANDLING, FINAL, Transition, legs
from shared.contracts import Event
from shared.contracts.codes import (
    Channel,
    Danger,
    Disclosure,
    MatterState,
    NotAcceptedReason,
    OrderState,
    Outcome,
    ProposalKind,
    ReporterKind,
    RootCause,
    UnsatisfiedReason,
    Urgency,
)
from shared.contracts.errors import IllegalTransition, NotYet, Superseded
from shared.contracts.intake import MatterMoved

ANSWERED = frozenset({OrderState.ANSWERED, OrderState.CANNOT_FILED, OrderState.ACCEPTED, OrderState.CLOSED})
SETTLED = frozenset({OrderState.ACCEPTED, OrderState.CLOSED})
# The unit does not have it yet, or has nothing to do with it any more.
NOT_IN_HAND = frozenset(
    {OrderState.DRAFT, OrderState.SIGNED, OrderState.ACCEPTED, OrderState.CLOSED, OrderState.REJECTED,
     OrderState.REASSIGNED}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """A copy of an order (交办单), as far as it moves the matter; `replaced` once another is drafted, or none to be."""

    id: UUID
    unit_id: str
    round: int
    state: OrderState
    replaced: bool = False

    @property
    def counts(self) -> bool:
        """Whether the matter waits for it: not if voided, nor if another took its place."""
        return self.state is not OrderState.VOIDED and not self.replaced

    @property
    def is_open(self) -> bool:
        """Whether its unit has it in hand: delivered, and neither struck off nor replaced."""
        return self.counts and self.state not in NOT_IN_HAND


@dataclass(frozen=True, slots=True)
class Registration:
    """登记: a line of the register book, never changed afterwards."""

    register_no: str
    registered_at: datetime
    period_id: str
    first_receiver_id: str
    duty_leader_id: str
    reporter_kind: ReporterKind
    disclosure: Disclosure
    urgency: Urgency
    item_code: str | None
    group_size: int | None
    blamed_unit_ids: tuple[str, ...]
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """提请: what the duty leader is to decide; `into`: the matter to join this one to."""

    kind: ProposalKind
    by: str
    at: datetime
    reason: NotAcceptedReason | None = None
    into: UUID | None = None
    unsatisfied: UnsatisfiedReason | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """紧急提醒: what it is about, and who has seen to it."""

    dangers: tuple[Danger, ...]
    raised_at: datetime
    acked_by: str | None = None
    acked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """事项. `hands`: accounts that took part, who may not call the reporter back; `meetings`: those not concluded."""

    id: UUID
    org_code: str
    window_id: str
    channel: Channel
    source_ref: str | None
    received_at: datetime
    state: MatterState
    state_since: datetime
    round: int = 1
    version: int = 1
    registration: Registration | None = None
    root_cause: RootCause | None = None
    outcome: Outcome | None = None
    responsible_unit_id: str | None = None
    hands: tuple[str, ...] = ()
    orders: tuple[Order, ...] = ()
    orders_awaited: int = 0
    meetings: tuple[UUID, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    proposal: Proposal | None = None
    merged_into: UUID | None = None
    sample: Sample | None = None
    alarm: Alarm | None = None
    is_erased: bool = False

    @property
    def ref(self) -> dict[str, Any]:
        """What every event about the matter carries."""
        return {"matter_id": self.id, "org_code": self.org_code, "window_id": self.window_id}

    @property
    def is_open(self) -> bool:
        """Whether it has not come to an end."""
        return self.state not in FINAL

    @property
    def orders_of_round(self) -> tuple[Order, ...]:
        """The orders of the present round that count."""
        return tuple(order for order in self.orders if order.round == self.round and order.counts)

    @property
    def stands_still(self) -> bool:
        """Whether every order of the round that is not settled is suspended (T10)."""
        unsettled = [order.state for order in self.orders_of_round if order.state not in SETTLED]
        return bool(unsettled) and all(state is OrderState.SUSPENDED for state in unsettled)

    @property
    def handled_by_units(self) -> bool:
        """Whether orders of this round are out or on their way, so that the window does not settle it itself."""
        known = sum(order.round == self.round for order in self.orders)
        return bool(self.orders_of_round) or known < self.orders_awaited

    @property
    def is_to_be_called(self) -> bool:
        """Whether a call-back is open: before the end, or drawn after it."""
        drawn = self.sample is not None and self.sample.result is None
        is_open = self.state is MatterState.CALLBACK and self.proposal is None
        return is_open or (self.state is MatterState.CLOSED and drawn)

    @property
    def blamed_unit_ids(self) -> list[str]:
        """被反映单位, as the register has them."""
        return list(self.registration.blamed_unit_ids) if self.registration else []

    @property
    def dissatisfied_times(self) -> int:
        """How often the reporter was not content, in all rounds."""
        return sum(attempt.dissatisfied for attempt in self.attempts)

    def may_be_called_by(self, unit_id: str) -> bool:
        """Whether a unit may know whom to call: the reporter agreed and it holds an open order (handbook 6.1, 7)."""
        agreed = self.registration is not None and self.registration.disclosure is Disclosure.AGREE
        holds = any(order.is_open and order.unit_id == unit_id for order in self.orders_of_round)
        return agreed and holds and self.state not in FINAL

    def moved(self, number: str, at: datetime, **changes: Any) -> tuple["Matter", MatterMoved]:
        """The matter after a transition of the table, with the event that tells of it."""
        row = self._leg(number)
        changes.setdefault("proposal", None if row.to in FINAL else self._proposal_still_open())
        after = replace(self, state=row.to, state_since=at, version=self.version + 1, **changes)
        return after, moved_event(self.state, after, number, at)

    def require(self, *needed: MatterState, doing: str) -> None:
        """Refuse what the state does not allow."""
        if self.state not in needed:
            raise IllegalTransition(self.state, needed, doing)

    def await_state(self, *needed: MatterState) -> None:
        """In a reaction: a final matter passes over what still comes; any other state waits for the one needed."""
        self.superseded_if_final()
        if self.state not in needed:
            raise NotYet(f"the matter is {self.state}, not {' or '.join(needed)}")

    def await_handling(self) -> None:
        """In a reaction to what happens to orders: the approval must be here first."""
        self.superseded_if_final()
        if self.state in BEFORE_HANDLING:
            raise NotYet(f"the matter is {self.state}: its approval has not come")

    def superseded_if_final(self) -> None:
        """In a reaction: whatever comes after the end changes nothing."""
        if self.state in FINAL:
            raise Superseded(f"the matter is {self.state}")

    def with_hand(self, account: str) -> tuple[str, ...]:
        """Those who took part, with one more."""
        return self.hands if account in self.hands else (*self.hands, account)

    def _proposal_still_open(self) -> Proposal | None:
        """A refusal is proposed while the scope is looked at: once that is decided otherwise it lapses."""
        lapsed = self.proposal is not None and self.proposal.kind is ProposalKind.REFUSAL
        return None if lapsed else self.proposal

    def _leg(self, number: str) -> Transition:
        rows = legs(number)
        for row in rows:
            if self.state in row.sources:
                return row
        needed = [state for row in rows for state in row.sources if state is not None]
        raise IllegalTransition(self.state, needed, rows[0].doing)


Moved = tuple[Matter, list[Event]]


def moved_event(before: MatterState | None, after: Matter, number: str, at: datetime) -> MatterMoved:
    """The event of a transition."""
    return MatterMoved(
        **after.ref, from_state=before, to_state=after.state, transition=number, round=after.round, moved_at=at
    )
