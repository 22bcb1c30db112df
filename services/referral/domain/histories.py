"""What happens beside the straight way of an order, each kept with who asked, who decided and why."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.contracts.codes import ExtensionReason, ObjectionReason, OrderState, SuspendReason


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on what a unit asked for, and why."""

    granted: bool
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Objection:
    """退单异议: once, with the basis in the duty list (三定规定、权责清单); `stood` is where the order was."""

    reason: ObjectionReason
    basis: str
    suggested_unit_id: str | None
    stood: OrderState
    by: str
    at: datetime
    decision: Decided | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """延期申请 of so many working days, with what shows the need and the plan for the time."""

    number: int
    days: int
    reason: ExtensionReason
    evidence: str
    plan: str
    stood: OrderState
    by: str
    at: datetime
    decision: Decided | None = None

    @property
    def limit(self) -> str:
        """The days as a limit."""
        return f"{self.days}WD"


@dataclass(frozen=True, slots=True)
class Suspension:
    """中止计时: asked for, decided, and ended by somebody or by its day."""

    reason: SuspendReason
    basis: str
    resume_by: date
    stood: OrderState
    by: str
    at: datetime
    decision: Decided | None = None
    resumed_by: str | None = None
    resumed_at: datetime | None = None


class ContactKind(StrEnum):
    """Why the reporter is to be spoken to: the unit asks, or what was granted to the unit has to be told to them."""

    ASKED = "ASKED"
    EXTENSION = "EXTENSION"
    SUSPENSION = "SUSPENSION"
    BY_UNIT = "BY_UNIT"


@dataclass(frozen=True, slots=True)
class Contact:
    """联系反映人: what was to be asked or told, and what came of it."""

    id: UUID
    kind: ContactKind
    what: str
    by: str
    at: datetime
    outcome: str | None = None
    done_by: str | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Histories:
    """All of them, oldest first."""

    objections: tuple[Objection, ...] = ()
    extensions: tuple[Extension, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    contacts: tuple[Contact, ...] = ()


NOTHING = Histories()
