"""Matters, forms and foreign events for the unit tests of intake."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain import commands, reactions
from services.intake.domain.commands import Desk
from services.intake.domain.form import Content, Form, Particulars
from services.intake.domain.identity import Identity
from services.intake.domain.matter import Matter, Moved
from shared.contracts.codes import (
    Complexity,
    ConfirmMode,
    Disclosure,
    HandlingPolicy,
    Kind,
    MatterState,
    Outcome,
    ReporterKind,
    RootCause,
    UnitRole,
    WindowLevel,
)
from shared.contracts.errors import DomainError
from shared.contracts.intake import MatterMoved
from shared.contracts.referral import (
    CannotDoFiled,
    CannotDoPolicyChanged,
    CannotDoRejected,
    MeetingConcluded,
    MeetingScheduled,
    OrderAnswered,
    OrderDrafted,
    OrderDropped,
    OrderResumed,
    OrderReturned,
    OrdersAllSettled,
)
from shared.contracts.triage import MatterApproved, MatterTriaged, MatterTriageReturned, OrderDraft
from shared.ids import new_id
from shared.workdays import ZONE

NOW = datetime(2026, 9, 28, 9, 30, tzinfo=ZONE)
HOUR = timedelta(hours=1)
DESK = Desk("410200-W1", "410200", WindowLevel.CITY, "汴监窗", "410200-W1-20260928", "leader-1", 123, 2026)
FORM = Form(
    Particulars(ReporterKind.PERSON, Disclosure.MASK, ConfirmMode.ORAL_READBACK, "2026-01"),
    Identity("李某某", "13800000001"),
    Content("住院费用无法医保结算", "出院时被告知查不到参保信息,跑了多次没有结果。", "尽快恢复参保信息"),
    received_at=NOW,
)
ORDER = new_id()
MEETING = new_id()


def refused(code: str) -> "pytest.RaisesExc[DomainError]":
    """The refusal with this code."""
    return pytest.raises(DomainError, match=f"^{code}")


def registered(**changes: Any) -> Matter:
    """A matter just registered by staff-1."""
    matter, _ = commands.register(new_id(), replace(FORM, **changes), DESK, "staff-1", NOW)
    return matter


def in_state(state: MatterState, **changes: Any) -> Matter:
    """A matter in a state, decided as far as its end needs it."""
    return replace(registered(), state=state, outcome=Outcome.DONE, root_cause=RootCause.FLOW_POOR, **changes)


def moves(outcome: Moved) -> list[str]:
    """The numbers of the transitions an act made."""
    return [event.transition for event in outcome[1] if isinstance(event, MatterMoved)]


def types(outcome: Moved) -> list[str]:
    """The types of what an act published."""
    return [event.TYPE for event in outcome[1]]


def triaged(matter: Matter) -> MatterTriaged:
    return MatterTriaged(
        **matter.ref, kind=Kind.HARD, sub_reasons=[], policy=HandlingPolicy.PUSH, root_cause=RootCause.FLOW_POOR,
        complexity=Complexity.B, proposed_units=[], proposed_by="staff-2", proposed_at=NOW,
    )  # fmt: skip


def triage_returned(matter: Matter) -> MatterTriageReturned:
    return MatterTriageReturned(**matter.ref, returned_by="leader-1", returned_at=NOW)


def approved(matter: Matter, orders: int = 1) -> MatterApproved:
    draft = OrderDraft(unit_id="410200-U01", role=UnitRole.MAIN, rule="D15")
    return MatterApproved(
        **matter.ref, round=1, kind=Kind.HARD, sub_reasons=[], policy=HandlingPolicy.PUSH,
        root_cause=RootCause.FLOW_POOR, complexity=Complexity.B, orders=[draft] * orders, proposed_by="staff-2",
        leader_id="leader-1", approved_at=NOW,
    )  # fmt: skip


def _order(matter: Matter, order: UUID) -> dict[str, Any]:
    return {**matter.ref, "order_id": order, "unit_id": "410200-U01", "round": matter.round}


def drafted(matter: Matter, order: UUID = ORDER, predecessor: UUID | None = None) -> OrderDrafted:
    return OrderDrafted(
        **_order(matter, order), role=UnitRole.MAIN, rule="D15", predecessor_id=predecessor, drafted_at=NOW
    )


def answered(matter: Matter, order: UUID = ORDER) -> OrderAnswered:
    return OrderAnswered(
        **_order(matter, order), result="SOLVED", evidence_count=1, answered_by="handler", answered_at=NOW
    )


def returned(matter: Matter, order: UUID = ORDER) -> OrderReturned:
    return OrderReturned(**_order(matter, order), returned_by="staff-1", returned_at=NOW)


def filed(matter: Matter, order: UUID = ORDER) -> CannotDoFiled:
    return CannotDoFiled(
        **_order(matter, order), statement_id=new_id(), basis_count=1, signer_id="principal", filed_at=NOW
    )


def rejected(matter: Matter, order: UUID = ORDER) -> CannotDoRejected:
    return CannotDoRejected(**_order(matter, order), statement_id=new_id(), decided_by="leader-1", decided_at=NOW)


def resumed(matter: Matter, by: str = "staff-2", order: UUID = ORDER) -> Moved:
    """The matter after one of its orders runs again."""
    told = OrderResumed(
        **_order(matter, order), automatic=by == "system", state="WORKING", resumed_by=by, resumed_at=NOW
    )
    return reactions.order_moved(matter, told, told.state, NOW, by)


def dropped(matter: Matter, order: UUID = ORDER) -> OrderDropped:
    return OrderDropped(**_order(matter, order), dropped_by="leader-1", dropped_at=NOW)


def policy_changed(matter: Matter, order: UUID = ORDER) -> CannotDoPolicyChanged:
    return CannotDoPolicyChanged(**_order(matter, order), statement_id=new_id(), policy_id=new_id(), changed_at=NOW)


def settled(matter: Matter, outcome: Outcome = Outcome.DONE) -> OrdersAllSettled:
    return OrdersAllSettled(**matter.ref, round=matter.round, outcome=outcome, settled_at=NOW)


def scheduled(matter: Matter, meeting: UUID = MEETING) -> MeetingScheduled:
    return MeetingScheduled(**matter.ref, meeting_id=meeting, kind="COORDINATION", unit_ids=[], scheduled_at=NOW)


def concluded(matter: Matter, meeting: UUID = MEETING) -> MeetingConcluded:
    return MeetingConcluded(**matter.ref, meeting_id=meeting, sessions=1, task_unit_ids=[], concluded_at=NOW)
