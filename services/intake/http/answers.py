"""What commands and queries answer about a matter: codes and times, never words or persons."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.intake.domain.emergency import GUIDANCE
from services.intake.domain.matter import Alarm, Matter, Proposal
from services.intake.domain.scope import hints
from services.intake.store.matters import File
from shared.contracts.codes import (
    AlreadyIn,
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
    Urgency,
)
from shared.web import Answer

RegisterNo = Annotated[str, Field(pattern=r"^[\w〔〕]{1,60}$")]


class OrderOut(Answer):
    """An order as intake knows it."""

    order_id: UUID
    unit_id: str
    round: int
    state: OrderState


class ProposalOut(Answer):
    """What waits for the duty leader's decision."""

    kind: ProposalKind
    reason: NotAcceptedReason | None
    into_id: UUID | None
    proposed_by: str
    proposed_at: datetime


class DangerOut(Answer):
    """What a report hints at, and what the clerk does at once."""

    danger: Danger
    call: str
    advice: str


class AlarmOut(Answer):
    """紧急提醒."""

    dangers: list[DangerOut]
    raised_at: datetime
    acked_by: str | None
    acked_at: datetime | None


class MatterOut(Answer):
    """A matter without a word of it."""

    matter_id: UUID
    org_code: str
    window_id: str
    state: MatterState
    state_since: datetime
    round: int
    version: int
    channel: Channel
    source_ref: str | None
    received_at: datetime
    register_no: str | None
    registered_at: datetime | None
    first_receiver_id: str | None
    duty_leader_id: str | None
    reporter_kind: ReporterKind | None
    disclosure: Disclosure | None
    urgency: Urgency | None
    item_code: str | None
    group_size: int | None
    blamed_unit_ids: list[str]
    root_cause: RootCause | None
    outcome: Outcome | None
    responsible_unit_id: str | None
    callback_attempts: int
    orders: list[OrderOut]
    proposal: ProposalOut | None
    merged_into: UUID | None
    to_be_called: bool
    alarm: AlarmOut | None
    scope_hints: list[NotAcceptedReason]

    @classmethod
    def of(cls, matter: Matter) -> "MatterOut":
        """The answer about a matter."""
        line = matter.registration
        return cls(
            matter_id=matter.id,
            org_code=matter.org_code,
            window_id=matter.window_id,
            state=matter.state,
            state_since=matter.state_since,
            round=matter.round,
            version=matter.version,
            channel=matter.channel,
            source_ref=matter.source_ref,
            received_at=matter.received_at,
            register_no=line.register_no if line else None,
            registered_at=line.registered_at if line else None,
            first_receiver_id=line.first_receiver_id if line else None,
            duty_leader_id=line.duty_leader_id if line else None,
            reporter_kind=line.reporter_kind if line else None,
            disclosure=line.disclosure if line else None,
            urgency=line.urgency if line else None,
            item_code=line.item_code if line else None,
            group_size=line.group_size if line else None,
            blamed_unit_ids=list(line.blamed_unit_ids) if line else [],
            root_cause=matter.root_cause,
            outcome=matter.outcome,
            responsible_unit_id=matter.responsible_unit_id,
            callback_attempts=sum(attempt.round == matter.round for attempt in matter.attempts),
            orders=[
                OrderOut(order_id=order.id, unit_id=order.unit_id, round=order.round, state=order.state)
                for order in matter.orders
            ],
            proposal=_proposal_out(matter.proposal) if matter.proposal else None,
            merged_into=matter.merged_into,
            to_be_called=matter.is_to_be_called,
            alarm=_alarm_out(matter.alarm) if matter.alarm else None,
            scope_hints=[],
        )


def _proposal_out(proposal: Proposal) -> ProposalOut:
    return ProposalOut(
        kind=proposal.kind, reason=proposal.reason, into_id=proposal.into, proposed_by=proposal.by,
        proposed_at=proposal.at,
    )  # fmt: skip


def _alarm_out(alarm: Alarm) -> AlarmOut:
    dangers = [DangerOut(danger=each, call=GUIDANCE[each].call, advice=GUIDANCE[each].advice) for each in alarm.dangers]
    return AlarmOut(dangers=dangers, raised_at=alarm.raised_at, acked_by=alarm.acked_by, acked_at=alarm.acked_at)


def of_file(file: File) -> MatterOut:
    """The answer about a matter that was read."""
    return of_registered(file.matter, map(AlreadyIn, file.particulars.get("already_in", ())))


def of_registered(matter: Matter, already_in: Iterable[AlreadyIn]) -> MatterOut:
    """The answer about a matter, with what speaks against accepting it while that is not decided."""
    said = MatterOut.of(matter)
    return said.model_copy(update={"scope_hints": hints(already_in)}) if _is_undecided(matter) else said


def _is_undecided(matter: Matter) -> bool:
    return matter.state is MatterState.REGISTERED
