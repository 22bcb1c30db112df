"""Matters as rows and back."""

from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from services.intake.domain.callback import Attempt, Sample
from services.intake.domain.matter import Alarm, Matter, Order, Proposal, Registration
from shared.contracts.codes import Channel, Disclosure, MatterState, Outcome, ReporterKind, RootCause, Urgency
from shared.store.statements import Row

_ORDERS = TypeAdapter[tuple[Order, ...]](tuple[Order, ...])
_ATTEMPTS = TypeAdapter[tuple[Attempt, ...]](tuple[Attempt, ...])
_PROPOSAL = TypeAdapter[Proposal](Proposal)
_SAMPLE = TypeAdapter[Sample](Sample)
_ALARM = TypeAdapter[Alarm](Alarm)


def columns(matter: Matter) -> dict[str, Any]:
    """A matter's columns as JSON carries them; what is sealed and the particulars of the form stand elsewhere."""
    line = matter.registration
    return {
        "matter_id": str(matter.id),
        "org_code": matter.org_code,
        "window_id": matter.window_id,
        "channel": matter.channel,
        "source_ref": matter.source_ref,
        "received_at": matter.received_at.isoformat(),
        "state": matter.state,
        "state_since": matter.state_since.isoformat(),
        "round": matter.round,
        "version": matter.version,
        "register_no": line and line.register_no,
        "registered_at": line and line.registered_at.isoformat(),
        "written_at": line and line.written_at and line.written_at.isoformat(),
        "period_id": line and line.period_id,
        "first_receiver_id": line and line.first_receiver_id,
        "duty_leader_id": line and line.duty_leader_id,
        "reporter_kind": line and line.reporter_kind,
        "disclosure": line and line.disclosure,
        "urgency": line and line.urgency,
        "item_code": line and line.item_code,
        "group_size": line and line.group_size,
        "blamed_unit_ids": list(line.blamed_unit_ids) if line else [],
        "root_cause": matter.root_cause,
        "outcome": matter.outcome,
        "responsible_unit_id": matter.responsible_unit_id,
        "hands": list(matter.hands),
        "orders": _ORDERS.dump_python(matter.orders, mode="json"),
        "orders_awaited": matter.orders_awaited,
        "meetings": list(map(str, matter.meetings)),
        "attempts": _ATTEMPTS.dump_python(matter.attempts, mode="json"),
        "proposal": matter.proposal and _PROPOSAL.dump_python(matter.proposal, mode="json"),
        "merged_into": matter.merged_into and str(matter.merged_into),
        "alarm": matter.alarm and _ALARM.dump_python(matter.alarm, mode="json"),
        "sample": matter.sample and _SAMPLE.dump_python(matter.sample, mode="json"),
    }


def matter_of(row: Row) -> Matter:
    """The matter that a row holds."""
    return Matter(
        id=row.matter_id,
        org_code=row.org_code,
        window_id=row.window_id,
        channel=Channel(row.channel),
        source_ref=row.source_ref,
        received_at=row.received_at,
        state=MatterState(row.state),
        state_since=row.state_since,
        round=row.round,
        version=row.version,
        registration=_registration(row) if row.register_no else None,
        root_cause=RootCause(row.root_cause) if row.root_cause else None,
        outcome=Outcome(row.outcome) if row.outcome else None,
        responsible_unit_id=row.responsible_unit_id,
        hands=tuple(row.hands),
        orders=_ORDERS.validate_python(row.orders),
        orders_awaited=row.orders_awaited,
        meetings=tuple(map(UUID, row.meetings)),
        attempts=_ATTEMPTS.validate_python(row.attempts),
        proposal=_PROPOSAL.validate_python(row.proposal) if row.proposal else None,
        merged_into=row.merged_into,
        alarm=_ALARM.validate_python(row.alarm) if row.alarm else None,
        is_erased=row.erased_at is not None,
        sample=_SAMPLE.validate_python(row.sample) if row.sample else None,
    )


def _registration(row: Row) -> Registration:
    return Registration(
        register_no=row.register_no,
        registered_at=row.registered_at,
        period_id=row.period_id,
        first_receiver_id=row.first_receiver_id,
        duty_leader_id=row.duty_leader_id,
        reporter_kind=ReporterKind(row.reporter_kind),
        disclosure=Disclosure(row.disclosure),
        urgency=Urgency(row.urgency),
        item_code=row.item_code,
        group_size=row.group_size,
        blamed_unit_ids=tuple(row.blamed_unit_ids),
        written_at=row.written_at,
    )
