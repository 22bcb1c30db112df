"""What referral knows of a matter (事项): a copy from intake's events, and the round its orders belong to."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.codes import Disclosure
from shared.contracts.deadlines import OrderAckMissed
from shared.contracts.errors import Conflict, Superseded
from shared.contracts.intake import MatterRegistered, MatterReworkOrdered
from shared.contracts.triage import MatterApproved, MatterReclassified

# Final state × foreign event: these lost the race against the closing of the matter.
OVERTAKEN_WHEN_FINAL: frozenset[type[Event]] = frozenset(
    {MatterApproved, MatterReclassified, MatterReworkOrdered, OrderAckMissed}
)


@dataclass(frozen=True, slots=True)
class Matter:
    """事项 as referral needs it; who the reporter is stays with intake."""

    id: UUID
    org_code: str
    window_id: str
    register_no: str
    disclosure: Disclosure
    group_size: int | None = None
    round: int = 1
    final: bool = False

    @classmethod
    def registered(cls, event: MatterRegistered) -> "Matter":
        """The copy taken when intake gives the matter its number."""
        return cls(
            id=event.matter_id,
            org_code=event.org_code,
            window_id=event.window_id,
            register_no=event.register_no,
            disclosure=event.disclosure,
            group_size=event.group_size,
        )

    @property
    def identity_hidden(self) -> bool:
        """Whether no paper for a unit may show who reported (MASK, ANONYMOUS)."""
        return self.disclosure is not Disclosure.AGREE

    @property
    def beneficiaries(self) -> tuple[str, ...]:
        """B01 … Bn for a group: units see labels, never names."""
        return tuple(f"B{number:02d}" for number in range(1, (self.group_size or 0) + 1))

    @property
    def ref(self) -> dict[str, Any]:
        """What every event about the matter carries."""
        return {"matter_id": self.id, "org_code": self.org_code, "window_id": self.window_id}

    def require_open(self, doing: str) -> None:
        """Refuse an act on a matter that is closed for good."""
        if self.final:
            raise Conflict("matter.final", f"该事项已办结、撤回或转出,不能{doing};办结后有新情况的请由窗口复开")

    def overtaken_by_closing(self, event: Event) -> None:
        """Let an event pass over that a final matter foresees."""
        if self.final and type(event) in OVERTAKEN_WHEN_FINAL:
            raise Superseded(f"matter is final, {event.TYPE} changes nothing")

    def in_round(self, number: int) -> "Matter":
        """The matter in a later round; a round never goes back."""
        if number < self.round:
            raise Superseded(f"round {number} is over, the matter is in round {self.round}")
        return replace(self, round=number)

    def ended(self) -> "Matter":
        """The matter after its end, whichever way it came."""
        return replace(self, final=True)

    def reopened(self, round: int) -> "Matter":
        """The matter taken up again: orders of the new round come with the next approval."""
        return replace(self.in_round(round), final=False)
