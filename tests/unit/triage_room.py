"""A room for triage's unit tests: one sheet, and the acts on it in few words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.triage import domain
from services.triage.domain import Assessment, Judgement, Words
from shared.contracts import Event
from shared.contracts.codes import (
    AcceptMode,
    Complexity,
    HandlingPolicy,
    Kind,
    Outcome,
    ReopenReason,
    RootCause,
    SubReason,
    UnitRole,
    UnsatisfiedReason,
)
from shared.contracts.intake import MatterAccepted, MatterClosed, MatterReopened, MatterReworkOrdered
from shared.contracts.referral import CannotDoUpheld
from shared.contracts.triage import OrderDraft, ProposedUnit
from shared.ids import new_id
from shared.workdays import ZONE

NOW = datetime(2026, 9, 28, 9, 30, tzinfo=ZONE)
TODAY: date = NOW.date()
STAFF, OTHER_STAFF, LEADER, DEPARTMENT = "u-staff-1", "u-staff-2", "u-leader-1", "u-office-1"
NOTE = "已电话核实并调阅办件记录"


def words(text: str | None) -> Words | None:
    """A person's words, as the rules see them."""
    return None if text is None else Words(text.encode(), len(text))


def judgement(
    kind: Kind = Kind.HARD,
    policy: HandlingPolicy = HandlingPolicy.PUSH,
    *sub_reasons: SubReason,
    units: Sequence[ProposedUnit] = (),
    rule: str | None = None,
) -> Judgement:
    """A judgement; cause and complexity do not matter to the rules."""
    return Judgement(kind, sub_reasons, policy, RootCause.FLOW_POOR, (), Complexity.C, tuple(units), rule)


def order(
    unit_id: str = "410200-U01", rule: str = "D15", role: UnitRole = UnitRole.MAIN, requirements: Sequence[str] = ()
) -> OrderDraft:
    """An order to be drafted."""
    return OrderDraft(unit_id=unit_id, role=role, rule=rule, requirement_codes=list(requirements))


@dataclass
class Room:
    """Keeps the sheet between acts; each act returns the events it published."""

    sheet: Assessment

    @classmethod
    def with_open_sheet(cls) -> "Room":
        sheet, _ = domain.accepted(None, accepted(new_id()), key=b"wrapped")
        return cls(sheet)

    def propose(
        self, what: Judgement, note: str | None = NOTE, reason: str | None = None, by: str = STAFF
    ) -> list[Event]:
        return self._keep(domain.propose(self.sheet, what, words(note), words(reason), by, NOW))

    def send_back(self, reason: str | None, by: str = LEADER) -> list[Event]:
        return self._keep(domain.send_back(self.sheet, words(reason), by, NOW))

    def reclassify(
        self,
        to: Kind,
        sub_reasons: Sequence[SubReason] = (),
        policy: HandlingPolicy | None = None,
        rule: str | None = None,
        reason: str | None = "核查后认定不同",
        by: str = STAFF,
    ) -> list[Event]:
        correction = domain.Correction(to, tuple(sub_reasons), policy, rule)
        return self._keep(domain.reclassify(self.sheet, correction, words(reason), by, NOW))

    def confirm_lowering(self, by: str = DEPARTMENT) -> list[Event]:
        return self._keep(domain.confirm_lowering(self.sheet, by, NOW))

    def decline_lowering(self, reason: str | None = "仍属推诿", by: str = DEPARTMENT) -> list[Event]:
        return self._keep(domain.decline_lowering(self.sheet, words(reason), by, NOW))

    def approve(
        self, *orders: OrderDraft, class_hint: bool = False, compared: bool = True, by: str = LEADER
    ) -> list[Event]:
        said = words("同意,按程序交办")
        return self._keep(domain.approve(self.sheet, orders, said, class_hint, compared, by, NOW))

    def statement_upheld(self) -> list[Event]:
        return self._keep(domain.statement_upheld(self.sheet, upheld(self.sheet.matter_id)))

    def rework_ordered(self, round_: int = 2) -> list[Event]:
        return self._keep(domain.rework_ordered(self.sheet, rework(self.sheet.matter_id, round_)))

    def closed(self) -> list[Event]:
        return self._keep(domain.ended(self.sheet, closing(self.sheet.matter_id)))

    def reopened(self, round_: int = 2) -> list[Event]:
        return self._keep(domain.reopened(self.sheet, reopening(self.sheet.matter_id, round_), b"other key"))

    def _keep(self, outcome: domain.Outcome) -> list[Event]:
        self.sheet, events = outcome
        return events


def accepted(matter_id: UUID) -> MatterAccepted:
    return MatterAccepted(
        matter_id=matter_id, org_code="410200", window_id="410200-W1", mode=AcceptMode.MANUAL, accepted_at=NOW
    )


def rework(matter_id: UUID, round_: int = 2) -> MatterReworkOrdered:
    return MatterReworkOrdered(
        matter_id=matter_id,
        org_code="410200",
        window_id="410200-W1",
        round=round_,
        reason=UnsatisfiedReason.U1,
        ordered_at=NOW,
    )


def reopening(matter_id: UUID, round_: int = 2) -> MatterReopened:
    return MatterReopened(
        matter_id=matter_id,
        org_code="410200",
        window_id="410200-W1",
        round=round_,
        reason=ReopenReason.NEW_FACT,
        reopened_by=LEADER,
        reopened_at=NOW,
    )


def closing(matter_id: UUID) -> MatterClosed:
    return MatterClosed(
        matter_id=matter_id,
        org_code="410200",
        window_id="410200-W1",
        outcome=Outcome.DONE,
        root_cause=RootCause.FLOW_POOR,
        closed_at=NOW,
    )


def upheld(matter_id: UUID) -> CannotDoUpheld:
    return CannotDoUpheld(
        matter_id=matter_id,
        org_code="410200",
        window_id="410200-W1",
        order_id=new_id(),
        unit_id="410200-U03",
        round=1,
        statement_id=new_id(),
        comparison_id=new_id(),
        decided_by=LEADER,
        decided_at=NOW,
    )
